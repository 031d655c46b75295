/** Starts git for fetching: what a stranger's repository says can neither run anything nor ask anything. */
import { type ChildProcess, spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { type Failure, MachineError } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';

export interface GitCall {
  readonly cwd: string;
  readonly signal: AbortSignal;
  /**
   * Whether the user's own settings count: proxies, credentials and `insteadOf` matter for the network, and nothing
   * of theirs for how files look.
   */
  readonly network?: boolean;
  /** Bytes of standard output; git is ended when it says more. */
  readonly most?: number;
}

/** Why git failed: its last words, for people. */
export interface GitFault {
  readonly code: number;
  readonly stderr: string;
}

const SETTINGS: readonly string[] = [
  `core.hooksPath=${devNull}`,
  'core.fsmonitor=false',
  'core.askPass=',
  'core.autocrlf=false',
  'core.symlinks=true',
  'core.protectHFS=true',
  'core.protectNTFS=true',
  `core.attributesFile=${devNull}`,
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.detachedHead=false',
  // A server that has gone silent: bytes a second, and for how many seconds.
  'http.lowSpeedLimit=100',
  'http.lowSpeedTime=60',
  // No protocol that runs a command of its address.
  'protocol.allow=never',
  'protocol.https.allow=always',
  'protocol.http.allow=always',
  'protocol.ssh.allow=always',
  'protocol.file.allow=always',
];

/** Standard output as text. */
export async function runGit(args: readonly string[], call: GitCall): Promise<Result<string, GitFault>> {
  const options = SETTINGS.flatMap((setting) => ['-c', setting]);
  const child = spawn('git', [...options, ...args], {
    cwd: call.cwd,
    env: environment(call.network ?? false),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what git has started for the network ends with it.
    detached: process.platform !== 'win32',
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (call.most !== undefined && size > call.most) end(child);
    else stdout.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const onAbort = (): void => end(child);
  if (call.signal.aborted) onAbort();
  call.signal.addEventListener('abort', onAbort, { once: true });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(notStarted(error)));
    child.on('close', resolve);
  });
  call.signal.removeEventListener('abort', onAbort);
  if (call.signal.aborted) throw new MachineError({ code: 'cancelled', message: 'fetching an action was cancelled' });
  const words = Buffer.concat(stderr).toString('utf8');
  if (/no space left on device|disk quota exceeded/i.test(words)) {
    throw new MachineError({ code: 'disk-full', message: `git ${args[0]}: the disk is full` });
  }
  if (code === 0) return ok(Buffer.concat(stdout).toString('utf8'));
  return err({ code: code ?? -1, stderr: plain(words) });
}

/** The line that says most, of a fault. */
export function faultLine({ code, stderr }: GitFault): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((text) => /^(fatal|error|remote): /.test(text)) ?? lines.at(-1);
  return line?.replace(/^(fatal|error): /, '') ?? `git ended with exit code ${code}`;
}

/** It works in a directory that is thrown away with it, and has nothing to tidy. */
function end({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function notStarted(error: Error): MachineError {
  const failure: Failure = {
    code: 'environment-lost',
    message: `git could not be started: ${error.message}`,
    hint: 'install git',
  };
  return new MachineError(failure, { cause: error });
}

/** A server's words reach a terminal. */
function plain(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, '');
}

/** Asks nothing, and gives up on a server that says nothing. */
const PATIENT_SSH = 'ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=4';

/** Of the inherited GIT_ variables only those that say where the user's settings are and how to reach a server. */
const KEPT = /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|SSL_\w+|SSH(_COMMAND|_VARIANT)?|PROXY_\w+|HTTP_\w+)$/;

function environment(network: boolean): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && (!name.startsWith('GIT_') || (network && KEPT.test(name)))) env[name] = value;
  }
  const quiet = {
    GIT_TERMINAL_PROMPT: '0',
    GCM_INTERACTIVE: 'never',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_LFS_SKIP_SMUDGE: '1',
    LC_ALL: 'C',
  };
  if (!network) return { ...env, ...quiet, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull };
  return { ...env, ...quiet, GIT_SSH_COMMAND: env['GIT_SSH_COMMAND'] ?? PATIENT_SSH };
}
