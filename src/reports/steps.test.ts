import { expect, it } from 'vitest';
import { foldRun } from './fold.ts';
import { annotationsSection, summariesSection } from './steps.ts';

const HEADER = { seq: 1, time: '2026-11-22T10:00:00.000Z' };
const STEP = { job: 'b', leg: 'b+1', step: 2 };

it('lists annotations, errors first, with their places', () => {
  const view = foldRun([
    { ...HEADER, type: 'annotation', ...STEP, level: 'notice', message: 'by the way' },
    {
      ...HEADER,
      type: 'annotation',
      ...STEP,
      level: 'error',
      message: 'bad *x*',
      title: 'Lint',
      file: 'a.ts',
      line: 7,
    },
  ]);
  expect(annotationsSection(view)).toBe(
    '## Annotations\n\n- error in `b+1` at `a.ts:7`: Lint: bad \\*x\\*\n- notice in `b+1`: by the way\n',
  );
});

it('says how many annotations are left out', () => {
  const one = { ...HEADER, type: 'annotation', ...STEP, level: 'warning', message: 'w' } as const;
  expect(annotationsSection(foldRun(Array.from({ length: 52 }, () => one)))).toContain('2 more are in the journal.');
});

it('shows what steps wrote, without what steers a terminal', () => {
  const view = foldRun([{ ...HEADER, type: 'step.summary', ...STEP, markdown: '# Hi\n\u001b[2J| a |\r\n' }]);
  expect(summariesSection(view)).toBe('## Step summaries\n\n### `b+1`\n\n# Hi\n[2J| a |\n');
});

it('has no sections where there is nothing to say', () => {
  expect([annotationsSection(foldRun([])), summariesSection(foldRun([]))]).toEqual(['', '']);
});
