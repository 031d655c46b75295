/**
 * Where the commands of one job run: one PID namespace for all, in which a shell starts them, so that they see what
 * each other left running and all of it ends with the job. Where the machine allows no namespace, each command is
 * contained by itself.
 */

import { closeSync, lstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { HostPath } from '../../shared/brand.ts';
import { shellWord } from '../../shared/shell-word.ts';
import { startApart } from './apart.ts';
import { bakeCookie, type Cookie, cookieBaker } from './cookie.ts';
import { type HostOptions, startProcess } from './host.ts';
import { createJobProcess } from './job-process.ts';
import { kinInJob, sendSignal } from './kin.ts';
import { type Lane, openLane } from './lane.ts';
import { createLaneScripts, type LaneScripts } from './lane-script.ts';
import { findNamespace, type Namespace } from './namespace.ts';
import { makeFifos, type OutputPipe, openBothEnds, readNow } from './output-pipe.ts';
import { readOutput } from './output-reader.ts';
import { type JobEnvironment, type JobProcess, notStarted, type ProcessExit, type ProcessRequest } from './process.ts';
import { createStartClock, readChildren, readRow } from './process-table.ts';
import { which, whyNotStartable } from './program-lookup.ts';

/** `directory` is one of the job's own, for named pipes; whoever made it removes it. */
export function openHostJob(options: HostOptions, directory: HostPath): JobEnvironment {
  // Each command by itself.
  const apart = startApart((request) => startProcess(request, options));
  const opening = options.namespace === 'off' ? Promise.resolve(undefined) : openTogether(options, directory);
  return {
    start: async (request) => {
      const problem = whyNotStartable(request.argv[0], request.env, request.cwd);
      if (problem !== undefined) return unstarted(problem);
      const together = await opening;
      return (await together?.start(request)) ?? apart.start(request);
    },
    close: async () => {
      await Promise.all([apart.close(), (await opening)?.close()]);
    },
  };
}

function unstarted(message: string): JobProcess {
  return { ...notStarted(message), settle: () => Promise.resolve() };
}

interface Together {
  /** Undefined when there is no shell or no pipe to be had for it. */
  start(request: ProcessRequest): Promise<JobProcess | undefined>;
  close(): Promise<void>;
}

interface LaneInUse {
  readonly lane: Lane;
  readonly scripts: LaneScripts;
  /** The shell itself, as this machine numbers it. */
  readonly shell: number;
}

/** What the job begins with: most never need a second one, unless something that they leave holds the first. */
const PIPES = ['output-1', 'output-2', 'output-3', 'output-4'];
/** How long a namespace may take to go by itself, in milliseconds. */
const PATIENCE = 2000;

async function openTogether(options: HostOptions, directory: HostPath): Promise<Together | undefined> {
  const namespace = await findNamespace();
  const mkfifo = which('mkfifo', process.env);
  const env = which('env', process.env);
  if (namespace === undefined || mkfifo === undefined || env === undefined) return undefined;
  const cookies = bakeCookie(options.run, options.inherited ?? process.env).variables;
  const pipes = PIPES.map((name) => join(directory, name));
  const lane = await openLane({
    argv: [...namespace.first, namespace.shell],
    env: cookies,
    prelude: `${shellWord(mkfifo)} -m 600 ${pipes.map(shellWord).join(' ')} 4>&-`,
  });
  const shell = lane === undefined ? undefined : readChildren(lane.pid)?.[0];
  if (lane === undefined || shell === undefined) return undefined;
  return new SharedNamespace({ options, directory, namespace, cookies, env, pipes }, lane, shell);
}

interface SharedParts {
  readonly options: HostOptions;
  readonly directory: HostPath;
  readonly namespace: Namespace;
  readonly cookies: Readonly<Record<string, string>>;
  /** The program. */
  readonly env: string;
  readonly pipes: readonly string[];
}

interface OpenedPipe {
  readonly path: string;
  readonly writeEnd: number;
  readonly readEnd: number;
  readonly reader: Socket;
}

class SharedNamespace implements Together {
  readonly #parts: SharedParts;
  readonly #first: Lane;
  readonly #init: number;
  readonly #lanes: Lane[];
  readonly #idle: LaneInUse[];
  readonly #pipes: string[];
  readonly #outputs = new Set<Socket>();
  readonly #bake: () => Cookie;
  readonly #now = createStartClock();
  /** For the next command. */
  #opened: OpenedPipe | undefined;
  #made: number;
  #busy = 0;

  constructor(parts: SharedParts, first: Lane, init: number) {
    this.#parts = parts;
    this.#first = first;
    this.#init = init;
    this.#lanes = [first];
    this.#idle = [{ lane: first, scripts: createLaneScripts(parts.env), shell: init }];
    this.#pipes = [...parts.pipes];
    this.#bake = cookieBaker(parts.options.run, parts.options.inherited ?? process.env);
    this.#made = parts.pipes.length;
  }

  async start(request: ProcessRequest): Promise<JobProcess | undefined> {
    const { argv, cwd } = request;
    const used = this.#idle.pop() ?? (await this.#join());
    if (used === undefined) return undefined;
    const pipe = this.#takeOpened() ?? (await this.#makePipe());
    if (pipe === undefined) {
      this.#idle.push(used);
      return undefined;
    }
    const output = readOutput([pipe.reader], request.onOutput, { readNow: () => readNow(pipe.readEnd) });
    const cookie = this.#bake();
    const since = this.#now();
    const roots = [this.#first.pid, used.lane.pid];
    const env = { ...request.env, ...cookie.variables };
    const exit = this.#run(used, used.scripts.of({ argv, cwd, env, output: pipe.path }), pipe);
    // The shell is at work: there is time.
    this.#opened ??= this.#openPipe();
    const kin = kinInJob({ roots, shell: used.shell, since, cookie: cookie.entry });
    return createJobProcess({ exit, output, kin });
  }

  async #run(used: LaneInUse, script: string, { writeEnd }: OpenedPipe): Promise<ProcessExit> {
    this.#busy++;
    const code = await used.lane.run(script);
    this.#busy--;
    // From now on the pipe ends with whoever else writes to it.
    closeSync(writeEnd);
    if (code === undefined) return { kind: 'signalled', signal: 'SIGKILL' };
    this.#idle.push(used);
    return { kind: 'exited', code };
  }

  /** For commands that run at the same time as others. */
  async #join(): Promise<LaneInUse | undefined> {
    const { namespace, cookies, env } = this.#parts;
    const lane = await openLane({
      argv: [...namespace.join(this.#init), namespace.shell],
      env: cookies,
      prelude: ':',
    });
    const shell = lane === undefined ? undefined : readChildren(lane.pid)?.[0];
    if (lane === undefined || shell === undefined) return undefined;
    this.#lanes.push(lane);
    return { lane, scripts: createLaneScripts(env), shell };
  }

  /** A step may have removed it since. */
  #takeOpened(): OpenedPipe | undefined {
    const opened = this.#opened ?? this.#openPipe();
    this.#opened = undefined;
    if (opened === undefined || lstatSync(opened.path, { throwIfNoEntry: false })?.isFIFO() === true) return opened;
    closeSync(opened.writeEnd);
    this.#outputs.delete(opened.reader);
    opened.reader.destroy();
    return undefined;
  }

  async #makePipe(): Promise<OpenedPipe | undefined> {
    const path = join(this.#parts.directory, `output-${++this.#made}`);
    if (!(await makeFifos([path]))) return undefined;
    this.#pipes.push(path);
    return this.#openPipe();
  }

  #openPipe(): OpenedPipe | undefined {
    for (let path = this.#pipes.pop(); path !== undefined; path = this.#pipes.pop()) {
      const pipe = tryOpen(path);
      if (pipe !== undefined) return { path, ...pipe, reader: this.#listen(pipe.readEnd, path) };
    }
    return undefined;
  }

  /** A pipe that nobody writes to any more can be had again. */
  #listen(readEnd: number, path: string): Socket {
    const socket = new Socket({ fd: readEnd, readable: true, writable: false });
    this.#outputs.add(socket);
    socket.once('close', () => {
      if (this.#outputs.delete(socket)) this.#pipes.push(path);
    });
    return socket;
  }

  async close(): Promise<void> {
    for (const lane of this.#lanes) lane.end();
    const timer = setTimeout(() => this.#kill(), this.#busy > 0 ? 0 : PATIENCE);
    await Promise.all(this.#lanes.map((lane) => lane.ended));
    clearTimeout(timer);
    if (this.#opened !== undefined) closeSync(this.#opened.writeEnd);
    this.#opened = undefined;
    for (const socket of this.#outputs) socket.destroy();
    this.#outputs.clear();
  }

  /** Nothing in the namespace outlives its first process. */
  #kill(): void {
    if (readRow(this.#init)?.parent === this.#first.pid) sendSignal(this.#init, 'SIGKILL');
  }
}

/** A step may have removed it. */
function tryOpen(path: string): OutputPipe | undefined {
  try {
    return openBothEnds(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
