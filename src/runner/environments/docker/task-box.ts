/**
 * A box around each command of a task: a container that is locked as far as the engine can lock it. One for every
 * command, since whoever shares a user with the supervisor can speak in its name: what the task's own command left
 * running must not have a say in `verify`.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { HostPath } from '../../../shared/brand.ts';
import { MachineError } from '../../../shared/failure.ts';
import { formatSize } from '../../../shared/quantity.ts';
import type { ProcessRequest, RunningProcess } from '../process.ts';
import { findUnsafe, whyNoBoxes } from './box-refusals.ts';
import { type Copies, copyAll } from './copies.ts';
import { type CreateDraft, emptyDraft } from './create-draft.ts';
import type { Engine } from './engine.ts';
import { readAbility, type UserSpace } from './engine-facts.ts';
import type { Externals } from './externals.ts';
import { closeInTurn } from './in-turn.ts';
import { type JobContainer, startJobContainer } from './job-container.ts';
import type { LimitCounts } from './limits-reached.ts';
import type { Mount } from './path-map.ts';
import { wasStarved } from './starvation.ts';
import type { SupervisedProcess } from './supervised.ts';
import { openWay, type WaySettings } from './way-out.ts';

/** A list of hosts is enforced by a proxy, and there is no network beside it. */
export interface BoxSettings extends WaySettings {
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
  /** The root of the file system cannot be written. */
  readonly readOnly: boolean;
  /** What HOME is there; kept from one command to the next. */
  readonly home: HostPath;
  /** The working tree and whatever else the command is to see, by the same paths as here or by others. */
  readonly mounts: readonly Mount[];
  readonly externals: Externals;
  readonly tell: (line: string) => void;
}

export interface BoxRequest extends ProcessRequest {
  /** For this command alone, over those of the settings. */
  readonly mounts?: readonly Mount[];
}

export interface BoxedProcess extends RunningProcess {
  /** Of its limits those that it ran into, known when it was reaped: `memory limit of 512 MiB`. */
  reached(): readonly string[];
}

export interface TaskBoxes {
  start(request: BoxRequest): Promise<BoxedProcess>;
}

/** What HOME is in a box. */
export const BOX_HOME = '/home/task';
const NANO = 1e9;
/** Milliseconds that the supervisor has beyond the grace; a box that is not heard of then is ended from outside. */
const PATIENCE = 5_000;

/** `start` throws `MachineError` when the box cannot be made. Call `reap` of what it gives: that removes the box. */
export function createTaskBoxes(engine: Engine, settings: BoxSettings): TaskBoxes {
  let count = 0;
  return {
    start: async ({ mounts = [], ...request }) => {
      const whole = { ...settings, mounts: [...settings.mounts, ...mounts] };
      const problem = (await whyNoBoxes(engine)) ?? (await findUnsafe(engine, whole));
      if (problem !== undefined) throw new MachineError(problem);
      count += 1;
      return startInBox(await openBox(engine, whole, count), request);
    },
  };
}

interface Limits extends Pick<BoxSettings, 'memory' | 'pids'> {
  /** Asked of the engine when the box itself is gone. */
  wasStarved(): Promise<boolean>;
}

