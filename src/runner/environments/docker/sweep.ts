/** What a run has at the engine: found by its label and removed, whatever became of the orch that made it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Volume } from 'dockerode';
import { MachineError } from '../../../shared/failure.ts';
import { type Engine, isEngineError, openEngine, reasonOf, statusOf } from './engine.ts';
import { isMakerGone, MAKER_LABEL, RUN_LABEL } from './labels.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** By run, names of containers, networks and volumes; of runs of other repositories and machines too. Without an engine there are none. */
export async function listContainersByRun(env: Variables): Promise<ReadonlyMap<string, readonly string[]>> {
  const engine = await openEngine(env);
  const byRun = new Map<string, readonly string[]>();
  if (!engine.ok) return byRun;
  const { containers, networks, volumes } = await findOf(RUN_LABEL, engine.value);
  for (const { run, name } of [...containers, ...networks, ...volumes])
    byRun.set(run, [...(byRun.get(run) ?? []), name]);
  return byRun;
}

export interface Swept {
  /** Names of what is gone. */
  readonly removed: readonly string[];
  /** Why something is still there, a sentence each. */
  readonly problems: readonly string[];
}

const NOTHING: Swept = { removed: [], problems: [] };

/** Removes them, and waits until they are gone. */
export async function sweepContainers(run: string, env: Variables): Promise<Swept> {
  const engine = await openEngine(env);
  return engine.ok ? remove(engine.value, await findOf(`${RUN_LABEL}=${run}`, engine.value)) : NOTHING;
}

const swept = new WeakSet<Engine['docker']>();

/** What an orch of this machine left that ended without tidying up, in whatever repository. Once a connection. */
export async function sweepAbandoned(engine: Engine): Promise<void> {
  if (swept.has(engine.docker)) return;
  swept.add(engine.docker);
  const { containers, networks, volumes } = await findOf(RUN_LABEL, engine);
  const isOwnEngine = engine.remote === undefined;
  const abandoned = (found: readonly Found[]): readonly Found[] =>
    found.filter(({ maker }) => isMakerGone(maker, isOwnEngine));
  // What does not go now is nothing to those who came to start something: `orch clean` says why.
  await remove(engine, {
    containers: abandoned(containers),
    networks: abandoned(networks),
    volumes: abandoned(volumes),
  });
}

async function remove({ docker }: Engine, { containers, networks, volumes }: OfRun): Promise<Swept> {
  const parts = [
    await removeAll(containers, ({ id }) => gone(() => docker.getContainer(id).remove({ force: true, v: true }))),
    await removeAll(networks, ({ id }) => gone(() => docker.getNetwork(id).remove())),
    await removeAll(volumes, ({ id }) => volumeGone(docker.getVolume(id))),
  ];
  return { removed: parts.flatMap(({ removed }) => removed), problems: parts.flatMap(({ problems }) => problems) };
}

async function removeAll(found: readonly Found[], removal: (one: Found) => Promise<void>): Promise<Swept> {
  const outcomes = await Promise.all(
    found.map(async (one): Promise<Swept> => {
      try {
        await removal(one);
        return { removed: [one.name], problems: [] };
      } catch (error) {
        return { removed: [], problems: [`${one.name} was not removed: ${whyNotGone(error)}`] };
      }
    }),
  );
  return {
    removed: outcomes.flatMap(({ removed }) => removed),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

interface Found {
  readonly id: string;
  readonly name: string;
  readonly run: string;
  readonly maker: string | undefined;
}

interface OfRun {
  readonly containers: readonly Found[];
  readonly networks: readonly Found[];
  readonly volumes: readonly Found[];
}

async function findOf(label: string, { docker }: Engine): Promise<OfRun> {
  const filters = { label: [label] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return {
    containers: containers.map(({ Id, Names, Labels }) => found(Id, (Names[0] ?? Id).replace(/^\//, ''), Labels)),
    networks: networks.map(({ Id, Name, Labels }) => found(Id, Name, Labels)),
    // Null where there are none, whatever the types say.
    volumes: [...(volumes.Volumes ?? [])].map(({ Name, Labels }) => found(Name, Name, Labels)),
  };
}

function found(id: string, name: string, labels: Readonly<Record<string, string>> | undefined): Found {
  return { id, name, run: labels?.[RUN_LABEL] ?? '', maker: labels?.[MAKER_LABEL] };
}

const NOT_FOUND = 404;
/** Somebody else is at it; or it is used, perhaps by what is on its way out too. Some engines forbid the latter. */
const NOT_NOW: readonly unknown[] = [409, 403];
/** Milliseconds that the engine has for a removal of somebody else's. */
const REMOVING = 10_000;
const PAUSE = 50;

/** Asks for a removal until nothing is there any more, whoever did it. Throws `MachineError`. */
export async function gone(removal: () => Promise<unknown>, patience = REMOVING): Promise<void> {
  const began = performance.now();
  for (;;) {
    try {
      await removal();
      return;
    } catch (error) {
      const status = statusOf(error);
      if (status === NOT_FOUND) return;
      if (!NOT_NOW.includes(status) || performance.now() - began > patience) throw notGone(error);
      await delay(PAUSE);
    }
  }
}

/** Milliseconds for what uses a volume and is on its way out. What stays is the user's own. */
const USED = 1000;

export function volumeGone(volume: Pick<Volume, 'remove'>): Promise<void> {
  return gone(() => volume.remove(), USED);
}

function notGone(cause: unknown): MachineError {
  if (!isEngineError(cause)) throw cause;
  const message = `the container engine does not remove what it was asked to: ${reasonOf(cause)}`;
  return new MachineError({ code: 'environment-lost', message }, { cause });
}

/** The engine's own words. */
function whyNotGone(error: unknown): string {
  return reasonOf(error instanceof MachineError ? (error.cause ?? error) : error);
}

/** At the end of a job, which an engine that has gone is not to hold up: what stays is told, and found by the next. */
export async function removeOrTell(
  removal: () => Promise<unknown>,
  what: string,
  tell: (line: string) => void,
): Promise<void> {
  try {
    await removal();
  } catch (error) {
    if (!isEngineError(error) && !(error instanceof MachineError)) throw error;
    tell(`${what} could not be removed (${whyNotGone(error)}); the next job that uses containers does that`);
  }
}
