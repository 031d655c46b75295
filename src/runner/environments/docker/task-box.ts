/**
 * A box around each command of a task: a container that is locked as far as the engine can lock it. One for every
 * command, since whoever shares a user with the supervisor can speak in its name: what the task's own command left
 * running must not have a say in `verify`.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type HostPath, hostPath } from '../../../shared/brand.ts';
import { type Failure, MachineError } from '../../../shared/failure.ts';
import type { AllowList } from '../egress/allow-list.ts';
import { type Egress, openEgress, type Refusal } from '../egress/proxy.ts';
import { proxyVariables } from '../egress/proxy-variables.ts';
import type { Environment, ProcessRequest, RunningProcess } from '../process.ts';
import { type CreateDraft, emptyDraft } from './create-draft.ts';
import type { Engine } from './engine.ts';
import type { Externals } from './externals.ts';
import { type JobContainer, startJobContainer } from './job-container.ts';
import type { Owner } from './labels.ts';
import type { Mount } from './path-map.ts';

export interface BoxSettings {
  readonly owner: Owner;
  /** It has to be there already. */
  readonly image: string;
  /** Not root. Whoever owns what is mounted to be written. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Bytes, swap included. */
  readonly memory: number;
  /** In parts too: 1.5. */
  readonly cpus: number;
  /** Processes and threads; about 30 are orch's. */
  readonly pids: number;
  /** A list is enforced by a proxy, and there is no network beside it. */
  readonly network: 'none' | 'full' | AllowList;
  /** The root of the file system cannot be written. */
  readonly readOnly: boolean;
  /** What HOME is there; kept from one command to the next. */
  readonly home: HostPath;
  /** The working tree and whatever else the command is to see, by the same paths as here or by others. */
  readonly mounts: readonly Mount[];
  readonly externals: Externals;
  /** The bundle of `forwarder-program.ts`. */
  readonly forwarder: HostPath;
  readonly onRefusal: (refusal: Refusal) => void;
}

const HOME = '/home/task';
const INNER_SOCKET = '/__o/proxy.sock';
const INNER_FORWARDER = '/__o/forwarder.mjs';
/** Of the box alone, so it is free. */
const PORT = 3128;
const NANO = 1e9;
/** Milliseconds that the supervisor has beyond the grace; a box that is not heard of then is ended from outside. */
const PATIENCE = 5_000;

/** `start` throws `MachineError` when the box cannot be made. Call `reap` of what it gives: that removes the box. */
export function createTaskBoxes(engine: Engine, settings: BoxSettings): Environment {
  let count = 0;
  return {
    start: async (request) => {
      const problem = await findUnsafe(engine, settings);
      if (problem !== undefined) throw new MachineError(problem);
      count += 1;
      return startInBox(await openBox(engine, settings, count), request);
    },
  };
}

