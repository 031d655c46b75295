/** What a run has at the engine: found by its label and removed, whatever became of the orch that made it. */
import { type Engine, openEngine, statusOf } from './engine.ts';
import { RUN_LABEL } from './labels.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Ids and names of containers and networks. Without an engine there are none. */
export async function listRunContainers(run: string, env: Variables): Promise<readonly string[]> {
  const engine = await openEngine(env);
  if (!engine.ok) return [];
  const { containers, networks } = await findOf(run, engine.value);
  return [...containers, ...networks].map(({ name }) => name);
}

/** Removes them; the names of what was removed. */
export async function sweepContainers(run: string, env: Variables): Promise<readonly string[]> {
  const engine = await openEngine(env);
  if (!engine.ok) return [];
  const { docker } = engine.value;
  const { containers, networks } = await findOf(run, engine.value);
  await Promise.all(containers.map(({ id }) => gone(docker.getContainer(id).remove({ force: true, v: true }))));
  await Promise.all(networks.map(({ id }) => gone(docker.getNetwork(id).remove())));
  return [...containers, ...networks].map(({ name }) => name);
}

interface Found {
  readonly id: string;
  readonly name: string;
}

async function findOf(
  run: string,
  { docker }: Engine,
): Promise<{ readonly containers: readonly Found[]; readonly networks: readonly Found[] }> {
  const filters = { label: [`${RUN_LABEL}=${run}`] };
  const [containers, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
  ]);
  return {
    containers: containers.map(({ Id, Names }) => ({ id: Id, name: (Names[0] ?? Id).replace(/^\//, '') })),
    networks: networks.map(({ Id, Name }) => ({ id: Id, name: Name })),
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
