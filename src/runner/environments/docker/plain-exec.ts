/**
 * Commands in a container where no supervisor runs: an exec of the engine for each. What it starts carries a mark in
 * its environment, by which a shell in the container finds and signals it; the engine itself can end no exec.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container } from 'dockerode';
import { createCpuTime } from '../cpu-time.ts';
import { key } from '../kin.ts';
import {
  type Environment,
  notStarted,
  type ProcessExit,
  type ProcessRequest,
  type RunningProcess,
} from '../process.ts';
import type { ProcessRow } from '../process-row.ts';
import { parseStat } from '../process-table.ts';
import { isEngineError, reasonOf } from './engine.ts';
import { takeExecOutput } from './exec-output.ts';

export interface PlainProcess extends RunningProcess {
  /** The command has ended, and all that it printed was taken. Rejects with what `onOutput` threw. */
  settle(): Promise<void>;
}

export interface PlainExecs extends Environment {
  start(request: ProcessRequest): Promise<PlainProcess>;
}

const MARK = 'ORCH_EXEC';

/**
 * Prints a line of `/proc/<pid>/stat` for each process that carries the mark, and signals them. `$3` is `root` for
 * the command alone: what an exec starts has no parent in the container.
 */
const FIND = `for d in /proc/[0-9]*; do
  tr '\\0' '\\n' <"$d/environ" | grep -qxF "$1" || continue
  read -r line <"$d/stat" || continue
  case "$3" in root) case "\${line##*)}" in " "?" 0 "*) ;; *) continue ;; esac ;; esac
  case "$2" in 0) ;; TERM) kill -TERM "\${d#/proc/}"; kill -CONT "\${d#/proc/}" ;; *) kill -"$2" "\${d#/proc/}" ;; esac
  echo "$line"
done 2>/dev/null`;

export function openPlainExecs(container: Container): PlainExecs {
  return { start: (request) => startPlain(container, request) };
}

/** The standard output of a command, for what orch asks itself. */
export async function readInContainer(container: Container, argv: readonly string[]): Promise<string> {
  const parts: Uint8Array[] = [];
  await runExec(container, { argv, env: {}, onOutput: (chunk) => void parts.push(chunk) });
  return Buffer.concat(parts).toString();
}

interface ExecRequest extends Pick<ProcessRequest, 'env' | 'onOutput'> {
  readonly argv: readonly string[];
  readonly cwd?: string;
}

interface ExecEnd {
  readonly code: number;
  /** What the engine says of a command that it could not start. */
  readonly refused: string | undefined;
}

