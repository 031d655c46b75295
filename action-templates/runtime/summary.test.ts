import { expect, it } from 'vitest';
import type { TaskReport } from '../../src/shared/verdict.ts';
import { readResults, renderSummary } from './summary.ts';

const REPORT: TaskReport = {
  branch: 'orch/1-1/b',
  start: 'a'.repeat(40),
  result: 'b'.repeat(40),
  tip: 'b'.repeat(40),
  commits: [],
  changed: { total: 2, shown: ['a', 'b'] },
  attempts: 2,
  verdict: {
    claim: 'success',
    evidence: [
      { check: 'exit', ok: true, seen: 'exit code 0' },
      { check: 'expect', ok: false, seen: 'src/** | <b>matched</b> none' },
    ],
  },
  artifacts: [],
  contained: { by: ['process-group'], reaped: 0 },
  warnings: [],
};

it('tells what became of each task, red first', () => {
  const results = readResults(
    '{"a": {"result": "success", "outputs": {}}, "b": {"result": "failure"}, "c": {"result": "skipped"}}',
  );
  expect(renderSummary(results, [{ job: 'b', leg: 'b', index: 0, report: REPORT }])).toBe(
    [
      '## 1 of 3 tasks failed',
      '',
      '| | task | evidence | attempts | changed | branch |',
      '| --- | --- | --- | --- | --- | --- |',
      '| ❌ | b | ✓ exit code 0<br>✗ src/\\*\\* \\| &lt;b>matched&lt;/b> none | 2 | 2 | <code>orch/1-1/b</code> |',
      '| ⏭️ | c | skipped |  |  |  |',
      '| ✅ | a | success |  |  |  |',
      '',
    ].join('\n'),
  );
});

it('shows each leg of a matrix, in order', () => {
  const legs = [1, 0].map((index) => ({ job: 'm', leg: `m+${index + 1}`, index, report: REPORT }));
  const rows = renderSummary(new Map([['m', 'success']]), legs)
    .split('\n')
    .filter((line) => line.includes('m\\+'));
  expect(rows.map((line) => line.split(' | ')[1])).toEqual(['m\\+1', 'm\\+2']);
});

it('wants the results as JSON', () => {
  expect(() => readResults('x')).toThrow('needs wants the JSON');
});
