/** Real processes that hold run locks: the child's sources bundled once, since plain Node 20 reads no TypeScript. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

export interface LockAnswer {
  readonly acquired?: boolean;
  readonly by?: string;
  readonly stale?: string;
}

export interface LockProcess {
  readonly pid: number;
  acquire(root: string, run: string): Promise<LockAnswer>;
  release(): Promise<LockAnswer>;
  /** Ends it as a crash would, and waits until it is gone. */
  kill(): Promise<void>;
}

export async function bundleLockChild(directory: string): Promise<string> {
  const outfile = join(directory, 'lock-child.mjs');
  const entry = join(import.meta.dirname, 'lock-child.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' });
  return outfile;
}

export function startLockProcess(script: string): LockProcess {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [script], { stdio: 'pipe' });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<LockAnswer> => {
    child.stdin.write(`${line}\n`);
    const answer = await answers.next();
    if (answer.done === true) throw new Error('the lock process ended before it answered');
    return JSON.parse(answer.value) as LockAnswer;
  };
  return {
    pid: child.pid ?? 0,
    acquire: (root, run) => ask(`acquire\t${root}\t${run}`),
    release: () => ask('release'),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
