import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent, RunEventBody } from '../engine/index.ts';
import type { JobResult } from '../workflow/index.ts';
import { foldRun } from './fold.ts';
import { headline } from './headline.ts';
import { judgeRun } from './judge.ts';
import { begun, createJournal, ended, started } from './testing/journal.ts';

type End = { readonly outcome: JobResult; readonly tolerated: boolean } | 'skipped' | 'open';

const anyEnd = fc.oneof(
  { weight: 5, arbitrary: fc.constant<End>({ outcome: 'success', tolerated: false }) },
  {
    weight: 2,
    arbitrary: fc.record<Exclude<End, string>>({
      outcome: fc.constantFrom('success', 'failure', 'cancelled'),
      tolerated: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<End>('skipped', 'open') },
);

function night(ends: readonly End[], last: readonly RunEventBody[]): readonly RunEvent[] {
  const jobs = ends.map((_, i) => ({ id: `t${i}` }));
  const journal = createJournal().add(0, started(jobs));
  for (const [i, end] of ends.entries()) journal.add(i + 1, ...endOf(`t${i}`, end));
  return journal.add(100, ...last).events;
}

function endOf(job: string, end: End): RunEventBody[] {
  if (end === 'open') return begun(job);
  if (end === 'skipped')
    return [{ type: 'job.skipped', job, reason: 'condition', result: 'skipped', message: 'not today' }];
  const conclusion = end.tolerated && end.outcome === 'failure' ? 'success' : end.outcome;
  return [
    ...begun(job, end.tolerated),
    { type: 'job.finished', job, leg: job, outcome: end.outcome, conclusion, outputs: {}, duration: 1 },
  ];
}

const result = (events: Iterable<RunEvent>) => judgeRun(foldRun(events)).result;
const good: End = { outcome: 'success', tolerated: false };
const bad: End = { outcome: 'failure', tolerated: false };

describe('judgeRun', () => {
  test.each<[string, readonly End[], readonly RunEventBody[], string]>([
    ['all is well', [good, 'skipped'], [ended('success', 0, 1)], 'success'],
    ['a failure that is allowed', [good, { outcome: 'failure', tolerated: true }], [ended('success', 0, 1)], 'success'],
    ['a failure that the run denies', [good, bad], [ended('success', 0, 1)], 'failure'],
    ['a failure that no leg shows', [good], [ended('failure', 1, 1)], 'failure'],
    ['an exit code that the result denies', [good], [ended('success', 4, 1)], 'failure'],
    ['a cancelled leg', [good, { outcome: 'cancelled', tolerated: false }], [ended('success', 0, 1)], 'cancelled'],
    ['a cancelled run', [good, bad], [ended('cancelled', 130, 1)], 'cancelled'],
    [
      'a cancellation that the end denies',
      [good],
      [{ type: 'run.cancelling', reason: 'user', message: 'interrupted' }, ended('success', 0, 1)],
      'cancelled',
    ],
    [
      'killed by the first failure',
      [bad],
      [{ type: 'run.cancelling', reason: 'on-failure', message: 't0 failed' }, ended('failure', 1, 1)],
      'failure',
    ],
    ['no end', [good], [], 'unfinished'],
    ['an end without that of a leg', [good, 'open'], [ended('success', 0, 1)], 'unfinished'],
    ['no jobs', [], [ended('success', 0, 1)], 'success'],
  ])('%s', (_, ends, last, expected) => {
    expect(result(night(ends, last))).toBe(expected);
  });

  test('nothing recorded is not a success', () => {
    expect(judgeRun(foldRun([]))).toMatchObject({
      result: 'unfinished',
      reasons: [expect.stringContaining('start'), expect.stringContaining('ends before')],
    });
  });

  test('green only when every leg is, the run ended so, and nothing is missing', () => {
    const claims = fc.constantFrom(
      ended('success', 0, 1),
      ended('failure', 1, 1),
      ended('cancelled', 130, 1),
      ended('success', 1, 1),
    );
    fc.assert(
      fc.property(
        fc.array(anyEnd, { maxLength: 8 }),
        claims,
        fc.boolean(),
        fc.boolean(),
        (ends, claim, cancelled, finished) => {
          const cancelling: RunEventBody = { type: 'run.cancelling', reason: 'user', message: 'interrupted' };
          const events = night(ends, [...(cancelled ? [cancelling] : []), ...(finished ? [claim] : [])]);
          const allGood = ends.every(
            (end) =>
              end === 'skipped' ||
              (end !== 'open' && (end.outcome === 'success' || (end.outcome === 'failure' && end.tolerated))),
          );
          const said = claim.type === 'run.finished' && claim.result === 'success' && claim.exitCode === 0;
          expect(result(events) === 'success').toBe(allGood && finished && said && !cancelled);
        },
      ),
    );
  });

  test('no proper prefix is green, and none with a hole', () => {
    const events = night([good, good, good], [ended('success', 0, 1)]);
    for (let length = 0; length < events.length; length++) expect(result(events.slice(0, length))).toBe('unfinished');
    for (let hole = 0; hole < events.length; hole++) expect(result(events.toSpliced(hole, 1))).toBe('unfinished');
  });
});

test('a run that failed by a leg which had no turn, or was ended at once, says so', () => {
  const refused = {
    type: 'job.skipped',
    job: 'a',
    reason: 'concurrency',
    result: 'cancelled',
    message: 'held',
  } as const;
  const failed = createJournal().add(0, started([{ id: 'a' }]), refused, ended('failure', 1, 1));
  expect(judgeRun(foldRun(failed.events))).toEqual({ result: 'failure', reasons: ['a was cancelled: held'] });
  const timedOut = night([good, { outcome: 'cancelled', tolerated: false }], [ended('failure', 1, 1)]);
  expect(judgeRun(foldRun(timedOut))).toEqual({ result: 'failure', reasons: [] });
  expect(headline(foldRun(timedOut), 'failure')).toBe('FAILED: 1 of 2 tasks was cancelled');
  const stopping = { type: 'run.cancelling', reason: 'user', message: 'stopped by SIGINT' } as const;
  const cut = createJournal().add(0, started([{ id: 'a' }]), ...begun('a'), stopping);
  expect(judgeRun(foldRun(cut.events))).toEqual({
    result: 'unfinished',
    reasons: ['The record ends while the run was being stopped: stopped by SIGINT'],
  });
});
