/** Where the container engine is to be found: as the environment says, as Docker's own settings say, or where it usually is. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { SshTarget } from './ssh-connection.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface Endpoint {
  readonly address: Address;
  /** What named it, for messages. */
  readonly from: string;
}

export type Address =
  | { readonly socketPath: string }
  | { readonly ssh: SshTarget }
  /** Over the network. */
  | {
      readonly protocol: 'http' | 'https';
      readonly host: string;
      readonly port: number;
      readonly ca?: Buffer;
      readonly cert?: Buffer;
      readonly key?: Buffer;
    };

/** The error is a sentence: what a job cannot have, and what to do about it. */
export function findEndpoint(env: Variables): Result<Endpoint, string> {
  const host = env['DOCKER_HOST'];
  if (host) {
    const folder = env['DOCKER_TLS_VERIFY'] ? certificates(env) : undefined;
    return readHost({ host, from: 'DOCKER_HOST', shown: `DOCKER_HOST=${withoutUser(host)}`, folder });
  }
  const context = env['DOCKER_CONTEXT'] ?? currentContext(env);
  if (context !== undefined && context !== '' && context !== 'default') return readContext(context, env);
  const usual = usualSockets(env);
  const found = usual.find((path) => existsSync(path));
  if (found !== undefined) return ok({ address: { socketPath: found }, from: found });
  return err(`there is no socket of one (looked for ${usual.join(', ')})`);
}

interface NamedHost {
  readonly host: string;
  readonly from: string;
  readonly shown: string;
  /** Of the keys for TLS. */
  readonly folder: string | undefined;
}

const PORT = 2375;
const TLS_PORT = 2376;

function readHost({ host, from, shown, folder }: NamedHost): Result<Endpoint, string> {
  const socket = /^(?:unix|npipe):\/\/(.+)$/s.exec(host)?.[1];
  if (socket !== undefined) return ok({ address: { socketPath: socket }, from: shown });
  const url = /^(?:tcp|https?|ssh):\/\//.test(host) && URL.canParse(host) ? new URL(host) : undefined;
  if (url === undefined || url.hostname === '')
    return err(`${from} names ${withoutUser(host)}, and only unix://, tcp:// and ssh:// are supported`);
  return url.protocol === 'ssh:' ? readSsh(url, from, shown) : ok({ address: overNetwork(url, folder), from: shown });
}

function overNetwork(url: URL, folder: string | undefined): Address {
  const tls = url.protocol === 'https:' || folder !== undefined;
  const keys = tls ? readKeys(folder) : {};
  const port = Number(url.port) || (tls ? TLS_PORT : PORT);
  // An address of version 6 has brackets in a URL alone.
  const name = url.hostname.replace(/^\[|\]$/g, '');
  return { protocol: tls ? 'https' : 'http', host: name, port, ...keys };
}

/** ssh asks nobody: its keys, and the names of machines, are in its own settings. */
function readSsh(url: URL, from: string, shown: string): Result<Endpoint, string> {
  const named = `${from} names ${withoutUser(url.href)}`;
  if (url.password !== '') return err(`${named} with a password, and ssh takes none from there: use a key`);
  if (url.pathname !== '' && url.pathname !== '/') return err(`${named}, and no path is supported behind the machine`);
  // ssh itself knows no such escapes.
  if (url.username.includes('%')) return err(`${from} names a user with %, and none such is supported`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return ok({ address: { ssh: { user: url.username, host, port: Number(url.port) } }, from: shown });
}

function certificates(env: Variables): string {
  return env['DOCKER_CERT_PATH'] ?? configDirectory(env);
}

/** What is not there is left out: the engine says what it lacks. */
function readKeys(folder: string | undefined): { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } {
  if (folder === undefined) return {};
  const read = (name: string): Buffer | undefined => {
    const path = join(folder, `${name}.pem`);
    return existsSync(path) ? readFileSync(path) : undefined;
  };
  const found = (['ca', 'cert', 'key'] as const).map((name) => [name, read(name)] as const);
  return Object.fromEntries(found.filter(([, text]) => text !== undefined));
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
  const contexts = join(configDirectory(env), 'contexts');
  const meta = readJson(join(contexts, 'meta', folder, 'meta.json'));
  const host = field(field(field(meta, 'Endpoints'), 'docker'), 'Host');
  if (typeof host === 'string') {
    const keys = join(contexts, 'tls', folder, 'docker');
    const from = `the Docker context ${name}`;
    return readHost({ host, from, shown: from, folder: existsSync(keys) ? keys : undefined });
  }
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
