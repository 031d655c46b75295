import { expect, it } from 'vitest';
import { problems, withJob } from './testing/reading.ts';

it.each([
  ['', ["2:13 Unexpected value 'readonly'"], 'cache-mode: readonly'],
  ['', ["2:12 Unexpected value ''"], 'cache-mode:'],
  ['cache-mode: READ', ["4:17 Unexpected value 'READ'"], ''],
  ['uses: ./.github/workflows/c.yml\ncache-mode: [read]', ['5:17 A sequence was not expected'], ''],
] as const)('what is no cache-mode is told of at its place: %j', (job, lines, top) => {
  expect(problems(withJob(job, top))).toEqual(lines);
});
