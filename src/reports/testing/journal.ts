/** Journals for tests: events told briefly, numbered and stamped as the engine would. */
import type { JobDeclaration, JobFinished, RunEvent, RunEventBody, RunStarted } from '../../engine/index.ts';
import type { Evidence, TaskReport, Verdict } from '../../shared/verdict.ts';

const MIDNIGHT = Date.parse('2026-11-22T00:00:00.000Z');

export interface Journal {
  readonly events: readonly RunEvent[];
  /** `at` in seconds after midnight; it never goes back. */
  add(at: number, ...bodies: readonly RunEventBody[]): Journal;
}

export function createJournal(): Journal {
  const events: RunEvent[] = [];
  const journal: Journal = {
    events,
    add(at, ...bodies) {
      for (const body of bodies) {
        events.push({ seq: events.length + 1, time: new Date(MIDNIGHT + at * 1000).toISOString(), ...body });
      }
      return journal;
    },
  };
  return journal;
}

export const RUN = '20261122T000000Z-ab3f';
export const START = 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334';

export function started(jobs: readonly (Partial<JobDeclaration> & { readonly id: string })[]): RunStarted {
  return {
    type: 'run.started',
    run: RUN,
    kind: 'tasks',
    name: 'framework-run',
    orch: '0.1.0',
    file: 'framework/orchestrator/orchestrator.yaml',
    base: { commit: START, ref: 'main', uncommitted: false },
    command: ['orch', 'run'],
    host: { node: '20.19.0', git: '2.39.5', platform: 'linux x64', cpus: 2 },
    policy: { maxParallel: 4, onFailure: 'continue' },
    jobs: jobs.map((job) => ({ needs: [], definition: 'd'.repeat(64), ...job })),
  };
}

/** Expanded into its only leg, and requested. */
export function begun(job: string, continueOnError = false): RunEventBody[] {
  return [
    {
      type: 'job.expanded',
      job,
      failFast: true,
      legs: [{ id: job, name: job, index: 0, matrix: null, continueOnError, timeoutMinutes: 360 }],
    },
    { type: 'job.requested', job, leg: job },
  ];
}

export function prepared(job: string): RunEventBody {
  return {
    type: 'task.prepared',
    job,
    leg: job,
    branch: `orch/${RUN}/${job}`,
    start: START,
    worktree: `/home/me/.orch/worktrees/${job}`,
    from: [],
  };
}

export function attempted(job: string, attempt: number, of: number): RunEventBody {
  return { type: 'attempt.started', job, leg: job, attempt, of };
}

export function logged(job: string, bytes = 1234): RunEventBody {
  return { type: 'log.closed', job, leg: job, path: `logs/runs/${RUN}/${job}.log`, bytes, sha256: 'e'.repeat(64) };
}

export function verdict(
  claim: Verdict['claim'],
  ...evidence: readonly (readonly [Evidence['check'], boolean, string])[]
): Verdict {
  return { claim, evidence: evidence.map(([check, ok, seen]) => ({ check, ok, seen })) };
}

/** A task that changed two files in one commit, unless `over` says otherwise. */
export function report(job: string, over: Partial<TaskReport> = {}): TaskReport {
  return {
    branch: `orch/${RUN}/${job}`,
    start: START,
    result: 'b'.repeat(40),
    tip: 'b'.repeat(40),
    commits: [{ id: 'b'.repeat(40), subject: `${job}: work` }],
    changed: { total: 2, shown: [`src/${job}.ts`, `src/${job}.test.ts`] },
    attempts: 1,
    verdict: verdict('success', ['exit', true, 'exit code 0']),
    artifacts: [],
    contained: { by: ['process-group', 'cookie'], reaped: 0 },
    warnings: [],
    ...over,
  };
}

export function succeeded(job: string, duration: number, over: Partial<TaskReport> = {}): JobFinished {
  return {
    type: 'job.finished',
    job,
    leg: job,
    outcome: 'success',
    conclusion: 'success',
    outputs: {},
    duration,
    task: report(job, over),
  };
}

export function ended(result: 'success' | 'failure' | 'cancelled', exitCode: number, duration: number): RunEventBody {
  return {
    type: 'run.finished',
    result,
    exitCode,
    duration,
    totals: { success: 0, failure: 0, cancelled: 0, skipped: 0 },
  };
}
