/** Where orch keeps what runs may share and what only one of them needs, outside every repository. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** `~/.cache/orch`, or where XDG_CACHE_HOME says. */
export function cacheDirectory(): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(process.env['HOME'] || homedir(), '.cache');
  return join(resolve(cache), 'orch');
}
