import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../runner/environments/fake-clock.ts';
import type { RunEvent, RunStarted } from './events.ts';
import type { GoOn } from './pause-events.ts';
import type { Cancellation, JobOutcome, JobRequest, PausedJob } from './ports.ts';
import { restoreRun } from './restore.ts';
import { type Run, resumeRun, startRun } from './run.ts';
import { type JobSketch, planOf } from './testing/simulation.ts';

const HEADER: RunStarted = {
  type: 'run.started',
  run: 'r',
  kind: 'workflow',
  name: 'test',
  orch: '0',
  file: 'f',
  command: [],
  host: { node: '', git: '', platform: '', cpus: 1 },
  policy: { maxParallel: 4, onFailure: 'continue' },
  jobs: [],
};
const PAUSED: PausedJob = {
  result: 'paused',
  step: 'Run make',
  failure: { code: 'exit-code', message: 'exit 2' },
  workspace: '/w',
  enter: '/w/enter.sh',
};
const GOOD: JobOutcome = { result: 'success', outputs: {} };
const BAD: JobOutcome = { result: 'failure', failure: PAUSED.failure, outputs: {} };

type Answer = (request: JobRequest, signal: AbortSignal) => JobOutcome | PausedJob | Promise<JobOutcome | PausedJob>;

/** Jobs are answered by their legs' ids; those that are not named succeed. `failing` ones pause until they are told. */
function portsOf(answers: Readonly<Record<string, Answer>>, events: RunEvent[]) {
  const clock = createFakeClock();
  const requests: JobRequest[] = [];
  const ports = {
    clock: {
      now: () => clock.now(),
      after: (ms: number, call: () => void) => clock.after(ms, call),
      time: () => '2026-01-01T00:00:00.000Z',
    },
    sinks: [{ name: 'test', event: (event: RunEvent) => void events.push(event) }],
    runner: {
      run: async (request: JobRequest, _: unknown, signal: AbortSignal) => {
        requests.push(request);
        return (answers[request.leg.id] ?? (() => GOOD))(request, signal);
      },
    },
  };
  return { ports, requests };
}

/** Pauses the first time; then the failure is gone, or stands. */
const failing: Answer = ({ goOn }) => (goOn === undefined ? PAUSED : goOn === 'retry' ? GOOD : BAD);

const JOBS: readonly JobSketch[] = [
  { id: 'a' },
  { id: 'b' },
  { id: 'after', needs: ['a', 'b'] },
  { id: 'last', needs: ['after'], if: 'always()' },
];

function ends(events: readonly RunEvent[]): Readonly<Record<string, string>> {
  const of: Record<string, string> = {};
  for (const event of events) {
    if (event.type === 'job.finished') of[event.leg] = event.conclusion;
    if (event.type === 'job.skipped') of[event.job] = event.result;
  }
  return of;
}

async function pausedRun(jobs = JOBS, answers: Readonly<Record<string, Answer>> = { a: failing }) {
  const events: RunEvent[] = [];
  const { ports } = portsOf(answers, events);
  const end = await startRun(planOf(jobs), ports, HEADER).done;
  return { events, end };
}

async function resumed(before: readonly RunEvent[], goOn: Readonly<Record<string, GoOn>>, answers = { a: failing }) {
  // As a journal hands them back.
  const events = JSON.parse(JSON.stringify(before)) as RunEvent[];
  const plan = planOf(JOBS);
  const restored = restoreRun(plan, events);
  if (!restored.ok) throw new Error(restored.error);
  const { ports, requests } = portsOf(answers, events);
  const header = { type: 'run.resumed', orch: '0', command: [], goOn: new Map(Object.entries(goOn)) } as const;
  const end = await resumeRun(plan, ports, restored.value, header).done;
  return { end, events, requests };
}

