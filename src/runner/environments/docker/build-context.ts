/** The folder that an image is built from, as the engine takes it: a tar without what its .dockerignore leaves out. */
import { createHash } from 'node:crypto';
import fs, { constants, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import dockerignore from '@balena/dockerignore';
import { type Headers, pack } from 'tar-fs';
import type { HostPath } from '../../../shared/brand.ts';

export interface BuildContext {
  readonly folder: HostPath;
  /** Below the folder, with `/`. */
  readonly dockerfile: string;
  /** The text of its .dockerignore. */
  readonly ignore?: string | undefined;
}

export interface PackedContext {
  /** Of names, modes and contents, in hexadecimal; not of times. */
  readonly digest: string;
  readonly dockerfile: string;
  /** The tar, packed anew with each call. */
  open(): Readable;
}

export async function packContext(context: BuildContext, signal: AbortSignal): Promise<PackedContext> {
  const entries = await listEntries(context);
  const hash = createHash('sha256').update(JSON.stringify([context.dockerfile]));
  await pipeline(
    tarOf(context, entries, SAME_TIME),
    async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) hash.update(chunk);
    },
    { signal },
  );
  return { digest: hash.digest('hex'), dockerfile: context.dockerfile, open: () => tarOf(context, entries) };
}

const SAME_TIME = new Date(0);

function tarOf({ folder }: BuildContext, entries: readonly string[], time?: Date): Readable {
  const options = {
    entries: [...entries],
    // Each entry is listed by itself.
    ignore: () => true,
    fs: GUARDED,
    umask: 0,
    map: (header: Headers) => ({ ...header, uid: 0, gid: 0, ...(time === undefined ? {} : { mtime: time }) }),
  };
  return pack(folder, options);
}

/** Node takes a number for flags, whatever the types say. */
const NO_DETOUR: object = { flags: constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK };

/** What was a file when it was listed may be a link or a pipe by now: neither is followed or waited for. */
export const GUARDED: typeof fs = {
  ...fs,
  createReadStream: (path, options) =>
    fs.createReadStream(path, {
      ...(typeof options === 'object' ? options : {}),
      ...NO_DETOUR,
    }),
};

/** Folders before what is in them, in an order of their own. */
async function listEntries({ folder, dockerfile, ignore = '' }: BuildContext): Promise<readonly string[]> {
  const rules = dockerignore.default({ ignorecase: false }).add(ignore);
  // An exception may hold for something in a folder that is left out.
  const hasExceptions = /^\s*!/m.test(ignore);
  const listed: string[] = [];
  const visit = async (path: string): Promise<void> => {
    for (const entry of await childrenOf(join(folder, path))) {
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      const isKept = !rules.ignores(below) || below === dockerfile;
      if (isKept && canBePacked(entry)) listed.push(below);
      const isOnTheWay = dockerfile.startsWith(`${below}/`);
      if (entry.isDirectory() && (isKept || hasExceptions || isOnTheWay)) await visit(below);
    }
  };
  await visit('');
  return listed;
}

async function childrenOf(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function canBePacked(entry: Dirent): boolean {
  return entry.isFile() || entry.isDirectory() || entry.isSymbolicLink();
}
