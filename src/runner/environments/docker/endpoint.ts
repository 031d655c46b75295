/** Where the container engine is to be found: as the environment says, as Docker's own settings say, or where it usually is. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../../../shared/result.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface Endpoint {
  readonly socketPath: string;
  /** What named it, for messages. */
  readonly from: string;
}

/** The error is a sentence: what a job cannot have, and what to do about it. */
export function findEndpoint(env: Variables): Result<Endpoint, string> {
  const host = env['DOCKER_HOST'];
  if (host) return readHost(host, 'DOCKER_HOST');
  const context = env['DOCKER_CONTEXT'] ?? currentContext(env);
  if (context !== undefined && context !== '' && context !== 'default') return readContext(context, env);
  const usual = usualSockets(env);
  const found = usual.find((path) => existsSync(path));
  if (found !== undefined) return ok({ socketPath: found, from: found });
  return err(`there is no socket of one (looked for ${usual.join(', ')})`);
}

function readHost(host: string, from: string): Result<Endpoint, string> {
  if (host.startsWith('unix://')) return ok({ socketPath: host.slice('unix://'.length), from: `${from}=${host}` });
  if (host.startsWith('npipe://')) return ok({ socketPath: host.slice('npipe://'.length), from: `${from}=${host}` });
  return err(
    `${from} names ${withoutUser(host)}, which may be another machine: only an engine on this one can see the job's files`,
  );
}

/** A URL may hold a name and a password. */
function withoutUser(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}

function configDirectory(env: Variables): string {
  return env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');
}

function currentContext(env: Variables): string | undefined {
  const config = readJson(join(configDirectory(env), 'config.json'));
  const current = field(config, 'currentContext');
  return typeof current === 'string' ? current : undefined;
}

/** Docker keeps a context in a folder that its name's hash names. */
function readContext(name: string, env: Variables): Result<Endpoint, string> {
  const folder = createHash('sha256').update(name).digest('hex');
  const meta = readJson(join(configDirectory(env), 'contexts', 'meta', folder, 'meta.json'));
  const host = field(field(field(meta, 'Endpoints'), 'docker'), 'Host');
  if (typeof host === 'string') return readHost(host, `the Docker context ${name}`);
  return err(`there is no Docker context ${name}`);
}

function usualSockets(env: Variables): readonly string[] {
  const home = env['HOME'] ?? homedir();
  const runtime = env['XDG_RUNTIME_DIR'];
  return [
    '/var/run/docker.sock',
    ...(runtime === undefined ? [] : [join(runtime, 'docker.sock'), join(runtime, 'podman', 'podman.sock')]),
    join(home, '.docker', 'run', 'docker.sock'),
  ];
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}

/** Undefined when there is none or it cannot be understood. */
export function readJson(path: string): unknown {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return value;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}
