/** What the container of a job is made of, as the engine is asked for it; not started yet. */
import { Duplex } from 'node:stream';
import type { Container, ContainerCreateOptions, MountSettings } from 'dockerode';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { CreateDraft } from './create-draft.ts';
import { requestOf } from './create-draft.ts';
import { type Engine, reasonOf } from './engine.ts';
import type { Externals } from './externals.ts';
import { divideEnvironment, type FirstEnvironment, type Variables } from './first-environment.ts';
import { labelsOf, nameOf, type Owner } from './labels.ts';
import type { Mount } from './path-map.ts';
import { gone } from './sweep.ts';
import { provideVolumes } from './volumes.ts';

export interface JobContainerRequest {
  readonly owner: Owner;
  readonly image: string;
  readonly options: CreateDraft;
  readonly mounts: readonly Mount[];
  readonly workdir: string;
  readonly externals: Externals;
  /** Its name; absent: the engine's default network. */
  readonly network?: string | undefined;
  /** Told why no supervisor runs, where commands may be started without one; absent: then there is no container. */
  readonly onPlain?: (reason: string) => void;
  /** Told of what has to be copied to an engine on another machine, once. */
  readonly tell?: (line: string) => void;
  /** Variables that may be seen by whoever inspects the container. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Created {
  readonly engine: Engine;
  readonly container: Container;
  /** Variables that its first process does without. */
  readonly kept: Variables;
  /** To its first process. Podman looks here already whether it can be started. */
  readonly attach: () => Promise<NodeJS.ReadWriteStream>;
  readonly remove: () => Promise<void>;
}

function destroy(stream: NodeJS.ReadWriteStream): void {
  if (stream instanceof Duplex) stream.destroy();
}

interface FirstProcess {
  /** What the container is called for. */
  readonly name: string;
  readonly entrypoint: readonly string[];
}

/** An error says what the engine has refused. */
export async function createJobContainer(
  engine: Engine,
  request: JobContainerRequest,
  first: FirstProcess,
): Promise<Result<Created, string>> {
  try {
    await provideVolumes(engine, request.owner, request.options);
    const { entries, kept } = await environmentOf(engine, request, first);
    const container = await engine.docker.createContainer({ ...creation(request, first), Env: [...entries] });
    let attached: NodeJS.ReadWriteStream | undefined;
    const attach = async (): Promise<NodeJS.ReadWriteStream> => {
      attached = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
      return attached;
    };
    // A line to a container that never started would hold the whole process.
    const remove = (): Promise<void> =>
      gone(() => container.remove({ force: true, v: true })).finally(() => {
        if (attached !== undefined) destroy(attached);
      });
    return ok({ engine, container, kept, attach, remove });
  } catch (error) {
    return err(reasonOf(error));
  }
}

/** Holds the container until the line to it breaks. */
export const PLAIN = ['sh', '-c', 'while read -r _; do :; done'];

/** The image's own programs, which run where no supervisor does, get what is theirs. */
async function environmentOf(
  engine: Engine,
  { owner, image, options, env }: JobContainerRequest,
  { entrypoint }: FirstProcess,
): Promise<FirstEnvironment> {
  const variables = Object.entries({ ...env, ORCH_SUPERVISED_RUN: owner.run }).map((entry) => entry.join('='));
  const wanted = [...(requestOf(options).Env ?? []), ...variables];
  return entrypoint === PLAIN ? { entries: wanted, kept: {} } : divideEnvironment(engine, image, wanted);
}

function creation(request: JobContainerRequest, { name, entrypoint }: FirstProcess): ContainerCreateOptions {
  const { owner, image, options, mounts, workdir, externals, network } = request;
  const wanted = requestOf(options);
  return {
    name: nameOf(owner, name),
    WorkingDir: workdir,
    ...wanted,
    Image: image,
    Entrypoint: [...entrypoint],
    Cmd: [],
    Labels: { ...wanted.Labels, ...labelsOf(owner) },
    OpenStdin: true,
    // When orch goes, however that is, the line to it does, and the supervisor ends with that.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      ...wanted.HostConfig,
      AutoRemove: true,
      // What goes over the line is for orch alone.
      LogConfig: { Type: 'none', Config: {} },
      Mounts: [...mounts, ...externals.mounts].map(asMount).concat(wanted.HostConfig?.Mounts ?? []),
      ...(network === undefined ? {} : { NetworkMode: network }),
    },
    ...(network === undefined ? {} : { NetworkingConfig: { EndpointsConfig: { [network]: endpointOf(options) } } }),
  };
}

/** Unlike a bind in one text it may have a colon in its path, and its source has to be there. */
function asMount({ host, inner, readOnly = false, volume }: Mount): MountSettings {
  if (volume !== undefined) return { Type: 'volume', Source: volume, Target: inner, ReadOnly: readOnly };
  return { Type: 'bind', Source: host, Target: inner, ReadOnly: readOnly };
}

/** What a container is called and numbered in the job's network. */
function endpointOf({ aliases, address }: CreateDraft): object {
  return {
    Aliases: aliases,
    ...(Object.keys(address).length === 0 ? {} : { IPAMConfig: address }),
  };
}