/** A container that is there for one command. */
export interface Box {
  readonly container: JobContainer;
  /** Of a task's box: what it ran into, and what that is called. */
  readonly limits?: Limits;
  /** What the command's environment is put on top of. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function openBox(engine: Engine, settings: BoxSettings, count: number): Promise<Box> {
  const began = Date.now();
  const way = await openWay(settings);
  try {
    const { owner, image, externals } = settings;
    const started = await startJobContainer(engine, {
      owner: { run: owner.run, job: `${owner.job} box ${count}` },
      image,
      options: lockedDraft(settings, engine.remote === undefined ? (await readAbility(engine)).users : 'same'),
      mounts: mountsOf(settings),
      workdir: '/',
      externals,
      env: {},
      tell: settings.tell,
    });
    if (!started.ok) throw new MachineError(started.error);
    const container = started.value;
    const copies = copiesOf(container, settings);
    const remove = (): Promise<void> =>
      closeInTurn(
        () => container.remove(),
        () => container.carrier?.close(),
      );
    const close = (): Promise<void> =>
      closeInTurn(
        () => copies?.bringBack(),
        remove,
        () => way.close(),
      );
    try {
      await copies?.send();
      await way.open(container);
    } catch (error) {
      await closeInTurn(() => Promise.reject(error), remove);
    }
    const { memory, pids } = settings;
    const limits = { memory, pids, wasStarved: () => wasStarved(engine, container.id, began) };
    return { container, limits, env: { ...container.ready.env, HOME: BOX_HOME, ...way.env }, close };
  } catch (error) {
    await way.close();
    throw error;
  }
}

function mountsOf({ mounts, home }: BoxSettings): readonly Mount[] {
  return [...mounts, { host: home, inner: BOX_HOME }];
}

/** Of a box on another machine. */
function copiesOf({ carrier }: JobContainer, settings: BoxSettings): Copies | undefined {
  if (carrier === undefined) return undefined;
  const { uid, gid } = settings.user;
  return copyAll(carrier, mountsOf(settings), (header, { readOnly }) =>
    readOnly === true ? { mode: header.mode, uid: header.uid, gid: header.gid } : { mode: header.mode, uid, gid },
  );
}

/** What the engine is asked for; whatever the image says of its own is overruled. */
function lockedDraft(settings: BoxSettings, users: UserSpace): CreateDraft {
  const { user, memory, cpus, pids, network, readOnly, mounts } = settings;
  const draft = emptyDraft();
  draft.noHealth = true;
  // Without root, Docker's own user is root in its containers, and nobody else there has what is theirs out here.
  Object.assign(draft.top, { User: users === 'rootless-docker' ? '0:0' : `${user.uid}:${user.gid}` });
  Object.assign(draft.host, {
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    Privileged: false,
    ReadonlyRootfs: readOnly,
    Tmpfs: { '/tmp': 'rw,nosuid,nodev,exec,mode=1777', ...passable(mounts) },
    Memory: memory,
    MemorySwap: memory,
    NanoCpus: Math.round(cpus * NANO),
    PidsLimit: pids,
    IpcMode: 'private',
    ...(users === 'rootless-podman' ? { UsernsMode: 'keep-id' } : {}),
    ...(network === 'full' ? {} : { NetworkMode: 'none' }),
  });
  return draft;
}

/** Images keep this folder shut to all but root; what is mounted below has to be reached. */
function passable(mounts: readonly Mount[]): Readonly<Record<string, string>> {
  return mounts.some(({ inner }) => inner.startsWith('/root/')) ? { '/root': 'rw,nosuid,nodev,mode=755' } : {};
}

/** The box is closed when the command is reaped. */
export async function startInBox(box: Box, request: ProcessRequest): Promise<BoxedProcess> {
  const { container } = box;
  let reached: readonly string[] = [];
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
      reached = await limitsOf(box, () => endWith(count(running), PATIENCE));
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
    reached: () => reached,
    reap: () => {
      reaped ??= reap();
      return reaped;
    },
  };
}

async function limitsOf({ limits, container }: Box, ask: () => Promise<LimitCounts>): Promise<readonly string[]> {
  if (limits === undefined) return [];
  const counts = await ask();
  if (container.supervised.isOpen() || counts.memory > 0) return nameLimits(counts, limits);
  return nameLimits({ ...counts, memory: (await limits.wasStarved()) ? 1 : 0 }, limits);
}

async function count({ limits }: SupervisedProcess): Promise<LimitCounts> {
  return limits === undefined ? { memory: 0, pids: 0 } : limits();
}

function nameLimits({ memory, pids }: LimitCounts, limits: Limits): readonly string[] {
  return [
    ...(memory > 0 ? [`memory limit of ${formatSize(limits.memory)}`] : []),
    ...(pids > 0 ? [`limit of ${limits.pids} processes and threads`] : []),
  ];
}
