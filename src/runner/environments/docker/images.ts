/** Images: looked for, and pulled when they are missing, with the job's credentials or those that the user has logged in with. */

import type { ImageInspectInfo } from 'dockerode';
import type { Failure } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type Engine, reasonOf, statusOf } from './engine.ts';
import { HUB, knownLogins } from './logins.ts';
import { createPullProgress } from './pull-progress.ts';
import { joinPull } from './shared-pulls.ts';

export interface ImageRequest {
  readonly image: string;
  readonly platform?: string | undefined;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

export interface PullSettings {
  /** Takes lines for the job's log. */
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const TRIES = 3;
const NOT_FOUND = 404;
/** The registry's words, which the engine may pass on as a failure of its own. */
const FINAL = /\bunknown\b|\bdenied\b|\bunauthorized\b|no basic auth/i;
/** Milliseconds without a word about an image that is being pulled. */
const SILENCE = 5 * 60_000;

export async function provideImage(
  engine: Engine,
  request: ImageRequest,
  settings: PullSettings,
): Promise<Result<void, Failure>> {
  const { image } = request;
  const there = await isThere(engine, image);
  if (!there.ok) return unusable(image, there.error);
  if (there.value) return ok(undefined);
  const name = JSON.stringify([image, request.platform, request.credentials]);
  const work = (tell: (line: string) => void, signal: AbortSignal): Promise<string | undefined> =>
    tryToPull(engine, request, { tell, signal, env: settings.env });
  const problem = await joinPull(engine.docker, { name, image, work }, settings);
  if (settings.signal.aborted) return err({ code: 'cancelled', message: `the image ${image} was not pulled` });
  return problem === undefined ? ok(undefined) : unusable(image, problem);
}

/** The paths of the volumes that an image declares: the engine makes one for each, in every container of it. */
export async function volumesOf(
  { docker }: Pick<Engine, 'docker'>,
  image: string,
): Promise<Result<readonly string[], Failure>> {
  try {
    return ok(Object.keys((await configOfImage({ docker }, image)).Volumes ?? {}));
  } catch (error) {
    return unusable(image, reasonOf(error));
  }
}

/** What containers of an image begin with. Throws what the engine says; it has to be there. */
export async function configOfImage(
  { docker }: Pick<Engine, 'docker'>,
  image: string,
): Promise<ImageInspectInfo['Config']> {
  // The client puts the name into the request's path as it is.
  if (!/^[\w][\w./:@-]*$/.test(image) || image.includes('..')) throw new Error('this is no name of an image');
  return (await docker.getImage(image).inspect()).Config;
}

/** Undefined when it is there. */
async function tryToPull(engine: Engine, request: ImageRequest, settings: PullSettings): Promise<string | undefined> {
  let reason = '';
  for (let tries = 0; tries < TRIES && !settings.signal.aborted; tries++) {
    try {
      await pull(engine, request, settings);
      return undefined;
    } catch (error) {
      reason = reasonOf(error);
      // Neither what is not there nor what is not allowed comes by asking again.
      if ([NOT_FOUND, 401, 403].includes(statusOf(error) ?? 0) || FINAL.test(reason)) break;
    }
  }
  return reason;
}

function unusable(image: string, reason: string): Result<never, Failure> {
  return err({ code: 'setup-failed', message: `the image ${image} cannot be had: ${reason}` });
}

async function isThere({ docker }: Pick<Engine, 'docker'>, image: string): Promise<Result<boolean, string>> {
  try {
    await configOfImage({ docker }, image);
    return ok(true);
  } catch (error) {
    return statusOf(error) === NOT_FOUND ? ok(false) : err(reasonOf(error));
  }
}

async function pull(
  { docker }: Pick<Engine, 'docker'>,
  { image, platform, credentials }: ImageRequest,
  { signal, env, tell }: PullSettings,
): Promise<void> {
  const registry = registryOf(image);
  const login = credentials ?? knownLogins(env).get(registry);
  const silent = new AbortController();
  const limit = setTimeout(() => silent.abort(), SILENCE);
  try {
    const stream = await docker.pull(withTag(image), {
      abortSignal: AbortSignal.any([signal, silent.signal]),
      ...(platform === undefined ? {} : { platform }),
      ...(login === undefined ? {} : { authconfig: { ...login, serveraddress: registry } }),
    });
    const progress = createPullProgress(image);
    await new Promise<void>((resolve, reject) => {
      const hear = (report: unknown): void => {
        limit.refresh();
        const problem = problemIn(report);
        if (problem !== undefined) reject(new Error(problem));
        const line = progress(report, performance.now());
        if (line !== undefined) tell(line);
      };
      docker.modem.followProgress(stream, (error: Error | null) => (error === null ? resolve() : reject(error)), hear);
    });
  } catch (error) {
    if (silent.signal.aborted) throw new Error(`nothing came of it for ${SILENCE / 60_000} minutes`, { cause: error });
    throw error;
  } finally {
    clearTimeout(limit);
  }
}

/** What went wrong after the answer had begun, when it was too late for a status. */
function problemIn(report: unknown): string | undefined {
  const problem: unknown = typeof report === 'object' && report !== null ? Reflect.get(report, 'error') : undefined;
  return typeof problem === 'string' ? problem : undefined;
}

/** Without a tag the engine would pull every one. */
function withTag(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? image : `${image}:latest`;
}

/** The registry as logins name it. A first part with a dot, a colon or the name localhost is a host. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return !isHost || first === 'docker.io' ? HUB : first;
}
