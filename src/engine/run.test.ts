import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../runner/environments/fake-clock.ts';
import { MachineError } from '../shared/failure.ts';
import type { RunEvent, RunStarted } from './events.ts';
import type { Cancellation, EventSink, JobOutcome, JobRequest } from './ports.ts';
import { type Run, startRun } from './run.ts';
import { type JobSketch, planOf } from './testing/simulation.ts';

const HEADER: RunStarted = {
  type: 'run.started',
  run: 'r',
  kind: 'tasks',
  name: 'test',
  orch: '0',
  file: 'f',
  command: [],
  host: { node: '', git: '', platform: '', cpus: 1 },
  policy: { maxParallel: 4, onFailure: 'continue' },
  jobs: [],
};

interface Call {
  readonly request: JobRequest;
  readonly signal: AbortSignal;
  readonly emit: (message: string) => void;
  readonly end: (outcome: Partial<JobOutcome>) => void;
  readonly fail: (error: unknown) => void;
}

/** A run whose jobs end when the test says so. */
function start(jobs: readonly JobSketch[], more: readonly EventSink[] = []) {
  const clock = createFakeClock();
  const events: RunEvent[] = [];
  const calls = new Map<string, Call>();
  const waiting = new Map<string, (call: Call) => void>();
  const run: Run = startRun(
    planOf(jobs),
    {
      clock: {
        now: () => clock.now(),
        after: (ms, call) => clock.after(ms, call),
        time: () => '2026-01-01T00:00:00.000Z',
      },
      sinks: [{ name: 'test', event: (event) => void events.push(event) }, ...more],
      runner: {
        run: (request, emit, signal) =>
          new Promise((resolve, reject) => {
            const { leg, job } = request;
            const call: Call = {
              request,
              signal,
              emit: (message) => emit({ type: 'warning', job: job.id, leg: leg.id, code: 'test', message }),
              end: (outcome) => resolve({ result: 'success', outputs: {}, ...outcome }),
              fail: reject,
            };
            calls.set(leg.id, call);
            waiting.get(leg.id)?.(call);
          }),
      },
    },
    HEADER,
  );
  const opened = (leg: string): Promise<Call> => {
    const call = calls.get(leg);
    return call === undefined ? new Promise((resolve) => void waiting.set(leg, resolve)) : Promise.resolve(call);
  };
  const finished = (leg: string) => events.find((event) => event.type === 'job.finished' && event.leg === leg);
  return { run, clock, events, opened, finished };
}

describe('a run', () => {
  it('numbers its events without gaps and ends with the result', async () => {
    const { run, events, opened } = start([{ id: 'a' }]);
    (await opened('a')).end({});
    expect(await run.done).toEqual({ result: 'success', exitCode: 0, lostSinks: [] });
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.map((event) => event.type)).toEqual([
      'run.started',
      'job.expanded',
      'job.requested',
      'job.finished',
      'run.finished',
    ]);
  });

  it('hands on outputs and results of the direct needs', async () => {
    const { run, opened } = start([{ id: 'a' }, { id: 'b', needs: ['a'] }]);
    (await opened('a')).end({ outputs: { x: '1' } });
    const b = await opened('b');
    expect(b.request.needs).toEqual({ a: { result: 'success', outputs: { x: '1' } } });
    b.end({});
    await run.done;
  });

  it.each([
    ['a typed failure', new MachineError({ code: 'disk-full', message: 'no room' }), 'disk-full'],
    ['a bug', new TypeError('x is not a function'), 'internal'],
  ])('turns %s of the runner into a failed job', async (_, error, code) => {
    const { run, opened, finished } = start([{ id: 'a' }]);
    (await opened('a')).fail(error);
    expect((await run.done).exitCode).toBe(1);
    expect(finished('a')).toMatchObject({ outcome: 'failure', failure: { code } });
  });

  it('is cancelled once, and tells each job why', async () => {
    const { run, opened, events } = start([{ id: 'a' }]);
    const a = await opened('a');
    run.cancel({ reason: 'user', message: 'stopped' });
    run.cancel({ reason: 'user', message: 'stopped again' });
    expect((a.signal.reason as Cancellation).reason).toBe('user');
    a.end({ result: 'cancelled' });
    expect(await run.done).toMatchObject({ result: 'cancelled', exitCode: 130 });
    expect(events.filter((event) => event.type === 'run.cancelling')).toHaveLength(1);
  });
});

