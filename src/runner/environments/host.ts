/** Processes of this machine, started so that all they start in turn can be found and ended. */
import { ChildProcess, spawn as spawnChild } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { bakeCookie } from './cookie.ts';
import { kinByCookie, kinByNamespace, type Root, readTree } from './kin.ts';
import { findNamespace, type Namespace } from './namespace.ts';
import { takeOutputPipe } from './output-pipe.ts';
import { readOutput } from './output-reader.ts';
import { type Environment, notStarted, type ProcessExit, type ProcessRequest, type RunningProcess } from './process.ts';
import { HAS_PROC, readRow } from './process-table.ts';
import { whyNotStartable } from './program-lookup.ts';
import { superviseByCookie, superviseInNamespace } from './supervision.ts';

export interface HostOptions {
  /** The run's id, by which a later orch can find what this one left. */
  readonly run: string;
  /** `off`: no PID namespaces, even where the machine allows them. */
  readonly namespace?: 'auto' | 'off';
  /** The environment that orch runs in, for the cookies of the levels above. */
  readonly inherited?: Readonly<Record<string, string | undefined>>;
}

/** The machine itself as a place to run commands. It is no security boundary. */
export function createHostEnvironment(options: HostOptions): Environment {
  // Found out while the first working tree is being made.
  if (options.namespace !== 'off') void findNamespace();
  return { start: (request) => startProcess(request, options) };
}

/** Starts a command in a session of its own, with stdin closed and exactly the given environment. */
export async function startProcess(request: ProcessRequest, options: HostOptions): Promise<RunningProcess> {
  const problem = whyNotStartable(request.argv[0], request.env, request.cwd);
  if (problem !== undefined) return notStarted(problem);
  const namespace = options.namespace === 'off' ? undefined : await findNamespace();
  const cookie = bakeCookie(options.run, options.inherited ?? process.env);
  const spawned = await spawn(request, cookie.variables, namespace);
  if (typeof spawned === 'string') return notStarted(spawned);
  const output = readOutput(spawned.output, request.onOutput);
  const { root, line, ended } = spawned;
  if (namespace === undefined || line === undefined) {
    const by = HAS_PROC ? (['process-group', 'cookie'] as const) : (['process-group'] as const);
    return superviseByCookie({ by, root, ended, output, kin: kinByCookie(root, cookie.entry) });
  }
  return superviseInNamespace({
    by: ['process-group', 'pid-namespace'],
    root,
    ended,
    output,
    kin: kinByNamespace(root),
    all: () => readTree(root),
    line,
  });
}

interface Spawned {
  readonly root: Root;
  readonly output: readonly Readable[];
  /** The line to the first process of the namespace, if there is one. */
  readonly line: Duplex | undefined;
  readonly ended: Promise<ProcessExit>;
}

/** The process, or why there is none. */
async function spawn(
  request: ProcessRequest,
  cookies: Readonly<Record<string, string>>,
  namespace: Namespace | undefined,
): Promise<Spawned | string> {
  const pipe = await takeOutputPipe();
  const child = fork(request, { env: { ...request.env, ...cookies }, out: pipe?.writeEnd ?? 'pipe', namespace });
  if (pipe !== undefined) closeSync(pipe.writeEnd);
  if (child instanceof ChildProcess && child.pid !== undefined) {
    const root = { pid: child.pid, started: readRow(child.pid)?.started };
    const output = pipe === undefined ? [child.stdout, child.stderr] : [readable(pipe.readEnd)];
    return {
      root,
      output: output.filter((stream) => stream !== null),
      line: lineOf(child.stdio[3]),
      ended: endOf(child),
    };
  }
  if (pipe !== undefined) closeSync(pipe.readEnd);
  return whyNot(child instanceof ChildProcess ? await new Promise((resolve) => child.once('error', resolve)) : child);
}

interface Fork {
  readonly env: Readonly<Record<string, string>>;
  readonly out: number | 'pipe';
  readonly namespace: Namespace | undefined;
}

/** The child, which may have failed to start and will say so, or what Node threw instead. */
function fork(request: ProcessRequest, { env, out, namespace }: Fork): unknown {
  const [program, ...args] = [...(namespace?.prefix ?? []), ...request.argv];
  try {
    return spawnChild(program ?? '', args, {
      cwd: request.cwd,
      env,
      detached: true,
      stdio: ['ignore', out, out, ...(namespace === undefined ? [] : ['pipe' as const])],
    });
  } catch (error) {
    // Text with a NUL in it and most of the system's refusals.
    return error;
  }
}

function endOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal }),
    );
  });
}

function readable(fd: number): Readable {
  return new Socket({ fd, readable: true, writable: false });
}

/** Node opens a pipe beyond the first three in both directions, whatever the types say. */
function lineOf(stream: unknown): Duplex | undefined {
  return stream instanceof Socket ? stream : undefined;
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if ('code' in error && error.code === 'E2BIG')
    return 'the command and its environment are longer than the system takes';
  return `the command could not be started: ${error.message}`;
}
