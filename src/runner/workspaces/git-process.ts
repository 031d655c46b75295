/** Asks git: one process a call, its output as bytes, its exit code as data. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { GitPluginError, type SimpleGitOptions, simpleGit } from 'simple-git';
import { MachineError } from '../../shared/failure.ts';

import type { GitShells } from './git-shells.ts';
import { fitsShell } from './shell-protocol.ts';

export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: Buffer | string;
  /** Exit codes that are an answer and no failure; 0 unless said. */
  readonly codes?: readonly number[];
}

export interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A git that says nothing for this long hangs, on a named pipe or a dead network drive. Milliseconds. */
const SILENCE = 10 * 60_000;

/** What a shell says of a program that is not there. */
const NOT_FOUND = 127;

interface Answer {
  /** Null when it did not end by itself. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** simple-git refuses these unless told; every value here is written by orch itself, none comes from a task. */
const UNSAFE = {
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeProtocolOverride: true,
};

/**
 * Runs git once, by one of the shells where one can be told of the call. Throws `MachineError` when it cannot start or
 * ends with a code that is not in `codes`.
 */
export async function runGit(call: GitCall, shells?: GitShells): Promise<GitOutput> {
  if (!existsSync(call.cwd)) {
    throw new MachineError({ code: 'environment-lost', message: `the directory ${call.cwd} is gone` });
  }
  await enter();
  try {
    if (shells === undefined || !fitsShell(call)) return await start(call);
    const { args, cwd, env, input } = call;
    const answer = await shells.run({ args, cwd, env, ...(input === undefined ? {} : { input: input.toString() }) });
    return judge(call, answer);
  } finally {
    leave();
  }
}

function judge(call: GitCall, { code, stdout, stderr }: Answer): GitOutput {
  if (code === null || !(call.codes ?? [0]).includes(code)) throw failed(call, code, stderr);
  return { code, stdout, stderr };
}

async function start(call: GitCall): Promise<GitOutput> {
  const stdout: Buffer[] = [];
  // Null when a signal ended it.
  let code: number | null = 0;
  let stderr = '';
  const options: Partial<SimpleGitOptions> = {
    baseDir: call.cwd,
    // The default takes the output as complete 50 ms after the exit, which a busy machine turns into a truncation.
    completion: { onClose: true, onExit: false },
    timeout: { block: SILENCE },
    allowEnvironment: Object.keys(call.env),
    unsafe: UNSAFE,
    errors(error, result) {
      code = result.exitCode;
      stderr = Buffer.concat(result.stdErr).toString('utf8');
      // Its own idea of an error is any exit code with text on stderr; what a code means is for the caller to say.
      return error instanceof GitPluginError ? error : undefined;
    },
  };
  if (call.input !== undefined) options.input = () => call.input;
  const git = simpleGit(options).env({ ...call.env });
  git.outputHandler((_command, out) => {
    out.on('data', (chunk: Buffer) => stdout.push(chunk));
    // simple-git waits 50 ms for output after a command that printed none; an empty chunk tells it there was some.
    out.once('end', () => out.emit('data', Buffer.alloc(0)));
  });
  try {
    await git.raw([...call.args]);
  } catch (error) {
    throw failed(call, code, error instanceof Error ? error.message : String(error));
  }
  return judge(call, { code, stdout: Buffer.concat(stdout), stderr });
}

function failed(call: GitCall, code: number | null, stderr: string): MachineError {
  const name = call.args[0] ?? '';
  if (/no space left on device|disk quota exceeded/i.test(stderr)) {
    return new MachineError({ code: 'disk-full', message: `git ${name}: the disk is full` });
  }
  if (code === NOT_FOUND || (stderr.startsWith('Error: spawn') && /ENOENT/.test(stderr))) {
    return new MachineError({ code: 'environment-lost', message: 'git could not be started: it is not on the PATH' });
  }
  const end = code === null ? 'it was stopped, having said nothing for ten minutes' : `exit code ${code}`;
  const lines = stderr.trim().split('\n').slice(0, 20);
  const reason = lines.find((line) => line.startsWith('fatal: ')) ?? lines[0] ?? '';
  return new MachineError({
    code: 'environment-lost',
    message: `git ${name} failed: ${reason.replace(/^(fatal|error): /, '') || end}`,
    details: lines,
  });
}

/** More processes than this at once only wait for each other's disk. */
const places = Math.max(4, 2 * availableParallelism());
let running = 0;
const waiting: (() => void)[] = [];

async function enter(): Promise<void> {
  if (running < places) {
    running++;
    return;
  }
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
  });
}

/** Hands the place to whoever waits longest. */
function leave(): void {
  const next = waiting.shift();
  if (next === undefined) running--;
  else next();
}
