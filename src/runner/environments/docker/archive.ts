/**
 * Files that come out of a container as a tar, written below a folder of this machine. Who filled the container is
 * not trusted: nothing is written outside of the folder, and of links it is only kept where they lead.
 */
import * as fs from 'node:fs';
import { lstatSync, realpathSync, symlinkSync, type WriteStream } from 'node:fs';
import { devNull } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Headers } from 'tar-fs';
import type { HostPath } from '../../../shared/brand.ts';
import { isErrno } from '../../../shared/errno.ts';

export interface UnpackOptions {
  /** The most of the archive as it comes. */
  readonly bytes?: number;
  /** The most files and folders. */
  readonly entries?: number;
  /** Told of each piece. */
  readonly heard?: () => void;
}

const MOST_BYTES = 64 * 1024 ** 3;
const MOST_ENTRIES = 5_000_000;

interface Link {
  readonly path: string;
  readonly target: unknown;
}

/**
 * `folder` is new and empty. Devices and pipes are left out. Rejects when the archive breaks off, is none, or goes
 * beyond the limits; what was written until then is there.
 */
export async function unpackArchive(archive: Readable, folder: HostPath, asked: UnpackOptions = {}): Promise<void> {
  const { bytes = MOST_BYTES, entries: most = MOST_ENTRIES, heard = () => undefined } = asked;
  const links: Link[] = [];
  // What is not written while others are, and what it is: a hard link to it is another of the same.
  const apart = new Map<string, Link['target']>();
  let entries = 0;
  let tooMany: Error | undefined;
  const isLeftOut = (path: string, header?: Headers): boolean => {
    entries += 1;
    if (entries > most) {
      tooMany ??= new Error(`it has more than ${most} files`);
      archive.destroy(tooMany);
    }
    const target = header === undefined ? WRITTEN : targetOf(header, folder, apart);
    if (target === WRITTEN) return tooMany !== undefined;
    apart.set(path, target);
    if (target !== undefined) links.push({ path, target });
    return true;
  };
  const writing = new Set<WriteStream>();
  const calls = new Set<Promise<void>>();
  let isOver = false;
  const options = {
    ignore: isLeftOut,
    map: reachable,
    strict: false,
    umask: 0,
    chown: false,
    fs: watched({ writing, calls }, () => isOver),
  };
  try {
    await pipeline(archive, counting(bytes, heard), extract(folder, options));
  } finally {
    isOver = true;
    await Promise.all([...[...writing].map(closed), ...calls]);
  }
  // It may have been read to its end already.
  if (tooMany !== undefined) throw tooMany;
  // With all files in their place no link can lead one of them elsewhere.
  const root = realpathSync(folder);
  for (const link of links) makeLink(link, root, folder);
}

const WRITTEN = Symbol('a file, a folder, or another name of a file');

/** Where a link leads; undefined for what is left out, such as a device. */
function targetOf(header: Headers, folder: HostPath, apart: ReadonlyMap<string, Link['target']>): unknown {
  const { type } = header;
  const linked: unknown = Reflect.get(header, 'linkname');
  if (type === 'symlink') return linked;
  if (type === 'file' || type === 'directory') return WRITTEN;
  const same = type === 'link' && typeof linked === 'string' ? join(folder, posix.normalize(`/${linked}`)) : '';
  return same === '' || apart.has(same) ? apart.get(same) : WRITTEN;
}

/** What has begun and not ended. */
interface UnderWay {
  readonly writing: Set<WriteStream>;
  readonly calls: Set<Promise<void>>;
}

/** What makes something in the folder, or is asked before that. */
const CALLS = ['mkdir', 'lstat', 'stat', 'link', 'unlink', 'utimes', 'chmod'] as const;

/**
 * The file system, with what is under way told of when the archive breaks off; what would begin after that does not, and
 * a file that is about to be written goes nowhere.
 */
function watched({ writing, calls }: UnderWay, isOver: () => boolean): typeof fs {
  const told =
    (name: (typeof CALLS)[number]) =>
    (first: unknown, ...more: unknown[]) => {
      const done = more.pop();
      if (typeof done !== 'function') throw new TypeError(`${name} is asked for without a callback`);
      if (isOver()) {
        process.nextTick(() => void Reflect.apply(done, undefined, [new Error('it broke off')]));
        return;
      }
      const call = new Promise<void>((resolve) => {
        const end = (...results: readonly unknown[]): void => {
          // What it leads to has begun when this is over, and is told of itself.
          Reflect.apply(done, undefined, results);
          calls.delete(call);
          resolve();
        };
        Reflect.apply(fs[name], fs, [first, ...more, end]);
      });
      calls.add(call);
    };
  const createWriteStream: typeof fs.createWriteStream = (path, options) => {
    const stream = fs.createWriteStream(isOver() ? devNull : path, options);
    writing.add(stream);
    return stream.once('close', () => writing.delete(stream));
  };
  return { ...fs, ...Object.fromEntries(CALLS.map((name) => [name, told(name)])), createWriteStream };
}

function closed(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.destroy();
  });
}

const OWN_FOLDER = 0o700;
const OWN_FILE = 0o600;

/** This user must be able to go through all of it, and to remove it. */
function reachable(header: Headers): Headers {
  // A name can only be one below the folder, wherever it points.
  const name = posix.normalize(`/${header.name}`);
  return { ...header, name, mode: header.mode | (header.type === 'directory' ? OWN_FOLDER : OWN_FILE) };
}

function counting(limit: number, heard: () => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      heard();
      bytes += chunk.length;
      if (bytes > limit) done(new Error(`it has more than ${limit} bytes`));
      else done(null, chunk);
    },
  });
}

/** One whose folder is a link itself, or whose place is taken, is left out: no container's file system has such. */
function makeLink({ path, target }: Link, root: string, folder: HostPath): void {
  const parent = dirname(path);
  if (typeof target !== 'string' || target === '' || target.includes('\0')) return;
  try {
    if (realpathSync(parent) !== join(root, parent.slice(folder.length))) return;
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) symlinkSync(target, join(parent, basename(path)));
  } catch (error) {
    if (!isErrno(error, 'EEXIST', 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG')) throw error;
  }
}
