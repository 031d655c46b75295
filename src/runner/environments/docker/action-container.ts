/** The container of a Docker action: one for each of its stages, which ends with the program that it is for. */
import type { ImageInspectInfo } from 'dockerode';
import { type HostPath, hostPath } from '../../../shared/brand.ts';
import { type Failure, MachineError } from '../../../shared/failure.ts';
import { type JobProcess, notStarted, type ProcessRequest } from '../process.ts';
import { type Copies, copyAll } from './copies.ts';
import { emptyDraft } from './create-draft.ts';
import { type Engine, reasonOf } from './engine.ts';
import type { Externals } from './externals.ts';
import { giveBack, openToAll, type SharedFolders } from './file-access.ts';
import { configOfImage } from './images.ts';
import { closeInTurn } from './in-turn.ts';
import { type JobContainer, startJobContainer } from './job-container.ts';
import type { Owner } from './labels.ts';
import type { Mount } from './path-map.ts';
import type { Supervised } from './supervised.ts';
import { startInBox } from './task-box.ts';

export interface ActionContainerRequest {
  readonly owner: Owner;
  /** It has to be there already. */
  readonly image: string;
  /** In place of the image's own; '' for that. */
  readonly entrypoint: string;
  /** In place of the image's own, unless there are none. */
  readonly args: readonly string[];
  readonly mounts: readonly Mount[];
  /** What whoever the image's user is may write, and what is its owner's again afterwards. */
  readonly shared: SharedFolders;
  readonly workdir: string;
  readonly externals: Externals;
  /** Its name; absent: the engine's default network. */
  readonly network?: string | undefined;
  /** Told why there is no supervisor in it; the program is then an exec of the engine. */
  readonly onPlain: (reason: string) => void;
  /** Told of what has to be copied to an engine on another machine. */
  readonly tell: (line: string) => void;
  /** Opens what the program needs beside it. */
  readonly prepare?: (container: Supervised) => Promise<void>;
}

/**
 * Runs the image's program with these variables on top of the image's own. They go to the supervisor, as the
 * arguments do: the container's definition has neither.
 */
export async function startActionContainer(
  engine: Engine,
  request: ActionContainerRequest,
  { env, onOutput }: Pick<ProcessRequest, 'env' | 'onOutput'>,
): Promise<JobProcess> {
  const { owner, image, mounts, workdir, externals, network, shared, onPlain, tell } = request;
  const argv = commandOf(await configOf(engine, image), request);
  const [program, ...args] = argv;
  if (program === undefined) return unstarted(`the image ${image} names no program to run, and nor does the action`);
  const options = emptyDraft();
  options.noHealth = true;
  const started = await startJobContainer(engine, {
    owner,
    image,
    options,
    mounts,
    workdir,
    externals,
    network,
    env: {},
    onPlain,
    tell,
  });
  if (!started.ok) throw new MachineError(started.error);
  const container = started.value;
  const remove = (): Promise<void> =>
    closeInTurn(
      () => container.remove(),
      () => container.carrier?.close(),
    );
  const copies = copiesOf(container, mounts);
  const giveAway = (): Promise<void> =>
    copies === undefined ? giveBack(container, externals, shared) : copies.bringBack();
  const close = (): Promise<void> => closeInTurn(giveAway, remove);
  try {
    await (copies === undefined ? openToAll(container, externals, shared) : copies.send());
    await request.prepare?.(container.supervised);
  } catch (error) {
    await closeInTurn(() => Promise.reject(error), remove);
  }
  const box = { container, env: container.ready.env, close };
  const cwd: HostPath = hostPath(workdir);
  const running = await startInBox(box, { argv: [program, ...args], cwd, env, onOutput });
  return { ...running, settle: async () => void (await running.reap()) };
}

/** On another machine: of the folders that no other container has. */
function copiesOf({ carrier, ready: { uid } }: JobContainer, mounts: readonly Mount[]): Copies | undefined {
  const byHost = new Map(mounts.flatMap((mount) => (mount.volume === undefined ? [[mount.host, mount] as const] : [])));
  const once = [...byHost.values()];
  if (carrier === undefined || once.length === 0) return undefined;
  return copyAll(carrier, once, ({ mode }) => ({ uid, gid: 0, mode }));
}

type ImageConfig = ImageInspectInfo['Config'];

async function configOf(engine: Engine, image: string): Promise<Pick<ImageConfig, 'Cmd'> & WithEntrypoint> {
  try {
    return await configOfImage(engine, image);
  } catch (error) {
    const failure: Failure = { code: 'setup-failed', message: `the image ${image}: ${reasonOf(error)}` };
    throw new MachineError(failure);
  }
}

interface WithEntrypoint {
  readonly Entrypoint?: string | string[] | undefined;
}

/** As `docker run` makes it: an entrypoint of one's own leaves the image's command out. */
export function commandOf(
  { Entrypoint, Cmd }: Partial<Pick<ImageConfig, 'Cmd'>> & WithEntrypoint,
  { entrypoint, args }: Pick<ActionContainerRequest, 'entrypoint' | 'args'>,
): readonly string[] {
  if (entrypoint !== '') return [entrypoint, ...args];
  const own = typeof Entrypoint === 'string' ? [Entrypoint] : (Entrypoint ?? []);
  return [...own, ...(args.length > 0 ? args : (Cmd ?? []))];
}

function unstarted(message: string): JobProcess {
  return { ...notStarted(message), settle: () => Promise.resolve() };
}
