/**
 * A small shell that stays and starts git, one command after the other. Forking it costs a tenth of what it takes to
 * fork orch, and holds up nothing else meanwhile.
 */
import { ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { isErrno } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import {
  type AnswerReader,
  createAnswerReader,
  type ShellAnswer,
  type ShellCommand,
  scriptOf,
} from './shell-protocol.ts';

export interface GitShell {
  /** One at a time. Throws `MachineError` when the shell goes before git has ended. */
  run(command: ShellCommand): Promise<ShellAnswer>;
  readonly isOver: () => boolean;
  /** Lets the shell end, and waits for that. */
  close(): Promise<void>;
}

export interface GitShellOptions {
  readonly cwd: string;
  /** The whole environment of the shell and of git. */
  readonly env: Readonly<Record<string, string>>;
  /** A git that says nothing for this long, in milliseconds, is ended. */
  readonly silence: number;
}

interface Pending {
  /** What git was asked for. */
  readonly name: string;
  readonly reader: AnswerReader;
  readonly resolve: (answer: ShellAnswer) => void;
  readonly reject: (error: MachineError) => void;
}

/** Throws `MachineError` when it cannot be started. */
export function openGitShell(options: GitShellOptions): GitShell {
  const child = startShell(options);
  // Nobody who has seen the output of one command knows how the next one's will end.
  const secret = randomUUID();
  let number = 0;
  let over = false;
  let pending: Pending | undefined;
  const silence = createSilence(child, options.silence);
  const hear = (chunk: Buffer, stream: 'stdout' | 'stderr'): void => {
    if (pending === undefined) return;
    silence.restart();
    pending.reader[stream](chunk);
    const answer = pending.reader.answer();
    if (answer === undefined) return;
    silence.stop();
    hold(child, false);
    const { resolve } = pending;
    pending = undefined;
    resolve(answer);
  };
  child.stdout.on('data', (chunk: Buffer) => hear(chunk, 'stdout'));
  child.stderr.on('data', (chunk: Buffer) => hear(chunk, 'stderr'));
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      over = true;
      silence.stop();
      pending?.reject(lost(pending, silence.isKept()));
      resolve();
    });
  });
  hold(child, false);
  return {
    run: (command) =>
      new Promise((resolve, reject) => {
        const mark = `${secret}.${++number}`;
        pending = { name: command.args[0] ?? '', reader: createAnswerReader(mark), resolve, reject };
        hold(child, true);
        silence.restart();
        child.stdin.write(scriptOf(command, mark));
      }),
    isOver: () => over,
    close: async () => {
      hold(child, true);
      child.stdin.end();
      await ended;
    },
  };
}

function startShell({ cwd, env }: GitShellOptions): ChildProcessWithoutNullStreams {
  // In a session of its own: Ctrl-C in a terminal is for orch, which still has work to save then.
  const child = spawn('/bin/sh', ['-s', 'orch-git'], { cwd, env, stdio: 'pipe', detached: true });
  child.on('error', () => undefined);
  if (child.pid === undefined) {
    throw new MachineError({ code: 'environment-lost', message: 'the shell that starts git could not be started' });
  }
  // A shell that is gone reads nothing; how it went is told by `close`.
  child.stdin.on('error', () => child.stdin.destroy());
  return child;
}

function lost({ name, reader }: Pending, wasSilent: boolean): MachineError {
  const reason = wasSilent
    ? 'it was stopped, having said nothing for ten minutes'
    : 'the shell that started it is gone';
  const details = reader.said().trim().split('\n').slice(0, 20);
  return new MachineError({ code: 'environment-lost', message: `git ${name} failed: ${reason}`, details });
}

interface Silence {
  restart(): void;
  stop(): void;
  /** Whether it lasted too long. */
  isKept(): boolean;
}

function createSilence(child: ChildProcess, limit: number): Silence {
  let kept = false;
  let timer: NodeJS.Timeout | undefined;
  return {
    restart() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        kept = true;
        // The whole session: git, and what it has started.
        killGroup(child.pid);
      }, limit);
    },
    stop: () => clearTimeout(timer),
    isKept: () => kept,
  };
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

/** Whether orch is to stay as long as the shell does. */
function hold(child: ChildProcessWithoutNullStreams, held: boolean): void {
  for (const part of [child, child.stdin, child.stdout, child.stderr]) {
    if (!(part instanceof ChildProcess) && !(part instanceof Socket)) continue;
    if (held) part.ref();
    else part.unref();
  }
}