/** A container that is there for one command. */
export interface Box {
  readonly container: JobContainer;
  /** What the command's environment is put on top of. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function openBox(engine: Engine, settings: BoxSettings, count: number): Promise<Box> {
  const way = await openWay(settings);
  try {
    const { owner, image, home, mounts, externals } = settings;
    const started = await startJobContainer(engine, {
      owner: { run: owner.run, job: `${owner.job} box ${count}` },
      image,
      options: lockedDraft(settings),
      mounts: [...mounts, { host: home, inner: HOME }, ...way.mounts],
      workdir: '/',
      externals,
      env: {},
    });
    if (!started.ok) throw new MachineError(started.error);
    const container = started.value;
    const close = async (): Promise<void> => {
      await container.remove();
      await way.close();
    };
    try {
      if (way.isOpen) await startForwarder(container, externals);
    } catch (error) {
      await container.remove();
      throw error;
    }
    return { container, env: { ...container.ready.env, HOME, ...way.env }, close };
  } catch (error) {
    await way.close();
    throw error;
  }
}

/** What the engine is asked for; whatever the image says of its own is overruled. */
function lockedDraft({ user, memory, cpus, pids, network, readOnly }: BoxSettings): CreateDraft {
  const draft = emptyDraft();
  draft.noHealth = true;
  Object.assign(draft.top, { User: `${user.uid}:${user.gid}` });
  Object.assign(draft.host, {
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    Privileged: false,
    ReadonlyRootfs: readOnly,
    Tmpfs: { '/tmp': 'rw,nosuid,nodev,exec,mode=1777' },
    Memory: memory,
    MemorySwap: memory,
    NanoCpus: Math.round(cpus * NANO),
    PidsLimit: pids,
    IpcMode: 'private',
    ...(network === 'full' ? {} : { NetworkMode: 'none' }),
  });
  return draft;
}

interface Way {
  readonly isOpen: boolean;
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The way out, where there is one but not the engine's network. */
async function openWay({ network, forwarder, onRefusal }: BoxSettings): Promise<Way> {
  if (typeof network === 'string') return { isOpen: false, mounts: [], env: {}, close: () => Promise.resolve() };
  // Closed to others of this machine: they would have the way too.
  const folder = await mkdtemp(join(tmpdir(), 'orch-out-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const socket = hostPath(join(folder, 'proxy.sock'));
  let egress: Egress;
  try {
    egress = await openEgress(socket, { list: network, onRefusal });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    isOpen: true,
    mounts: [
      { host: socket, inner: INNER_SOCKET, readOnly: true },
      { host: forwarder, inner: INNER_FORWARDER, readOnly: true },
    ],
    env: proxyVariables(PORT),
    close: async () => {
      try {
        await egress.close();
      } finally {
        await remove();
      }
    },
  };
}

async function startForwarder({ supervised }: JobContainer, { node }: Externals): Promise<void> {
  let said = '';
  let tell: (isReady: boolean) => void = () => undefined;
  const ready = new Promise<boolean>((resolve) => {
    tell = resolve;
  });
  const forwarder = await supervised.start({
    argv: [node, INNER_FORWARDER, INNER_SOCKET, String(PORT)],
    cwd: hostPath('/'),
    env: {},
    onOutput: (chunk) => {
      said += String(chunk);
      if (said.includes('ready')) tell(true);
    },
  });
  void forwarder.exit.then(() => tell(false));
  if (await ready) return;
  throw new MachineError({ code: 'setup-failed', message: `the way out of the sandbox did not open: ${said.trim()}` });
}

/** The box is closed when the command is reaped. */
export async function startInBox(box: Box, request: ProcessRequest): Promise<RunningProcess> {
  const { container } = box;
  const running = await container.supervised.start({ ...request, env: { ...box.env, ...request.env } });
  const endWith = async <T>(asked: Promise<T>, patience: number): Promise<T> => {
    const timer = new AbortController();
    const late = wait(patience, undefined, timer).then(
      () => container.remove(),
      () => undefined,
    );
    try {
      // Once the box is gone, so is the line, and whatever was asked over it is answered.
      return await asked;
    } finally {
      timer.abort();
      await late;
    }
  };
  const reap: RunningProcess['reap'] = async () => {
    try {
      return await endWith(running.reap(), PATIENCE);
    } finally {
      await box.close();
    }
  };
  let reaped: ReturnType<RunningProcess['reap']> | undefined;
  return {
    exit: running.exit,
    cpuTime: () => running.cpuTime(),
    interrupt: (grace) => endWith(running.interrupt(grace), grace + PATIENCE),
    stop: (grace) => endWith(running.stop(grace), grace + PATIENCE),
    left: () => running.left(),
    reap: () => {
      reaped ??= reap();
      return reaped;
    },
  };
}

/** What would make a box none. */
async function findUnsafe({ socketPath }: Engine, { user, mounts }: BoxSettings): Promise<Failure | undefined> {
  if (user.uid === 0) return { code: 'setup-failed', message: 'a sandbox needs a user that is not root' };
  const socket = await resolved(socketPath);
  for (const { host } of mounts) {
    const path = await resolved(host);
    if (path === socket || socket.startsWith(path.endsWith(sep) ? path : `${path}${sep}`))
      return {
        code: 'setup-failed',
        message: `a sandbox cannot have ${host}: the engine's socket is there, by which it could leave`,
      };
  }
  return undefined;
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return path;
    throw error;
  }
}
