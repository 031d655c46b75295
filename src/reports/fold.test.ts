import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRunFold, foldRun } from './fold.ts';
import { renderSummary } from './summary.ts';
import { badNight } from './testing/bad-night.ts';
import { attempted, begun, createJournal, prepared, RUN, started, succeeded } from './testing/journal.ts';
import type { LegView } from './view.ts';

function leg(journal: { readonly events: Parameters<typeof foldRun>[0] }, id: string): LegView | undefined {
  return foldRun(journal.events).legs.find((one) => one.id === id);
}

describe('foldRun', () => {
  test('tells how each leg of a bad night stands', () => {
    const view = foldRun(badNight().events);
    expect(Object.fromEntries(view.legs.map(({ id, standing }) => [id, standing]))).toEqual({
      schema: 'succeeded',
      lint: 'reused',
      docs: 'failed',
      bench: 'tolerated',
      api: 'failed',
      web: 'skipped',
      deploy: 'skipped',
      nightly: 'skipped',
    });
    expect(view.counts).toEqual({
      failed: 2,
      tolerated: 1,
      cancelled: 0,
      paused: 0,
      running: 0,
      waiting: 0,
      awaiting: 0,
      skipped: 3,
      reused: 1,
      succeeded: 1,
    });
    expect(view.duration).toBe(302_000);
  });

  test('attempts, delay and phase follow the task', () => {
    const journal = createJournal().add(0, started([{ id: 'a' }, { id: 'b', needs: ['a'] }]));
    expect(leg(journal, 'a')).toMatchObject({ standing: 'waiting', phase: 'waiting' });
    journal.add(1, ...begun('a'), prepared('a'));
    expect(leg(journal, 'a')).toMatchObject({
      standing: 'running',
      phase: 'starting',
      prepared: { branch: `orch/${RUN}/a` },
    });
    journal.add(2, attempted('a', 1, 2), { type: 'verify.started', job: 'a', leg: 'a', attempt: 1 });
    expect(leg(journal, 'a')).toMatchObject({ phase: 'verifying', attempt: { number: 1, of: 2 } });
    journal.add(3, { type: 'attempt.delayed', job: 'a', leg: 'a', attempt: 2, delay: 5000 });
    expect(leg(journal, 'a')).toMatchObject({ phase: 'delayed', delay: 5000 });
    journal.add(4, attempted('a', 2, 2));
    expect(leg(journal, 'a')).toMatchObject({ phase: 'running', attempt: { number: 2, of: 2 } });
    expect(leg(journal, 'a')).not.toHaveProperty('delay');
    journal.add(
      5,
      { type: 'job.cancel-requested', job: 'a', leg: 'a', reason: 'user' },
      { type: 'verify.started', job: 'a', leg: 'a', attempt: 2 },
    );
    expect(leg(journal, 'a')).toMatchObject({ phase: 'cancelling', cancelRequested: 'user' });
  });

  test('a matrix replaces its job by its legs, in the order of their index, and a later skip reaches those still open', () => {
    const legOf = (name: string, index: number) => ({
      id: `build+${name}`,
      name: `build (${name})`,
      index,
      matrix: { name },
      continueOnError: false,
      timeoutMinutes: 360,
    });
    const journal = createJournal()
      .add(0, started([{ id: 'build', needs: [], checks: ['exit'] }, { id: 'last' }]))
      .add(1, { type: 'job.expanded', job: 'build', failFast: true, legs: [legOf('b', 1), legOf('a', 0)] })
      .add(2, { type: 'job.requested', job: 'build', leg: 'build+a' })
      .add(3, { ...succeeded('build', 1000), leg: 'build+a' })
      .add(4, {
        type: 'job.skipped',
        job: 'build',
        reason: 'fail-fast',
        result: 'cancelled',
        message: 'another leg failed',
      });
    expect(foldRun(journal.events).legs.map(({ id, name, standing, checks }) => [id, name, standing, checks])).toEqual([
      ['build+a', 'build (a)', 'succeeded', ['exit']],
      ['build+b', 'build (b)', 'cancelled', ['exit']],
      ['last', 'last', 'waiting', []],
    ]);
  });

  test('counts what the numbering says is missing', () => {
    const { events } = badNight();
    expect(foldRun(events).missing).toBe(0);
    expect(foldRun([...events.slice(0, 5), ...events.slice(8)]).missing).toBe(3);
    expect(foldRun(events.slice(2)).missing).toBe(2);
  });

  test('every prefix, and events in any order, give a view and a summary', () => {
    const { events } = badNight();
    for (let length = 0; length <= events.length; length++) {
      expect(renderSummary(foldRun(events.slice(0, length)))).toMatch(
        length === events.length ? /^# FAILED/ : /^# DID NOT FINISH/,
      );
    }
    fc.assert(
      fc.property(fc.shuffledSubarray([...events]), (some) => {
        expect(renderSummary(foldRun(some))).toMatch(/^# /);
      }),
      { numRuns: 50 },
    );
  });

  test('what a newer orch writes is passed over', () => {
    const { events } = badNight();
    const later = JSON.parse('{"seq":0,"time":"2026-11-22T01:00:00.000Z","type":"constructor","job":"x"}');
    expect(foldRun([...events, later]).legs).toEqual(foldRun(events).legs);
  });

  test('a view that was given out does not change any more', () => {
    const { events } = badNight();
    const fold = createRunFold();
    const kept: [unknown, string][] = [];
    for (const event of events) {
      fold.add(event);
      kept.push([fold.view(), JSON.stringify(fold.view())]);
    }
    for (const [view, text] of kept) expect(JSON.stringify(view)).toBe(text);
  });

  test('ten thousand jobs are folded in one go', () => {
    const jobs = Array.from({ length: 10_000 }, (_, i) => ({ id: `t${i}`, needs: i > 0 ? [`t${i - 1}`] : [] }));
    const journal = createJournal().add(0, started(jobs));
    for (const { id } of jobs) journal.add(1, ...begun(id), prepared(id), attempted(id, 1, 1), succeeded(id, 10));
    expect(foldRun(journal.events).counts.succeeded).toBe(10_000);
  });
});
