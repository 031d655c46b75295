import { describe, expect, test } from 'vitest';
import type { RunEventBody } from '../engine/index.ts';
import { createCauses, pathOf } from './causes.ts';
import { foldRun } from './fold.ts';
import { begun, createJournal, started, succeeded } from './testing/journal.ts';

const failed = (job: string): RunEventBody[] => [
  ...begun(job),
  { type: 'job.finished', job, leg: job, outcome: 'failure', conclusion: 'failure', outputs: {}, duration: 1 },
];
const skipped = (job: string): RunEventBody => ({
  type: 'job.skipped',
  job,
  reason: 'needs',
  result: 'skipped',
  message: 'a need failed',
});

function causes(needs: Readonly<Record<string, readonly string[]>>, ...bodies: readonly RunEventBody[]) {
  const jobs = Object.entries(needs).map(([id, list]) => ({ id, needs: list }));
  const causeOf = createCauses(foldRun(createJournal().add(0, started(jobs), ...bodies).events));
  return (job: string) => {
    const cause = causeOf(job);
    return cause && { path: pathOf(cause), root: cause.root, others: cause.others };
  };
}

describe('createCauses', () => {
  test('follows a chain to its root', () => {
    const causeOf = causes(
      { a: [], b: ['a'], c: ['b'], d: ['c'] },
      ...failed('a'),
      skipped('b'),
      skipped('c'),
      skipped('d'),
    );
    expect(causeOf('d')).toMatchObject({ path: ['c', 'b', 'a'], root: { id: 'a' }, others: 0 });
    expect(causeOf('a')).toBeUndefined();
  });

  test('takes the nearest of several, and counts the others once each', () => {
    const causeOf = causes(
      { a: [], b: [], mid: ['a'], other: ['a'], good: [], last: ['good', 'mid', 'other', 'b'] },
      ...failed('a'),
      ...failed('b'),
      ...begun('good'),
      succeeded('good', 1),
      skipped('mid'),
      skipped('other'),
      skipped('last'),
    );
    expect(causeOf('last')).toMatchObject({ path: ['b'], root: { id: 'b' }, others: 1 });
  });

  test('a need that never ended is a cause; a need that the record does not know is not', () => {
    const causeOf = causes({ a: [], b: ['a'], c: ['ghost'] }, ...begun('a'), skipped('b'), skipped('c'));
    expect(causeOf('b')).toMatchObject({ path: ['a'], root: { standing: 'running' } });
    expect(causeOf('c')).toBeUndefined();
  });

  test('a damaged record with a cycle comes to an end', () => {
    const causeOf = causes({ a: ['b'], b: ['a'] }, skipped('a'), skipped('b'));
    expect(causeOf('a')?.root.id).toMatch(/^[ab]$/);
  });

  test('a chain of ten thousand, asked from its end', () => {
    const needs = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`t${i}`, i > 0 ? [`t${i - 1}`] : []]));
    const rest = Object.keys(needs).slice(1);
    const causeOf = causes(needs, ...failed('t0'), ...rest.map(skipped));
    expect(causeOf('t9999')).toMatchObject({ root: { id: 't0' } });
    expect(causeOf('t9999')?.path).toHaveLength(9999);
  });
});
