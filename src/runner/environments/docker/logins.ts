/** What `docker login` has written into the user's settings; programs that keep logins elsewhere are not asked. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readJson } from './endpoint.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The registry of names without one. */
export const HUB = 'https://index.docker.io/v1/';

/** By the registries' names in there, such as `localhost:5000`. */
export function knownLogins(env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, Login> {
  const folder = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');
  const auths = memberOf(readJson(join(folder, 'config.json')), 'auths');
  const entries = typeof auths === 'object' && auths !== null ? Object.entries(auths) : [];
  return new Map(
    entries.flatMap(([registry, entry]) => {
      const auth = memberOf(entry, 'auth');
      return typeof auth === 'string' && auth !== '' ? [[registry, readLogin(auth)] as const] : [];
    }),
  );
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function readLogin(auth: string): Login {
  const text = Buffer.from(auth, 'base64').toString();
  const colon = text.indexOf(':');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
