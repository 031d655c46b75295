/** Events of made-up runs, for tests. */
import type { RunEvent, RunEventBody } from '../../engine/index.ts';

export function numbered(bodies: readonly RunEventBody[]): readonly RunEvent[] {
  return bodies.map((body, index) => ({ seq: index + 1, time: timeOf(index + 1), ...body }));
}

function timeOf(seq: number): string {
  return new Date(Date.UTC(2026, 10, 22, 20, 45, seq)).toISOString();
}

export function started(run: string, jobs: readonly string[]): RunEventBody {
  return {
    type: 'run.started',
    run,
    kind: 'tasks',
    name: 'sample',
    orch: '0.1.0',
    file: 'framework/orchestrator/orchestrator.yaml',
    command: ['orch', 'run'],
    host: { node: '20.19.0', git: '2.39.5', platform: 'linux', cpus: 2 },
    policy: { maxParallel: 2, onFailure: 'continue' },
    jobs: jobs.map((id) => ({ id, needs: [], definition: '' })),
  };
}

export function expanded(job: string, legs: readonly string[] = [job]): RunEventBody {
  return {
    type: 'job.expanded',
    job,
    failFast: true,
    legs: legs.map((id, index) => ({ id, name: id, index, matrix: null, continueOnError: false, timeoutMinutes: 360 })),
  };
}

export function jobFinished(job: string, conclusion: 'success' | 'failure' = 'success', leg = job): RunEventBody {
  const failure = { failure: { code: 'exit-code', message: 'the command ended with exit code 3' } } as const;
  return {
    type: 'job.finished',
    job,
    leg,
    outcome: conclusion,
    conclusion,
    outputs: {},
    duration: 1000,
    ...(conclusion === 'failure' ? failure : {}),
  };
}

export function finished(result: 'success' | 'failure' = 'success'): RunEventBody {
  const totals = { success: 1, failure: 0, cancelled: 0, skipped: 0 };
  return { type: 'run.finished', result, exitCode: result === 'success' ? 0 : 1, duration: 2000, totals };
}

export function warning(message: string): RunEventBody {
  return { type: 'warning', code: 'sample', message };
}
