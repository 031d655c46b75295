/** The images of a run's Docker actions: pulled, or built once in a run from what they are built from. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { readFileBelow } from '../actions/index.ts';
import {
  type BuildSettings,
  buildImage,
  type Engine,
  type PackedContext,
  packContext,
  provideImage,
} from '../environments/index.ts';
import type { ContainerSettings } from './job-container.ts';
import { createOnce } from './once.ts';

export interface ActionImage {
  /** As the step names the action. */
  readonly uses: string;
  /** `docker://IMAGE`, or a Dockerfile relative to the directory. */
  readonly image: string;
  /** The action's. */
  readonly directory: HostPath;
}

export interface ImageAsked {
  /** Takes lines for the job's log. */
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The name of the image, which is there then. */
export type ActionImages = (engine: Engine, wanted: ActionImage, asked: ImageAsked) => Promise<Result<string, Failure>>;

const AT_REGISTRY = /^docker:\/\//i;

export function createActionImages({ engine: env }: Pick<ContainerSettings, 'engine'>): ActionImages {
  const once = createOnce<string>();
  return async (engine, wanted, asked) => {
    if (AT_REGISTRY.test(wanted.image)) {
      const image = wanted.image.replace(AT_REGISTRY, '');
      const there = await provideImage(engine, { image }, { ...asked, env });
      return there.ok ? ok(image) : there;
    }
    const context = await readContext(wanted, asked.signal);
    if (!context.ok) return context;
    for (;;) {
      let isMine = false;
      const built = await once(context.value.packed.digest, () => {
        isMine = true;
        return tellBuild(engine, wanted.uses, { ...context.value, ...asked, env });
      });
      // Another job's cancellation is none of this one's.
      const isOthersEnd = !built.ok && built.error.code === 'cancelled' && !isMine && !asked.signal.aborted;
      if (!isOthersEnd) return built;
    }
  };
}

interface Context {
  readonly packed: PackedContext;
  readonly dockerfile: HostPath;
}

async function readContext(
  { uses, image, directory }: ActionImage,
  signal: AbortSignal,
): Promise<Result<Context, Failure>> {
  if (!/[Dd]ockerfile$/.test(image)) {
    const message = `${uses}: '${image}' should be either '[path]/Dockerfile' or 'docker://image[:tag]'`;
    return err({ code: 'action-not-found', message });
  }
  const text = await readFileBelow(directory, image);
  if (!text.ok) return text;
  if (text.value === undefined)
    return err({ code: 'action-not-found', message: `${uses}: there is no ${image} in ${directory}` });
  // Where links lead was looked at: what lies around the file itself is in the action too.
  const dockerfile = hostPath(await realpath(join(directory, image)));
  const folder = hostPath(dirname(dockerfile));
  const ignore = await readFileBelow(folder, '.dockerignore');
  if (!ignore.ok) return ignore;
  const context = { folder, dockerfile: basename(dockerfile), ignore: ignore.value };
  try {
    return ok({ packed: await packContext(context, signal), dockerfile });
  } catch (error) {
    if (signal.aborted) return cancelled(uses);
    const reason = error instanceof Error ? error.message : String(error);
    return err({ code: 'setup-failed', message: `${uses}: ${folder} cannot be read: ${reason}` });
  }
}

async function tellBuild(
  engine: Engine,
  uses: string,
  { packed, dockerfile, ...asked }: Context & ImageAsked & Pick<BuildSettings, 'env'>,
): Promise<Result<string, Failure>> {
  const { tell } = asked;
  tell('##[group]Building docker image');
  tell(`Dockerfile for action: '${dockerfile}'.`);
  const built = await buildImage(engine, packed, { name: uses, ...asked });
  tell('##[endgroup]');
  return built;
}

function cancelled(uses: string): Result<never, Failure> {
  return err({ code: 'cancelled', message: `the image of ${uses} was not built` });
}
