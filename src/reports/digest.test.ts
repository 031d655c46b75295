import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../engine/index.ts';
import { createDigestFold } from './digest.ts';
import { renderDigest } from './digest-markdown.ts';
import type { RunDigest } from './run-digest.ts';
import { attempted, begun, createJournal, ended, logged, RUN, started, succeeded, verdict } from './testing/journal.ts';
import { nastyText } from './testing/nasty-text.ts';

function digestOf(events: readonly RunEvent[]): RunDigest {
  const fold = createDigestFold();
  for (const event of events) fold.add(event);
  return fold.digest();
}

const failed = (leg: string, attempt: number, code: 'exit-code' | 'timeout', message: string) =>
  ({
    type: 'attempt.finished',
    job: leg,
    leg,
    attempt,
    duration: 1000,
    verdict: verdict('failure'),
    failure: { code, message },
    leftovers: 'c'.repeat(40),
  }) as const;

const lost = (job: string, message = 'the command ended with exit code 3') =>
  ({
    type: 'job.finished',
    job,
    leg: job,
    outcome: 'failure',
    conclusion: 'failure',
    failure: { code: 'exit-code', message },
    outputs: {},
    duration: 5000,
  }) as const;

describe('the digest of a run', () => {
  const night = createJournal()
    .add(0, started([{ id: 'api' }, { id: 'db' }, { id: 'web' }]))
    .add(0, ...begun('api'))
    .add(
      1,
      {
        type: 'job.expanded',
        job: 'db',
        failFast: true,
        legs: [{ id: 'db', name: 'db', index: 0, matrix: null, continueOnError: false, timeoutMinutes: 1 }],
      },
      { type: 'job.waiting', job: 'db', leg: 'db', group: 'port', holder: 'api', message: 'api has it' },
    )
    .add(4, { type: 'job.admitted', job: 'db', leg: 'db', group: 'port' })
    .add(6, { type: 'job.requested', job: 'db', leg: 'db' }, attempted('db', 1, 2))
    .add(7, failed('db', 1, 'timeout', 'the command took longer than 1s'))
    .add(7, { type: 'attempt.delayed', job: 'db', leg: 'db', attempt: 2, delay: 2000 })
    .add(9, attempted('db', 2, 2), failed('db', 2, 'exit-code', 'the command ended with exit code 3'), logged('db'))
    .add(9, lost('db'))
    .add(9, { type: 'warning', job: 'api', leg: 'api', code: 'host-refused', message: 'refused evil.example:443' })
    .add(9, { type: 'warning', job: 'api', leg: 'api', code: 'left-running', message: 'left 2 running' })
    .add(12, succeeded('api', 12_000, { contained: { by: ['cookie'], reaped: 2 }, worktree: '/w/api' }))
    .add(12, { type: 'job.skipped', job: 'web', reason: 'needs', result: 'skipped', message: 'db failed' })
    .add(12, ended('failure', 1, 12_000));

  it('counts what failed, what was tried again, what waited for what, and what was left', () => {
    expect(digestOf(night.events)).toMatchObject({
      run: RUN,
      result: 'failure',
      duration: 12_000,
      failures: { total: 1, shown: [{ code: 'exit-code', count: 1, tasks: ['db'] }] },
      retries: {
        total: 1,
        shown: [{ task: 'db', standing: 'failed', attempts: 2, failures: ['timeout', 'exit-code'] }],
      },
      timeouts: { total: 1, shown: [{ task: 'db' }] },
      slowest: { shown: [{ task: 'api' }, { task: 'db' }] },
      waits: {
        slot: 2000,
        delays: 2000,
        groups: { total: 1, shown: [{ group: 'port', tasks: 1, wait: 3000 }] },
        longest: { shown: [{ task: 'db', wait: 5000 }] },
      },
      warnings: { total: 2 },
      refusedHosts: { total: 1, shown: [{ task: 'api', message: 'refused evil.example:443' }] },
      leftovers: { total: 2 },
      processes: { total: 1, shown: [{ task: 'api', ended: 2, alive: 0 }] },
      worktreesKept: 1,
      tasks: { total: 3, shown: [{ task: 'api' }, { task: 'db', waited: 5000 }, { task: 'web', reason: 'db failed' }] },
    });
  });

  it('is there for every beginning of a journal', () => {
    for (let length = 0; length <= night.events.length; length++) {
      const digest = digestOf(night.events.slice(0, length));
      expect(digest.result).toBe(length === night.events.length ? 'failure' : 'unfinished');
      expect(renderDigest(digest)).toMatch(/^# Run /);
    }
  });

  it('stays small, whatever the run was', () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `task${i}`);
    const message = 'm'.repeat(10_000);
    const large = createJournal()
      .add(0, started(ids.map((id) => ({ id }))))
      .add(1, ...ids.flatMap((id) => [...begun(id), lost(id, message)]))
      .add(1, ...ids.map((leg) => ({ type: 'warning', job: leg, leg, code: `code-${leg}`, message }) as const))
      .add(2, ended('failure', 1, 2000));
    const digest = digestOf(large.events);
    expect(digest.failures.shown[0]).toMatchObject({ count: 1000 });
    expect([digest.tasks.total, digest.tasks.shown.length, digest.warnings.total]).toEqual([1000, 200, 1000]);
    expect(JSON.stringify(digest).length).toBeLessThan(200_000);
    expect(renderDigest(digest).length).toBeLessThan(300_000);
    expect(renderDigest(digest)).toContain('and 800 more');
  });

  it('holds the words of tasks as words', () => {
    fc.assert(
      fc.property(nastyText, (nasty) => {
        const text = `${nasty}<script>x</script> @everyone ![a](https://evil.example/b)`;
        const hostile = createJournal()
          .add(0, started([{ id: 'api' }]), ...begun('api'))
          .add(1, { type: 'warning', job: 'api', leg: 'api', code: 'host-refused', message: text }, lost('api', text))
          .add(1, ended('failure', 1, 1000));
        const digest = digestOf(hostile.events);
        const markdown = renderDigest(digest);
        expect(markdown).not.toMatch(/(?<!\\)<script|@everyone|(?<!\\)\]\(|https:\/\//);
        expect(`${markdown}${JSON.stringify(digest)}`).not.toMatch(/(?!\n)\p{Cc}/u);
      }),
      { numRuns: 200 },
    );
  });
});
