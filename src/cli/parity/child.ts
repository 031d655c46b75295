/** A process of orch itself, or of act, in another directory: what a run does there, it does as for a user. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { HostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';

export interface Child {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Its end is asked for with SIGTERM, and asked for again when this is done twice. */
  readonly stop?: StopSignal;
  /** Of its standard output, what is kept: all, unless said. */
  readonly keep?: (line: string) => boolean;
  /** For one that keeps no clocks of its own and may not listen. */
  readonly patience?: Patience;
}

export interface Patience {
  /** How long it may take, in milliseconds; its end is asked for then. */
  readonly limit: number;
  /** How long it may take from then on, or from a second wish to stop; it is killed with its process group. */
  readonly grace: number;
}

/** Wishes to stop: told how often there was one, at once for those of before. */
export interface StopSignal {
  readonly asked: () => number;
  /** Returns how to stop listening. */
  readonly listen: (onWish: () => void) => () => void;
}

export interface ChildEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  /** The last of it. */
  readonly stderr: string;
  readonly isOverdue: boolean;
}

/** Characters of standard error that are kept, and of a line of the output. */
const TAIL = 16 * 1024;

/** Resolves when it has ended and its output with it. Rejects when it cannot be started. */
export function runChild({ program, args, cwd, stop, keep, patience }: Child): Promise<ChildEnd> {
  return new Promise((done, fail) => {
    // A group of its own: the keys of a terminal are for who is in front of it, and are handed on by signal.
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const output = collectLines(keep);
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', output.take);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = `${stderr}${text}`.slice(-TAIL);
    });
    const clocks = watch(child, patience);
    const stopListening = stop?.listen(() => clocks.ask());
    const settle = (): void => {
      stopListening?.();
      clocks.callOff();
    };
    child.once('error', (error) => {
      settle();
      fail(error);
    });
    child.once('close', (exitCode) => {
      settle();
      done({ exitCode, stdout: output.text(), stderr, isOverdue: clocks.isOverdue() });
    });
  });
}

/** The lines that are kept. What is longer than a line may be is none of them. */
function collectLines(keep: Child['keep']) {
  const kept: string[] = [];
  let rest = '';
  return {
    take: (text: string): void => {
      if (keep === undefined) {
        kept.push(text);
        return;
      }
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > TAIL) rest = rest.slice(0, TAIL);
      for (const line of lines) if (line.length <= TAIL && keep(line)) kept.push(`${line}\n`);
    },
    text: () => (keep?.(rest) === true ? `${kept.join('')}${rest}` : kept.join('')),
  };
}

function watch(child: ChildProcess, patience: Patience | undefined) {
  let isOverdue = false;
  let asked = 0;
  let killer: NodeJS.Timeout | undefined;
  const kill = (): void => killGroup(child);
  const ask = (): void => {
    asked += 1;
    child.kill('SIGTERM');
    if (patience === undefined) return;
    if (asked > 1) kill();
    killer ??= setTimeout(kill, patience.grace);
  };
  const limit =
    patience === undefined
      ? undefined
      : setTimeout(() => {
          isOverdue = true;
          ask();
        }, patience.limit);
  return {
    ask,
    isOverdue: () => isOverdue,
    callOff: (): void => {
      clearTimeout(limit);
      clearTimeout(killer);
    },
  };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has ended in the meantime.
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

export function runOrch(args: readonly string[], cwd: HostPath, stop?: StopSignal): Promise<ChildEnd> {
  const [, script = ''] = process.argv;
  const child = { program: process.execPath, args: [script, ...args], cwd };
  return runChild(stop === undefined ? child : { ...child, stop });
}
