// A directory that holds all that a benchmark writes, and an environment that keeps the user's settings out.
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The top lies in memory where there is room; `BENCH_DIR` names another directory. */
export function openPlace(dist) {
  if (!existsSync(dist)) throw new Error(`there is no ${dist}: npm run build first`);
  const top = realpathSync(mkdtempSync(join(process.env.BENCH_DIR ?? roomInMemory() ?? tmpdir(), 'orch-bench-')));
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
    inMemory: isMemory(top),
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

const TMPFS = 0x01021994;
const ROOM = 2 * 2 ** 30;

/**
 * On a disk both sides spend most of their time in the file system, as much as the disk and its neighbours will have it:
 * ratios come out lower and differ from run to run.
 */
function roomInMemory() {
  const folder = '/dev/shm';
  if (!existsSync(folder) || !isMemory(folder)) return undefined;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > ROOM ? folder : undefined;
}

function isMemory(folder) {
  return statfsSync(folder).type === TMPFS;
}
