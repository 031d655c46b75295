// A directory that holds all that a benchmark writes, and an environment that keeps the user's settings out.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `BENCH_DIR` names another directory than the system's temporary one, such as one on another disk. */
export function openPlace(dist) {
  const top = realpathSync(mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'orch-bench-')));
  const close = () => rmSync(top, { recursive: true, force: true });
  const leave = () => process.exit(130);
  process.once('exit', close);
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  for (const name of ['home', 'cache', 'tmp']) mkdirSync(join(top, name));
  // A copy: a build in the meantime changes nothing here.
  cpSync(dist, join(top, 'dist'), { recursive: true });
  return {
    top,
    orch: join(top, 'dist', 'orch.js'),
    env: {
      PATH: process.env.PATH,
      HOME: join(top, 'home'),
      XDG_CACHE_HOME: join(top, 'cache'),
      TMPDIR: join(top, 'tmp'),
      LANG: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
    },
  };
}