describe('what does not end', () => {
  it('is cancelled when its minutes are used up', async () => {
    const { run, clock, opened } = start([{ id: 'a' }]);
    const a = await opened('a');
    await clock.advance(360 * 60_000);
    expect((a.signal.reason as Cancellation).reason).toBe('timeout');
    a.end({ result: 'cancelled' });
    expect((await run.done).exitCode).toBe(1);
  });

  it('is given up some minutes after it was cancelled, and not heard any more', async () => {
    const { run, clock, opened, events, finished } = start([{ id: 'a' }]);
    const a = await opened('a');
    run.cancel({ reason: 'user', message: 'stopped' });
    await clock.advance(6 * 60_000);
    await run.done;
    expect(finished('a')).toMatchObject({ failure: { code: 'environment-lost' } });
    const told = events.length;
    a.emit('too late');
    a.end({});
    await Promise.resolve();
    expect(events).toHaveLength(told);
  });
});

describe('a called workflow', () => {
  it('runs by the same runner, and is told of by ids that are unique in the run', async () => {
    const { run, clock, opened, events, finished } = start([{ id: 'a', calls: [{ id: 'x' }] }]);
    const x = await opened('a.x');
    expect(x.request).toMatchObject({ job: { id: 'x' }, called: { caller: 'a', file: 'a.yml', inputs: {} } });
    // The runner knows the job by the id that its workflow gives it.
    x.emit('hello');
    expect(events.at(-1)).toMatchObject({ type: 'warning', job: 'a.x', leg: 'a.x' });
    await clock.advance(2000);
    x.end({});
    expect(await run.done).toMatchObject({ result: 'success', exitCode: 0 });
    expect(finished('a')).toMatchObject({ outcome: 'success', duration: 2000 });
    expect(events.map((event) => event.type)).toEqual([
      'run.started',
      'job.expanded',
      'job.called',
      'job.expanded',
      'job.requested',
      'warning',
      'job.finished',
      'job.finished',
      'run.finished',
    ]);
  });

  it('is cancelled with the run', async () => {
    const { run, opened, finished } = start([{ id: 'a', calls: [{ id: 'x' }] }]);
    const x = await opened('a.x');
    run.cancel({ reason: 'user', message: 'stopped' });
    expect((x.signal.reason as Cancellation).reason).toBe('user');
    x.end({ result: 'cancelled' });
    expect(await run.done).toMatchObject({ exitCode: 130 });
    expect(finished('a')).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('sinks', () => {
  it('that throw are reported and dropped; the run goes on', async () => {
    const broken: EventSink = {
      name: 'screen',
      event: () => {
        throw new Error('no terminal');
      },
    };
    const { run, opened, events } = start([{ id: 'a' }], [broken]);
    (await opened('a')).end({});
    const end = await run.done;
    expect(end).toMatchObject({ result: 'success', lostSinks: [{ name: 'screen' }] });
    expect(events.filter((event) => event.type === 'warning').map((event) => event.message)).toEqual([
      'screen failed and is left out from here on: no terminal',
    ]);
  });

  it('that are vital end the run when they are lost', async () => {
    const full: EventSink = {
      name: 'journal',
      vital: true,
      event: (event) => {
        if (event.type === 'job.requested') throw new Error('disk full');
      },
    };
    const { run, opened } = start([{ id: 'a' }, { id: 'b', needs: ['a'] }], [full]);
    const a = await opened('a');
    await Promise.resolve();
    expect((a.signal.reason as Cancellation).reason).toBe('journal-lost');
    a.end({ result: 'cancelled' });
    expect(await run.done).toMatchObject({ result: 'failure', exitCode: 1 });
  });
});
