/** A night on which most things that can go wrong did: the story that summaries and displays are tried on. */
import type { RunEventBody } from '../../engine/index.ts';
import type { Journal } from './journal.ts';
import {
  attempted,
  begun,
  createJournal,
  ended,
  logged,
  prepared,
  report,
  START,
  started,
  succeeded,
  verdict,
} from './journal.ts';

/** A name and a message that try to leave their place. */
const HOSTILE =
  '\u001b[2J\u001b]0;owned\u0007| <img src=x> `rm -rf` [click](http://evil.example) @everyone\nsecond\u202e line';

export function badNight(): Journal {
  const journal = createJournal()
    .add(0, started(JOBS), ...begun('schema'), ...begun('lint'), ...begun('docs'), ...begun('bench', true))
    .add(1, prepared('schema'), attempted('schema', 1, 2), prepared('docs'), attempted('docs', 1, 1))
    .add(1, {
      type: 'job.finished',
      job: 'lint',
      leg: 'lint',
      outcome: 'success',
      conclusion: 'success',
      outputs: {},
      duration: 0,
      task: report('lint', { changed: { total: 0, shown: [] }, commits: [], result: START }),
      reusedFrom: '20261121T220000Z-0001',
    })
    .add(62, logged('schema'), succeeded('schema', 62_000, SCHEMA))
    .add(62, ...begun('api'), prepared('api'), attempted('api', 1, 3))
    .add(90, DOCS)
    .add(100, BENCH);
  for (const attempt of [1, 2])
    journal.add(
      100 + attempt * 60,
      failedAttempt(attempt),
      { type: 'attempt.delayed', job: 'api', leg: 'api', attempt: attempt + 1, delay: 10_000 },
      attempted('api', attempt + 1, 3),
    );
  return journal
    .add(
      300,
      { type: 'verify.started', job: 'api', leg: 'api', attempt: 3 },
      failedAttempt(3),
      logged('api', 2_345_678),
      API,
    )
    .add(300, { type: 'job.skipped', job: 'web', reason: 'needs', result: 'skipped', message: 'api failed' })
    .add(300, { type: 'job.skipped', job: 'deploy', reason: 'needs', result: 'skipped', message: 'web was skipped' })
    .add(300, {
      type: 'job.skipped',
      job: 'nightly',
      reason: 'condition',
      result: 'skipped',
      message: "its condition inputs.nightly == 'yes' was not met",
    })
    .add(301, {
      type: 'warning',
      code: 'stash-changed',
      message: 'the stash has a new entry; api and docs were active',
      leg: 'api',
      job: 'api',
    })
    .add(302, ended('failure', 1, 302_000));
}

const JOBS = [
  { id: 'schema' },
  { id: 'lint' },
  { id: 'docs', checks: ['exit', 'changes'] },
  { id: 'bench' },
  { id: 'api', needs: ['schema'], description: 'the HTTP interface', checks: ['exit', 'verify'] },
  { id: 'web', needs: ['api'] },
  { id: 'deploy', needs: ['web', 'lint'] },
  { id: 'nightly' },
];

const SCHEMA = {
  verdict: verdict('success', ['exit', true, 'exit code 0'], ['expect', true, 'db/*.sql matched 2 files']),
  artifacts: [{ path: 'artifacts/schema/dump.sql', bytes: 81_234 }],
  contained: { by: ['process-group', 'cookie'] as const, reaped: 2 },
};

const DOCS: RunEventBody = {
  type: 'job.finished',
  job: 'docs',
  leg: 'docs',
  outcome: 'failure',
  conclusion: 'failure',
  failure: {
    code: 'empty',
    message: 'the command said it succeeded, and nothing was changed',
    hint: 'See whether it asked a question that nobody answered.',
  },
  outputs: {},
  duration: 89_000,
  task: report('docs', {
    commits: [],
    changed: { total: 0, shown: [] },
    result: 'a'.repeat(40),
    tip: 'a'.repeat(40),
    verdict: verdict('success', ['exit', true, 'exit code 0'], ['changes', false, 'no file differs from the start']),
    worktree: '/home/me/.orch/worktrees/docs',
  }),
};

const BENCH: RunEventBody = {
  type: 'job.finished',
  job: 'bench',
  leg: 'bench',
  outcome: 'failure',
  conclusion: 'success',
  failure: { code: 'timeout', message: 'the command was ended after 1m 30s' },
  outputs: {},
  duration: 95_000,
};

const API: RunEventBody = {
  type: 'job.finished',
  job: 'api',
  leg: 'api',
  outcome: 'failure',
  conclusion: 'failure',
  failure: {
    code: 'verify-failed',
    message: `verify ended with exit code 1: ${HOSTILE}`,
    details: ['test/api.test.ts'],
  },
  outputs: {},
  duration: 238_000,
  task: report('api', {
    attempts: 3,
    changed: { total: 25, shown: Array.from({ length: 25 }, (_, i) => `src/api/route-${i}.ts`) },
    commits: [{ id: 'c'.repeat(40), subject: HOSTILE }],
    verdict: verdict('success', ['exit', true, 'exit code 0'], ['verify', false, 'npm test ended with exit code 1']),
    worktree: "/home/me/my project's/worktrees/api",
  }),
};

function failedAttempt(attempt: number): RunEventBody {
  return {
    type: 'attempt.finished',
    job: 'api',
    leg: 'api',
    attempt,
    duration: 58_000,
    exitCode: 0,
    failure: { code: 'verify-failed', message: 'verify ended with exit code 1' },
    verdict: verdict('success', ['exit', true, 'exit code 0'], ['verify', false, 'npm test ended with exit code 1']),
    ...(attempt < 3 ? { leftovers: String(attempt).repeat(40) } : {}),
  };
}
