/** Files lent to another user while a sandbox works on them: only root has to do that, and only root can. */
import type { BigIntStats, Dirent } from 'node:fs';
import { lchown, lstat, readdir } from 'node:fs/promises';
import { errnoOf } from '../../shared/errno.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface Lent {
  /** Files that have another name too, perhaps outside: they were left as they are. */
  readonly linked: number;
  /** What could not be reached, since its path is too long for the system. */
  readonly unreachable: number;
}

/**
 * Gives everything at and below `path` that belongs to `from` to another. Nothing else may work there meanwhile. Links
 * are changed themselves and not followed.
 */
export async function changeOwner(path: string, from: number, to: Owner): Promise<Lent> {
  const lent = { linked: 0, unreachable: 0 };
  await visit(Buffer.from(path), { from: BigInt(from), to, lent });
  return lent;
}

interface Change {
  readonly from: bigint;
  readonly to: Owner;
  readonly lent: { linked: number; unreachable: number };
}

/** Names are bytes: a task may choose any. */
async function visit(path: Buffer, change: Change): Promise<void> {
  const found = await look(path, change);
  if (found === undefined) return;
  if (found.uid === change.from) await give(path, found, change);
  if (!found.isDirectory()) return;
  for (const group of inGroups(await readdir(path, { withFileTypes: true, encoding: 'buffer' })))
    await Promise.all(group.map(({ name }) => visit(Buffer.concat([path, SLASH, name]), change)));
}

const SLASH = Buffer.from('/');
/** At once, in a directory. */
const GROUP = 64;

function inGroups(entries: readonly Dirent<Buffer>[]): readonly (readonly Dirent<Buffer>[])[] {
  const count = Math.ceil(entries.length / GROUP);
  return Array.from({ length: count }, (_, at) => entries.slice(at * GROUP, (at + 1) * GROUP));
}

async function look(path: Buffer, { lent }: Change): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return undefined;
    if (code !== 'ENAMETOOLONG') throw error;
    lent.unreachable += 1;
    return undefined;
  }
}

async function give(path: Buffer, found: BigIntStats, { to, lent }: Change): Promise<void> {
  if (found.isFile() && found.nlink > 1n && Number(found.uid) === process.getuid?.()) lent.linked += 1;
  else await lchown(path, to.uid, to.gid);
}
