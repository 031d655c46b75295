/** What a run has at the engine: found by its label and removed, whatever became of the orch that made it. */
import { MachineError } from '../../../shared/failure.ts';
import { type Engine, isEngineError, openEngine, reasonOf, statusOf } from './engine.ts';
import { isMakerGone, MAKER_LABEL, RUN_LABEL } from './labels.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Names of containers, networks and volumes. Without an engine there are none. */
export async function listRunContainers(run: string, env: Variables): Promise<readonly string[]> {
  const engine = await openEngine(env);
  if (!engine.ok) return [];
  return namesOf(await findOf(`${RUN_LABEL}=${run}`, engine.value));
}

/** Removes them; the names of what was removed. */
export async function sweepContainers(run: string, env: Variables): Promise<readonly string[]> {
  const engine = await openEngine(env);
  if (!engine.ok) return [];
  return remove(engine.value, await findOf(`${RUN_LABEL}=${run}`, engine.value));
}

const swept = new WeakSet<Engine['docker']>();

/** What an orch of this machine left that ended without tidying up, in whatever repository. Once a connection. */
export async function sweepAbandoned(engine: Engine): Promise<void> {
  if (swept.has(engine.docker)) return;
  swept.add(engine.docker);
  const { containers, networks, volumes } = await findOf(RUN_LABEL, engine);
  const abandoned = (found: readonly Found[]): readonly Found[] => found.filter(({ maker }) => isMakerGone(maker));
  await remove(engine, {
    containers: abandoned(containers),
    networks: abandoned(networks),
    volumes: abandoned(volumes),
  });
}

async function remove({ docker }: Engine, found: OfRun): Promise<readonly string[]> {
  const { containers, networks, volumes } = found;
  await Promise.all(containers.map(({ id }) => gone(docker.getContainer(id).remove({ force: true, v: true }))));
  await Promise.all(networks.map(({ id }) => gone(docker.getNetwork(id).remove())));
  await Promise.all(volumes.map(({ id }) => gone(docker.getVolume(id).remove())));
  return namesOf(found);
}

function namesOf({ containers, networks, volumes }: OfRun): readonly string[] {
  return [...containers, ...networks, ...volumes].map(({ name }) => name);
}

interface Found {
  readonly id: string;
  readonly name: string;
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
    containers: containers.map(({ Id, Names, Labels }) => ({
      id: Id,
      name: (Names[0] ?? Id).replace(/^\//, ''),
      maker: Labels[MAKER_LABEL],
    })),
    networks: networks.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, maker: Labels?.[MAKER_LABEL] })),
    // Null where there are none, whatever the types say.
    volumes: [...(volumes.Volumes ?? [])].map(({ Name, Labels }) => ({
      id: Name,
      name: Name,
      maker: Labels[MAKER_LABEL],
    })),
  };
}

const NOT_FOUND = 404;
const ALREADY = 409;

/** Waits for a removal; somebody else's is as good. */
export async function gone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const status = statusOf(error);
    if (status !== NOT_FOUND && status !== ALREADY) throw error;
  }
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
    tell(`${what} could not be removed (${reasonOf(error)}); the next job that uses containers does that`);
  }
}