describe('a run whose job is paused', () => {
  it('lets the others end, judges nobody who depends on it, and ends as paused', async () => {
    const { end, events } = await pausedRun();
    expect(end).toMatchObject({ result: 'paused', exitCode: 77 });
    expect(ends(events)).toEqual({ b: 'success' });
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', totals: { success: 1, skipped: 0 } });
    expect(events.find(({ type }) => type === 'job.paused')).toMatchObject({ leg: 'a', step: 'Run make' });
  });

  it('is taken up from its events: nothing is done twice, and dependents follow', async () => {
    const { events: before } = await pausedRun();
    const { end, events, requests } = await resumed(before, { a: 'retry' });
    expect(end).toMatchObject({ result: 'success', exitCode: 0 });
    expect(requests.map(({ leg, goOn }) => [leg.id, goOn])).toEqual([
      ['a', 'retry'],
      ['after', undefined],
      ['last', undefined],
    ]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  });

  it('may be paused again, any number of times', async () => {
    const { events: before } = await pausedRun();
    const again = await resumed(before, { a: 'retry' }, { a: () => PAUSED });
    expect(again.end.result).toBe('paused');
    expect((await resumed(again.events, { a: 'retry' })).end.result).toBe('success');
  });

  it('fails when the failure is to stand', async () => {
    const { events: before } = await pausedRun();
    const { end, events } = await resumed(before, { a: 'abort' });
    expect(end).toMatchObject({ result: 'failure', exitCode: 1 });
    expect(ends(events)).toEqual({ a: 'failure', b: 'success', after: 'skipped', last: 'success' });
  });

  it('stays paused for the job that nobody named', async () => {
    const { events: before } = await pausedRun(JOBS, { a: failing, b: failing });
    const { end, events } = await resumed(before, { b: 'retry' });
    expect(end.result).toBe('paused');
    expect(ends(events)).toEqual({ b: 'success' });
  });

  it('cannot be taken up when it has ended', async () => {
    const { events } = await pausedRun(JOBS, { a: () => GOOD });
    const restored = restoreRun(planOf(JOBS), events);
    expect(restored.ok ? '' : restored.error).toContain('no job of it is paused');
  });

  it('is taken up wherever its process was killed: what stood does so again, the rest begins anew', async () => {
    const { events: before } = await pausedRun();
    const whole = (await resumed(before, { a: 'retry' })).events;
    for (let length = before.length; length < whole.length; length++) {
      const { end, events, requests } = await resumed(whole.slice(0, length), { a: 'retry' });
      expect([length, end.result]).toEqual([length, 'success']);
      expect(ends(events)).toEqual({ a: 'success', b: 'success', after: 'success', last: 'success' });
      const begun = (leg: string): boolean =>
        whole.slice(0, length).some((event) => event.type === 'job.requested' && event.leg === leg);
      const retried = requests.find(({ leg }) => leg.id === 'a');
      if (retried !== undefined) expect(retried.goOn).toBe('retry');
      const after = requests.find(({ leg }) => leg.id === 'after');
      expect(after?.begunBefore).toBe(after !== undefined && begun('after') ? true : undefined);
    }
  });

  it('begins with the failure again when its process was killed while it was ended', async () => {
    const { events: before } = await pausedRun();
    const { events } = await resumed(before, { a: 'abort' });
    const asked = events.findIndex(({ type }) => type === 'job.resumed');
    const { end, requests } = await resumed(events.slice(0, asked + 2), { a: 'retry' });
    expect(end.result).toBe('success');
    expect(requests[0]).toMatchObject({ goOn: 'retry' });
  });
});

describe('a run that waits for what is paused', () => {
  function waiting(jobs: readonly JobSketch[], answers: Readonly<Record<string, Answer>>) {
    const events: RunEvent[] = [];
    const { ports, requests } = portsOf(answers, events);
    const run: Run = startRun(planOf(jobs, { waitsForPaused: true, maxParallel: 1 }), ports, HEADER);
    const seen = async (type: RunEvent['type']): Promise<void> => {
      while (!events.some((event) => event.type === type)) await Promise.resolve();
    };
    return { run, events, requests, seen };
  }

  it('holds no slot for it, and goes on when it is told', async () => {
    const { run, events, requests, seen } = waiting(JOBS, { a: failing });
    await seen('job.finished');
    expect(run.goOn('b', 'retry')).toBe(false);
    expect(run.goOn('a', 'retry')).toBe(true);
    expect((await run.done).result).toBe('success');
    expect(requests.map(({ leg }) => leg.id)).toEqual(['a', 'b', 'a', 'after', 'last']);
    expect(ends(events)).toMatchObject({ a: 'success' });
  });

  it('ends it when the run is cancelled, so that what it has open is closed', async () => {
    const signals: AbortSignal[] = [];
    const { run, requests, seen } = waiting([{ id: 'a' }], {
      a: ({ goOn }, signal) => {
        signals.push(signal);
        if (goOn === undefined) return PAUSED;
        return { result: 'cancelled', outputs: {} };
      },
    });
    await seen('job.paused');
    run.cancel({ reason: 'user', message: 'stopped' });
    expect(await run.done).toMatchObject({ result: 'cancelled', exitCode: 130 });
    expect(requests.map(({ goOn }) => goOn)).toEqual([undefined, 'abort']);
    expect(signals.map(({ reason }) => (reason as Cancellation | undefined)?.reason)).toEqual([undefined, 'user']);
  });
});
