/** Makes a folder of this machine what a copy of it has become elsewhere, and leaves alone what is the same. */
import {
  chmodSync,
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * `fresh` is used up; undefined is an empty one. The folder itself stays, as do those in it that are there in both:
 * what runs in them goes on. `kept` are paths below it, with `/`, that nothing is said about.
 */
export function mergeFolder(fresh: string | undefined, folder: string, kept: ReadonlySet<string>): void {
  mergeAt('', { fresh, folder, kept });
}

interface Merge {
  readonly fresh: string | undefined;
  readonly folder: string;
  readonly kept: ReadonlySet<string>;
}

function mergeAt(path: string, merge: Merge): void {
  const { fresh, folder, kept } = merge;
  const names = new Set(fresh === undefined ? [] : readdirSync(join(fresh, path)));
  const below = (name: string): string => (path === '' ? name : `${path}/${name}`);
  for (const name of readdirSync(join(folder, path)))
    if (!names.has(name) && !kept.has(below(name))) rmSync(join(folder, below(name)), { recursive: true, force: true });
  if (fresh === undefined) return;
  for (const name of names) if (!kept.has(below(name))) mergeEntry(below(name), { ...merge, fresh });
}

function mergeEntry(path: string, merge: Merge & { readonly fresh: string }): void {
  const [from, to] = [join(merge.fresh, path), join(merge.folder, path)];
  const [now, before] = [lstatSync(from), lstatSync(to, { throwIfNoEntry: false })];
  if (now.isDirectory() && before?.isDirectory() === true) {
    mergeAt(path, merge);
    if (now.mode !== before.mode) chmodSync(to, now.mode & PERMISSIONS);
    return;
  }
  const isSame =
    before !== undefined &&
    now.mode === before.mode &&
    now.size === before.size &&
    (now.isSymbolicLink() ? readlinkSync(from) === readlinkSync(to) : now.isFile() && hasSameBytes(from, to, now.size));
  if (isSame) return;
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
}

const PERMISSIONS = 0o777;
const PIECE = 1024 * 1024;

function hasSameBytes(one: string, other: string, size: number): boolean {
  const files = [openSync(one, 'r'), openSync(other, 'r')] as const;
  const length = Math.min(PIECE, size + 1);
  const pieces = [Buffer.alloc(length), Buffer.alloc(length)] as const;
  try {
    for (;;) {
      const [read, read2] = [readSync(files[0], pieces[0]), readSync(files[1], pieces[1])];
      if (read !== read2 || !pieces[0].subarray(0, read).equals(pieces[1].subarray(0, read))) return false;
      if (read === 0) return true;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}
