import { expect, it } from 'vitest';
import type { Workflow } from '../workflow/index.ts';
import { parseWorkflow } from '../workflow/parse/index.ts';
import { whereTheyDiffer } from './same-workflow.ts';

function read(text: string): Workflow {
  const parsed = parseWorkflow(text, 'x.yml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value.value;
}

const TEXT = 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: one\n      - run: two\n';

it('places do not count', () => {
  expect(whereTheyDiffer(read(TEXT), read(TEXT.replace('on: push', '# more\n\non: push')))).toBeUndefined();
});

it('the first difference is told by names', () => {
  expect(whereTheyDiffer(read(TEXT), read(TEXT.replace('two', 'three')))).toBe('jobs.a.steps.1.run.value');
  expect(whereTheyDiffer(read(TEXT), read(`${TEXT}      - run: more\n`))).toBe('jobs.a.steps.2');
  expect(whereTheyDiffer(read(TEXT), read(TEXT.replace('jobs:', 'env: {A: b}\njobs:')))).toBe('env');
});
