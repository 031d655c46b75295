/** Processes that a test drives: they write, use the processor and end when it says so. */
import type { ProcessExit, Processes, ProcessRequest, RunningProcess } from '../ports.ts';

export interface FakeProcess {
  readonly request: ProcessRequest;
  /** The command's own text: the last argument. */
  readonly command: string;
  write(text: string): void;
  /** Uses the processor, for so many milliseconds. */
  spend(milliseconds: number): void;
  /** Leaves so many descendants running. */
  leave(count: number): void;
  /** Leaves so many more that nobody can end. */
  stick(count: number): void;
  exit(code: number): void;
  end(exit: ProcessExit): void;
  /** How it ends when orch stops it; SIGTERM unless told. */
  whenStopped(exit: ProcessExit): void;
  /** The grace of each stop. */
  readonly stops: number[];
  /** How often it was reaped; anything but one is a mistake once it is over. */
  readonly reaps: number;
}

export interface FakeProcesses extends Processes {
  /** The next process to start, or one that did and was not asked for yet. */
  next(): Promise<FakeProcess>;
  readonly started: readonly FakeProcess[];
}

export function createFakeProcesses(): FakeProcesses {
  const started: FakeProcess[] = [];
  const unclaimed: FakeProcess[] = [];
  const waiting: ((process: FakeProcess) => void)[] = [];
  return {
    started,
    start: async (request) => {
      const { process, running } = createProcess(request);
      started.push(process);
      const claim = waiting.shift();
      if (claim) claim(process);
      else unclaimed.push(process);
      return running;
    },
    next: () => {
      const process = unclaimed.shift();
      return process ? Promise.resolve(process) : new Promise((resolve) => waiting.push(resolve));
    },
  };
}

function createProcess(request: ProcessRequest): { process: FakeProcess; running: RunningProcess } {
  let end: (exit: ProcessExit) => void = () => undefined;
  const exit = new Promise<ProcessExit>((resolve) => {
    end = resolve;
  });
  let cpu = 0;
  let left = 0;
  let stuck = 0;
  let reaps = 0;
  let stopped: ProcessExit = { kind: 'signalled', signal: 'SIGTERM' };
  const stops: number[] = [];
  const process: FakeProcess = {
    request,
    command: request.argv.at(-1) ?? '',
    write: (text) => void request.onOutput(new TextEncoder().encode(text)),
    spend: (milliseconds) => {
      cpu += milliseconds;
    },
    leave: (count) => {
      left = count;
    },
    stick: (count) => {
      stuck = count;
    },
    exit: (code) => end({ kind: 'exited', code }),
    end,
    whenStopped: (how) => {
      stopped = how;
    },
    stops,
    get reaps() {
      return reaps;
    },
  };
  const running: RunningProcess = {
    exit,
    cpuTime: async () => cpu,
    stop: async (grace) => {
      stops.push(grace);
      end(stopped);
    },
    reap: async () => {
      reaps += 1;
      return { by: ['process-group', 'cookie'], reaped: left, ...(stuck > 0 && { alive: stuck }) };
    },
  };
  return { process, running };
}
