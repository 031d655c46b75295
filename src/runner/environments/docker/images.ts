/** Images: looked for, and pulled when they are missing, with the job's credentials or those that the user has logged in with. */

import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AuthConfig } from 'dockerode';
import type { Failure } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { readJson } from './endpoint.ts';
import { type Engine, reasonOf, statusOf } from './engine.ts';

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

export async function provideImage(
  { docker }: Engine,
  request: ImageRequest,
  settings: PullSettings,
): Promise<Result<void, Failure>> {
  const { image } = request;
  const there = await isThere({ docker }, image);
  if (!there.ok) return unusable(image, there.error);
  if (there.value) return ok(undefined);
  settings.tell(`Pulling ${image}`);
  let reason = '';
  for (let tries = 0; tries < TRIES && !settings.signal.aborted; tries++) {
    try {
      await pull({ docker }, request, settings);
      return ok(undefined);
    } catch (error) {
      reason = reasonOf(error);
      // Neither what is not there nor what is not allowed comes by asking again.
      if ([NOT_FOUND, 401, 403].includes(statusOf(error) ?? 0)) break;
    }
  }
  return unusable(image, reason);
}

function unusable(image: string, reason: string): Result<never, Failure> {
  return err({ code: 'setup-failed', message: `the image ${image} cannot be had: ${reason}` });
}

async function isThere({ docker }: Pick<Engine, 'docker'>, image: string): Promise<Result<boolean, string>> {
  // The client puts the name into the request's path as it is.
  if (!/^[\w][\w./:@-]*$/.test(image) || image.includes('..')) return err('this is no name of an image');
  try {
    await docker.getImage(image).inspect();
    return ok(true);
  } catch (error) {
    return statusOf(error) === NOT_FOUND ? ok(false) : err(reasonOf(error));
  }
}

async function pull(
  { docker }: Pick<Engine, 'docker'>,
  { image, platform, credentials }: ImageRequest,
  { signal, env }: PullSettings,
): Promise<void> {
  const registry = registryOf(image);
  const authconfig =
    credentials === undefined ? knownLogin(registry, env) : { ...credentials, serveraddress: registry };
  const stream = await docker.pull(withTag(image), {
    abortSignal: signal,
    ...(platform === undefined ? {} : { platform }),
    ...(authconfig === undefined ? {} : { authconfig }),
  });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}

/** Without a tag the engine would pull every one. */
function withTag(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? image : `${image}:latest`;
}

const HUB = 'https://index.docker.io/v1/';

/** The registry as logins name it. A first part with a dot, a colon or the name localhost is a host. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return !isHost || first === 'docker.io' ? HUB : first;
}

/** What `docker login` has written into the user's settings; programs that keep logins elsewhere are not asked. */
function knownLogin(registry: string, env: PullSettings['env']): AuthConfig | undefined {
  const folder = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');
  const config = readJson(join(folder, 'config.json'));
  const auths: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, 'auths') : undefined;
  const entry: unknown = typeof auths === 'object' && auths !== null ? Reflect.get(auths, registry) : undefined;
  const auth: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'auth') : undefined;
  if (typeof auth !== 'string') return undefined;
  const text = Buffer.from(auth, 'base64').toString();
  const colon = text.indexOf(':');
  return { username: text.slice(0, colon), password: text.slice(colon + 1), serveraddress: registry };
}
