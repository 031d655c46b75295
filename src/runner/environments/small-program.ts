/** Small programs of this machine that something of ours needs an answer from, such as `ldd` and `mkfifo`. */
import { execFile } from 'node:child_process';

export interface Answer {
  readonly stdout: string;
  /** It could not be started, took too long, or ended in any other way than with exit code 0. */
  readonly failed: boolean;
}

interface Asking {
  /** Beside what this process has itself. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which it is killed; absent: it has as long as it takes. */
  readonly timeout?: number;
}

/** Bytes of an answer: the table of very many processes has its place in it. */
const MOST = 64 * 2 ** 20;

/** Runs a program to its end, with nothing to read. */
export function askProgram(
  program: string,
  args: readonly string[],
  { env = {}, timeout = 0 }: Asking = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout, killSignal: 'SIGKILL', maxBuffer: MOST } as const;
    const child = execFile(program, args, options, (error, stdout) => resolve({ stdout, failed: error !== null }));
    child.stdin?.end();
  });
}
