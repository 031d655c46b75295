/**
 * Files lent to another user while a sandbox works on them, which only root has to do and only root can, and what they
 * must not be when they come back. Entries are held by descriptors: a name that is replaced meanwhile leads nowhere else.
 */
import { chmodSync, chownSync, closeSync, constants, fstatSync, openSync, readdirSync, type Stats } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { isErrno } from '../../shared/errno.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface Lent {
  /** Names of files that have another one outside: they were left as they are. */
  readonly linked: number;
  /** Folders that are too deep to be looked into. */
  readonly unreachable: number;
}

/** Elsewhere the engine runs in a machine of its own, which has its own idea of who owns files. */
export const HAS_OWNERS = process.platform === 'linux';

/**
 * Gives everything at and below `path` that belongs to `from` to another. Links are changed themselves and not followed;
 * what runs with its owner's rights does so no longer.
 */
export async function changeOwner(path: string, from: number, to: Owner): Promise<Lent> {
  const names = new Map<string, number>();
  const give = ({ place, stat }: Entry): void => {
    chownSync(place, to.uid, to.gid);
    dropRights({ place, stat });
  };
  const unreachable = await walk(path, (entry) => {
    const { stat } = entry;
    if (stat.uid !== from) return;
    if (hasNames(stat)) names.set(keyOf(stat), (names.get(keyOf(stat)) ?? 0) + 1);
    else give(entry);
  });
  let linked = 0;
  if (names.size > 0)
    await walk(path, (entry) => {
      const { stat } = entry;
      if (stat.uid !== from || !hasNames(stat)) return;
      if (names.get(keyOf(stat)) === stat.nlink) give(entry);
      else linked += 1;
    });
  return { linked, unreachable };
}

const NOTHING: Lent = { linked: 0, unreachable: 0 };

/**
 * What a sandbox has worked on as the user `from` is this user's alone again. Nothing below `path` gives the rights of
 * its owner to whoever runs it any longer.
 */
export async function takeBackFiles(path: string, from: number): Promise<Lent> {
  const own = process.getuid?.() ?? from;
  if (!HAS_OWNERS) return NOTHING;
  if (own !== from) return changeOwner(path, from, { uid: own, gid: process.getgid?.() ?? own });
  await dropRightsBelow(path, own);
  return NOTHING;
}

async function dropRightsBelow(path: string, own: number): Promise<void> {
  await walk(path, ({ place, stat }) => {
    if (stat.uid !== own) return;
    // Shut to its owner, and perhaps not to others.
    const isShut = stat.isDirectory() && (stat.mode & LOOK) !== LOOK;
    if (isShut) chmodSync(place, (stat.mode & MODE & ~RIGHTS) | LOOK);
    else dropRights({ place, stat });
  });
}

const LOOK = 0o500;

/** Set-user-ID and set-group-ID. What else a file may do is taken from it with its owner, by the kernel. */
const RIGHTS = 0o6000;
const MODE = 0o7777;

function dropRights({ place, stat }: Entry): void {
  if ((stat.mode & RIGHTS) !== 0 && !stat.isSymbolicLink()) chmodSync(place, stat.mode & MODE & ~RIGHTS);
}

function hasNames(stat: Stats): boolean {
  return stat.isFile() && stat.nlink > 1;
}

function keyOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

interface Entry {
  /** A path that leads to this very entry, whatever becomes of its name. */
  readonly place: string;
  readonly stat: Stats;
}

/** Only names an entry: neither opens a device nor waits for a pipe. */
const O_PATH = 0o10_000_000;
/** Folders in folders; each costs a descriptor on the way. */
const DEEPEST = 256;
/** Entries between two looks at what else there is to do. */
const SLICE = 500;

/** Folders before what is in them, each name once. How many folders were too deep. */
async function walk(path: string, visit: (entry: Entry) => void): Promise<number> {
  let seen = 0;
  let unreachable = 0;
  const go = async (name: Buffer, depth: number): Promise<void> => {
    const fd = hold(name);
    if (fd === undefined) return;
    try {
      const place = `/proc/self/fd/${fd}`;
      const stat = fstatSync(fd);
      visit({ place, stat });
      if (++seen % SLICE === 0) await turn();
      if (!stat.isDirectory()) return;
      if (depth === DEEPEST) unreachable += 1;
      else for (const below of listNames(place)) await go(Buffer.concat([Buffer.from(`${place}/`), below]), depth + 1);
    } finally {
      closeSync(fd);
    }
  };
  await go(Buffer.from(path), 0);
  return unreachable;
}

function hold(name: Buffer): number | undefined {
  try {
    return openSync(name, O_PATH | constants.O_NOFOLLOW);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EACCES')) throw error;
    return undefined;
  }
}

/** Names are bytes: a task may choose any. What is somebody else's and shut is theirs to look after. */
function listNames(place: string): readonly Buffer[] {
  try {
    return readdirSync(place, { encoding: 'buffer' });
  } catch (error) {
    if (!isErrno(error, 'EACCES')) throw error;
    return [];
  }
}
