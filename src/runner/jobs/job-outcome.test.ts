import { expect, it } from 'vitest';
import { createOutputRoom } from './job-outcome.ts';

/** So many bytes as GitHub counts them, the name included. */
const bytes = (count: number): Record<string, string> => ({ ab: 'x'.repeat(count / 2 - 2) });
const MB = 1024 * 1024;

it('a job may hand on a megabyte of outputs, counted as UTF-16', () => {
  const room = createOutputRoom();
  expect(room.take(bytes(MB))).toBeUndefined();
  expect(room.take(bytes(MB + 2))).toBe("the job's outputs are 1,025 kB, and GitHub takes 1,024 kB of a job");
});

it('the jobs of a run share fifty; what is refused takes no room', () => {
  const room = createOutputRoom();
  for (let job = 0; job < 49; job++) expect(room.take(bytes(MB))).toBeUndefined();
  expect(room.take(bytes(MB + 2))).toContain('of a job');
  expect(room.take(bytes(MB))).toBeUndefined();
  expect(room.take({ a: '1' })).toContain('50 MB');
  expect(room.take({})).toBeUndefined();
});