async function runExec(container: Container, { argv, env, cwd, onOutput }: ExecRequest): Promise<ExecEnd> {
  const exec = await container.exec({
    Cmd: [...argv],
    Env: Object.entries(env).map((entry) => entry.join('=')),
    ...(cwd === undefined ? {} : { WorkingDir: cwd }),
    AttachStdout: true,
    AttachStderr: true,
  });
  const refused = await takeExecOutput(await exec.start({}), onOutput);
  const { ExitCode } = await exec.inspect();
  return { code: ExitCode ?? 0, refused };
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
/** A shell's way to say that a signal ended a program. */
const BY_SIGNAL = 128;
const NOT_STARTED: readonly number[] = [126, 127];

function exitOf({ code, refused }: ExecEnd): ProcessExit {
  if (refused !== undefined && NOT_STARTED.includes(code)) return { kind: 'not-started', message: refused };
  const signal = SIGNALS.get(code - BY_SIGNAL);
  return signal === undefined ? { kind: 'exited', code } : { kind: 'signalled', signal };
}

function exitOfError(error: unknown): ProcessExit {
  if (!isEngineError(error)) throw error;
  // Some engines refuse what they cannot start, others start it and say so in its output.
  const message = reasonOf(error);
  if (/executable file not found|no such file|not found in \$PATH/i.test(message)) {
    return { kind: 'not-started', message };
  }
  return { kind: 'signalled', signal: 'SIGKILL', lost: message };
}

/** Milliseconds. */
const KILLING = 10_000;
const LONGEST_PAUSE = 200;

async function startPlain(container: Container, request: ProcessRequest): Promise<PlainProcess> {
  const mark = `${MARK}=${randomUUID()}`;
  const env = { ...request.env, [MARK]: mark.slice(MARK.length + 1) };
  let fault: { readonly error: unknown } | undefined;
  const onOutput: ProcessRequest['onOutput'] = async (chunk) => {
    // After a fault the rest is read and dropped, so that the command does not hang.
    if (fault !== undefined) return;
    try {
      await request.onOutput(chunk);
    } catch (error) {
      fault = { error };
    }
  };
  if (Object.values(env).some((value) => value.includes('\0'))) return quiet('a variable has a NUL in it');
  let over = false;
  const exit = runExec(container, { argv: request.argv, cwd: request.cwd, env, onOutput })
    .then(exitOf, exitOfError)
    .finally(() => {
      over = true;
    });
  const find = async (signal: string, whom = 'all'): Promise<readonly ProcessRow[]> => {
    const lines = await readInContainer(container, ['sh', '-c', FIND, 'sh', mark, signal, whom]);
    return lines
      .split('\n')
      .filter(Boolean)
      .map(parseStat)
      .filter(({ zombie }) => !zombie);
  };
  const settle = async (): Promise<void> => {
    await exit;
    if (fault !== undefined) throw fault.error;
  };
  return { ...control({ exit, find, isOver: () => over }), exit, settle };
}

function quiet(message: string): PlainProcess {
  return { ...notStarted(message), settle: () => Promise.resolve() };
}

interface Controlled {
  readonly exit: Promise<ProcessExit>;
  /** What runs of the command, after each of it was sent the signal; `0` is none. */
  readonly find: (signal: string, whom?: 'all' | 'root') => Promise<readonly ProcessRow[]>;
  readonly isOver: () => boolean;
}

function control({ exit, find, isOver }: Controlled): Omit<PlainProcess, 'exit' | 'settle'> {
  const cpu = createCpuTime();
  const kill = async (): Promise<number> => {
    const found = new Set<string>();
    const deadline = performance.now() + KILLING;
    for (let pause = 5; performance.now() < deadline; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const rows = await find('KILL');
      // The command itself is not counted: what it left is.
      for (const row of rows) if (isOver() || row.parent !== 0) found.add(key(row));
      if (rows.length === 0) break;
      await delay(pause);
    }
    return found.size;
  };
  const within = async (milliseconds: number): Promise<boolean> => {
    const timer = new AbortController();
    const late = delay(Math.max(0, milliseconds), false, { signal: timer.signal }).catch(() => false);
    const inTime = await Promise.race([exit.then(() => true), late]);
    timer.abort();
    return inTime;
  };
  let reaped: Promise<number> | undefined;
  return {
    cpuTime: async () => cpu.add(isOver() ? [] : await find('0')),
    left: async () => (isOver() ? (await find('0')).length : 1),
    interrupt: async (grace) => {
      const deadline = performance.now() + grace;
      // One that is just being started has no process yet.
      for (let pause = 5; !isOver() && performance.now() < deadline; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
        if ((await find('INT', 'root')).length > 0 || (await within(pause))) break;
      }
      await within(deadline - performance.now());
    },
    stop: async (grace) => {
      const deadline = performance.now() + grace;
      let asked = isOver();
      for (let pause = 5; performance.now() < deadline; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
        const rows = await find(asked ? '0' : 'TERM');
        if (rows.length === 0 && isOver()) return;
        asked ||= rows.length > 0;
        await delay(Math.min(pause, Math.max(0, deadline - performance.now())));
      }
      await kill();
      await within(KILLING);
    },
    reap: async () => {
      reaped ??= kill();
      const count = await reaped;
      return (await within(KILLING))
        ? { by: ['container'], reaped: count }
        : { by: ['container'], reaped: count, alive: 1 };
    },
  };
}
