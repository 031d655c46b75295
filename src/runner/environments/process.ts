/** What an environment promises about a process: the shape that every environment fills and a task's ports expect. */
import type { HostPath } from '../../shared/brand.ts';
import type { Containment } from '../../shared/verdict.ts';

export interface Environment {
  /** Never rejects for the command's sake: a command that cannot be started shows in `exit`. */
  start(request: ProcessRequest): Promise<RunningProcess>;
}

export interface ProcessRequest {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: HostPath;
  /** The whole environment: nothing is inherited but the cookies that mark what orch started. */
  readonly env: Readonly<Record<string, string>>;
  /** stdout and stderr in the order they were written. A returned promise holds the process back until it is done. */
  readonly onOutput: (chunk: Uint8Array) => void | Promise<void>;
}

/**
 * Where the commands of one job run. What they leave running is there for those behind them, up to the end of the job.
 */
export interface JobEnvironment {
  /** Like `Environment.start`. Several may run at once. */
  start(request: ProcessRequest): Promise<JobProcess>;
  /** Ends everything that still runs. Nothing can be started afterwards. */
  close(): Promise<void>;
}

export interface JobProcess extends Pick<RunningProcess, 'exit' | 'interrupt' | 'stop'> {
  /**
   * To be called after the end. Waits until what the command printed was taken; a little while for what it left
   * running too. That is still listened to afterwards, so that it never waits for a reader. Rejects with what
   * `onOutput` threw.
   */
  settle(): Promise<void>;
}

export interface RunningProcess {
  /** The command itself ended; what it left behind may still run. Never rejects. */
  readonly exit: Promise<ProcessExit>;
  /** CPU time used so far by everything the command started, in milliseconds. Never falls. */
  cpuTime(): Promise<number>;
  /**
   * Asks everything to end, and after `grace` milliseconds ends what is left. Resolves when the command and all that
   * it started have ended.
   */
  stop(grace: number): Promise<void>;
  /** Sends SIGINT to the command alone and waits for its end, at most `grace` milliseconds. */
  interrupt(grace: number): Promise<void>;
  /** Counts what still runs, without ending it. Its output so far was taken; where nothing is left `reap` does that. */
  left(): Promise<number>;
  /** Ends whatever is left of what the command started, and takes the last of its output. */
  reap(): Promise<Containment>;
}

export type ProcessExit =
  | { readonly kind: 'exited'; readonly code: number }
  /** `lost`: it was not heard of any more, and why. */
  | { readonly kind: 'signalled'; readonly signal: string; readonly lost?: string }
  | { readonly kind: 'not-started'; readonly message: string };

/** A process that never was. */
export function notStarted(message: string): RunningProcess {
  return {
    exit: Promise.resolve({ kind: 'not-started', message }),
    cpuTime: () => Promise.resolve(0),
    stop: () => Promise.resolve(),
    interrupt: () => Promise.resolve(),
    left: () => Promise.resolve(0),
    reap: () => Promise.resolve({ by: [], reaped: 0 }),
  };
}
