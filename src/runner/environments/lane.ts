/**
 * A shell that starts commands one after the other, as it is told through a pipe. Forking a small shell costs a tenth
 * of what it takes to start a process from here.
 */
import { ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { takeOutputPipe } from './output-pipe.ts';

export interface Lane {
  /** The process that orch started: the shell, or what holds it. */
  readonly pid: number;
  /** Runs a script that ends with a line `exit <code>` on descriptor 4. Undefined when the shell went before that. */
  run(script: string): Promise<number | undefined>;
  /** Lets the shell end when it has nothing to do any more. */
  end(): void;
  /** When what orch started has ended. */
  readonly ended: Promise<void>;
}

export interface LaneRequest {
  /** The shell, with what goes before it. */
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** What the shell does first. */
  readonly prelude: string;
}

/**
 * A lane whose shell has done the prelude, or undefined. The script comes by a named pipe that the shell opens by
 * itself: it then reads as much as there is, where from its stdin it would take one byte at a time.
 */
export async function openLane({ argv, env, prelude }: LaneRequest): Promise<Lane | undefined> {
  const pipe = await takeOutputPipe();
  if (pipe === undefined) return undefined;
  const child = fork([...argv, '/dev/fd/3'], env, pipe.readEnd);
  closeSync(pipe.readEnd);
  const script = new Socket({ fd: pipe.writeEnd, readable: false, writable: true });
  // A shell that is gone reads nothing; that it is gone shows in its reports.
  script.on('error', () => script.destroy());
  const reports = child instanceof ChildProcess ? child.stdio[4] : undefined;
  if (!(child instanceof ChildProcess) || child.pid === undefined || !(reports instanceof Socket)) {
    script.destroy();
    if (child instanceof ChildProcess) child.once('error', () => undefined);
    return undefined;
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const exits = readExits(reports);
  const run = (text: string): Promise<number | undefined> => {
    const code = exits();
    script.write(text);
    return code;
  };
  // The shell keeps nothing open that what it starts could take from it.
  const ready = await run(`exec 3<&-;${prelude};echo "exit $?">&4\n`);
  if (ready === 0) return { pid: child.pid, run, end: () => void script.end(), ended };
  script.destroy();
  return undefined;
}

function fork([program, ...args]: readonly string[], env: LaneRequest['env'], script: number): unknown {
  try {
    return spawn(program ?? '', args, {
      env,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', script, 'pipe'],
    });
  } catch (error) {
    // What the system refuses, such as a process too many.
    if (error instanceof Error && 'code' in error) return error;
    throw error;
  }
}

/** Asked for the next exit code before the shell can tell it. */
function readExits(reports: Readable): () => Promise<number | undefined> {
  let text = '';
  let over = false;
  let wake: ((code: number | undefined) => void) | undefined;
  reports.on('data', (chunk: Uint8Array) => {
    text += String(chunk);
    const code = /^exit (\d+)\n/m.exec(text)?.[1];
    if (code === undefined) return;
    text = '';
    wake?.(Number(code));
  });
  reports.once('error', () => reports.destroy());
  reports.once('close', () => {
    over = true;
    wake?.(undefined);
  });
  return () =>
    new Promise((resolve) => {
      if (over) resolve(undefined);
      else wake = resolve;
    });
}
