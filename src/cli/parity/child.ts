/** orch itself as a process of its own, in another directory: what a run does there, it does as for a user. */
import { spawn } from 'node:child_process';
import type { HostPath } from '../../shared/brand.ts';

export interface Child {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Its end is asked for with SIGTERM, and asked for again when this is done twice. */
  readonly stop?: StopSignal;
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
}

/** Characters of standard error that are kept. */
const TAIL = 16 * 1024;

/** Resolves when it has ended and its output with it. Rejects when it cannot be started. */
export function runChild({ program, args, cwd, stop }: Child): Promise<ChildEnd> {
  return new Promise((done, fail) => {
    // A group of its own: the keys of a terminal are for who is in front of it, and are handed on by signal.
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const stdout: string[] = [];
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => void stdout.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = `${stderr}${text}`.slice(-TAIL);
    });
    const stopListening = stop?.listen(() => void child.kill('SIGTERM'));
    child.once('error', (error) => {
      stopListening?.();
      fail(error);
    });
    child.once('close', (exitCode) => {
      stopListening?.();
      done({ exitCode, stdout: stdout.join(''), stderr });
    });
  });
}

export function runOrch(args: readonly string[], cwd: HostPath, stop?: StopSignal): Promise<ChildEnd> {
  const [, script = ''] = process.argv;
  const child = { program: process.execPath, args: [script, ...args], cwd };
  return runChild(stop === undefined ? child : { ...child, stop });
}
