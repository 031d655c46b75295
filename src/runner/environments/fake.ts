/**
 * An environment whose commands are played by the test:
 *
 *     const build = environment.command('npm run build');
 *     const call = await build.next();
 *     await call.stdout('…');
 *     call.exit(1);
 *
 * It keeps the same contract as the host (test/contract), so that what a test sees of it holds for real processes.
 */
import { type Environment, type ProcessExit, type ProcessRequest, type RunningProcess } from './process.ts';
import { type SystemClock, systemClock } from './system-clock.ts';

export interface FakeEnvironment extends Environment {
  /** The starts of one command: the last argument, as in `bash -c COMMAND`, or all joined by spaces. */
  command(text: string): FakeCommand;
  /** The commands that were started and that nobody has asked for yet. */
  waiting(): readonly string[];
}

export interface FakeCommand {
  /** The next start of it, as soon as it happens. */
  next(): Promise<FakeCall>;
}

export interface FakeCall {
  readonly request: ProcessRequest;
  /** Resolves when the taker has taken it. */
  stdout(text: string | Uint8Array): Promise<void>;
  exit(code: number): void;
  signal(name: string): void;
  /** As if the command could not be started. */
  fail(message: string): void;
  /** As if `count` processes were left running. */
  leave(count: number): void;
  useCpu(milliseconds: number): void;
  /** From now on neither SIGINT nor SIGTERM is obeyed: the command goes on until the grace is over. */
  ignoreStop(): void;
  /** The grace given, once the command is asked to end. */
  readonly stopped: Promise<number>;
  readonly reaped: Promise<void>;
}

/** `clock` measures the grace between asking and ending. */
export function createFakeEnvironment(clock: Pick<SystemClock, 'after'> = systemClock): FakeEnvironment {
  const started = new Map<string, FakeCall[]>();
  const asked = new Map<string, ((call: FakeCall) => void)[]>();
  const deliver = (name: string, call: FakeCall): boolean => {
    const ask = asked.get(name)?.shift();
    ask?.(call);
    return ask !== undefined;
  };
  return {
    start: async (request) => {
      const { call, running } = play(request, clock);
      const names = [request.argv.at(-1) ?? '', request.argv.join(' ')];
      if (!names.some((name) => deliver(name, call))) {
        for (const name of names) started.set(name, [...(started.get(name) ?? []), call]);
      }
      return running;
    },
    command: (text) => ({
      next: () => {
        const call = started.get(text)?.[0];
        if (call === undefined) {
          return new Promise((resolve) => {
            asked.set(text, [...(asked.get(text) ?? []), resolve]);
          });
        }
        for (const [name, calls] of started)
          started.set(
            name,
            calls.filter((other) => other !== call),
          );
        return Promise.resolve(call);
      },
    }),
    waiting: () => [...new Set([...started.values()].flat())].map((call) => call.request.argv.at(-1) ?? ''),
  };
}

function play(
  request: ProcessRequest,
  clock: Pick<SystemClock, 'after'>,
): { readonly call: FakeCall; readonly running: RunningProcess } {
  const exit = deferred<ProcessExit>();
  const stopped = deferred<number>();
  const reaped = deferred<void>();
  let left = 0;
  let cpu = 0;
  let obeys = true;
  let taking = Promise.resolve();
  const call: FakeCall = {
    request,
    stdout: (text) => {
      // One chunk after the other, as from a pipe.
      taking = taking.then(() => request.onOutput(typeof text === 'string' ? Buffer.from(text) : text));
      return taking;
    },
    exit: (code) => exit.resolve({ kind: 'exited', code }),
    signal: (signal) => exit.resolve({ kind: 'signalled', signal }),
    fail: (message) => exit.resolve({ kind: 'not-started', message }),
    leave: (count) => {
      left += count;
    },
    useCpu: (milliseconds) => {
      cpu += milliseconds;
    },
    ignoreStop: () => {
      obeys = false;
    },
    stopped: stopped.promise,
    reaped: reaped.promise,
  };
  const running: RunningProcess = {
    exit: exit.promise,
    cpuTime: () => Promise.resolve(cpu),
    stop: async (grace) => {
      stopped.resolve(grace);
      if (obeys) left = 0;
      if (obeys) call.signal('SIGTERM');
      await waitFor(exit.promise, grace, clock);
      // Of no effect on a command that has ended.
      call.signal('SIGKILL');
    },
    interrupt: (grace) => {
      if (obeys) call.signal('SIGINT');
      return waitFor(exit.promise, grace, clock);
    },
    left: () => taking.then(() => left),
    reap: async () => {
      call.signal('SIGKILL');
      await taking;
      reaped.resolve();
      return { by: ['process-group'], reaped: left };
    },
  };
  return { call, running };
}

async function waitFor(ended: Promise<unknown>, grace: number, clock: Pick<SystemClock, 'after'>): Promise<void> {
  const late = deferred<void>();
  const callOff = clock.after(grace, () => late.resolve());
  await Promise.race([ended, late.promise]);
  callOff();
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
