/** The files of a job whose container is on another machine: copied there before a step, and back when they are asked for. */
import { lstatSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { Readable, Transform } from 'node:stream';
import type { Container } from 'dockerode';
import { type Headers, type Pack, pack } from 'tar-fs';
import { type HostPath, hostPath } from '../../../shared/brand.ts';
import { isErrno } from '../../../shared/errno.ts';
import { type Failure, MachineError } from '../../../shared/failure.ts';
import { unpackArchive } from './archive.ts';
import { GUARDED } from './build-context.ts';
import { reasonOf, statusOf } from './engine.ts';
import type { Mount } from './path-map.ts';

/** Reject with a `MachineError` when the engine is gone, or what comes from it cannot be taken. */
export interface RemoteFiles {
  /** What is new on this machine since the last time. */
  send(): Promise<void>;
  /** The folder of a mount becomes what it is in the container. */
  fetch(mount: Mount): Promise<void>;
  /** The same for files that this machine has there, and for no others. */
  fetchKnown(mount: Mount): Promise<void>;
}

export interface RemoteFilesSettings {
  readonly container: Container;
  /** Of the image's user, whose the files are in there. */
  readonly uid: number;
  /** Folders that are there and empty. */
  readonly bare: readonly Mount[];
  /** What nobody here changes once it was sent. */
  readonly once: readonly Mount[];
  /** What changes while the job runs. */
  readonly always: readonly Mount[];
}

interface Entry {
  /** The folder of its mount. */
  readonly root: string;
  readonly host: string;
  readonly inner: string;
  readonly isFolder: boolean;
  /** Another one when its file is another, or has changed. */
  readonly state: string;
}

const NOT_FOUND = 404;

export function createRemoteFiles(settings: RemoteFilesSettings): RemoteFiles {
  const { container, uid, bare, once, always } = settings;
  const mounts = [...once, ...always];
  const sent = new Map<string, string>();
  let isFirst = true;
  const sendNew = async (): Promise<void> => {
    const wanted = (isFirst ? mounts : always).flatMap((mount) => list(mount, mounts));
    const empty = isFirst ? bare.flatMap(({ host, inner }) => entryOf({ root: host, host, inner }) ?? []) : [];
    const fresh = [...empty, ...wanted].filter(({ inner, state }) => sent.get(inner) !== state);
    if (fresh.length === 0) return;
    await attempt('files could not be copied to the container', () => put(container, packed(fresh, uid)));
    for (const { inner, state } of fresh) sent.set(inner, state);
    isFirst = false;
  };
  const open = async (mount: Mount, use: (folder: string | undefined) => void): Promise<void> => {
    const fresh = hostPath(mkdtempSync(join(dirname(mount.host), '_copy-')));
    try {
      await attempt(`${mount.inner} could not be copied from the container`, () => take(container, mount.inner, fresh));
      const folder = join(fresh, basename(mount.inner));
      // A step may have removed it, or made a link of it, which is not to be followed.
      use(lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? folder : undefined);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  };
  // Two at once would send, or replace, the same.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    const turn = last.then(act);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    send: () => inTurn(() => untilStill(sendNew)),
    fetch: (mount) => inTurn(() => open(mount, (folder) => swap(folder, mount.host))),
    fetchKnown: (mount) =>
      inTurn(() =>
        open(mount, (folder) => {
          for (const name of readdirSync(mount.host))
            replaceFile(folder === undefined ? undefined : join(folder, name), join(mount.host, name));
          for (const { inner, state } of list(mount, mounts)) sent.set(inner, state);
        }),
      ),
  };
}

const MOST_ATTEMPTS = 5;

/** A file of a step that has ended may be removed while it is being sent. */
async function untilStill(act: () => Promise<void>, attempts = MOST_ATTEMPTS): Promise<void> {
  try {
    await act();
  } catch (error) {
    const { cause } = error instanceof Error ? error : {};
    if (attempts === 1 || !isErrno(cause, 'ENOENT')) throw error;
    await untilStill(act, attempts - 1);
  }
}

/** The folder and all below it, those before what is in them; what another mount has is left to that. */
function list(mount: Mount, mounts: readonly Mount[]): readonly Entry[] {
  const others = new Set(mounts.filter(({ host }) => host !== mount.host).map(({ host }): string => host));
  const entries: Entry[] = [];
  const visit = (host: string, inner: string): void => {
    const entry = entryOf({ root: mount.host, host, inner });
    if (entry === undefined) return;
    entries.push(entry);
    if (!entry.isFolder) return;
    for (const name of readdirSync(host)) {
      const below = join(host, name);
      if (!others.has(below)) visit(below, `${inner}/${name}`);
    }
  };
  visit(mount.host, mount.inner);
  return entries;
}

/** Undefined for what is no file, folder or link. */
function entryOf(place: Pick<Entry, 'root' | 'host' | 'inner'>): Entry | undefined {
  const stats = lstatSync(place.host, { bigint: true, throwIfNoEntry: false });
  const isFolder = stats?.isDirectory() === true;
  if (stats === undefined || !(isFolder || stats.isFile() || stats.isSymbolicLink())) return undefined;
  const changed = isFolder ? '' : `${stats.size}:${stats.ctimeNs}`;
  return { ...place, isFolder, state: `${stats.ino}:${stats.mode}:${changed}` };
}

/** One archive of all; the packer takes a folder at a time, and hands the archive on to the next. */
function packed(entries: readonly Entry[], uid: number): Readable {
  const roots = [...new Set(entries.map(({ root }) => root))];
  const [first, ...others] = roots.map((root) => [root, entries.filter((entry) => entry.root === root)] as const);
  if (first === undefined) throw new Error('there is nothing to be packed');
  return packFolder(first, others, uid);
}

type Group = readonly [root: string, entries: readonly Entry[]];

function packFolder([root, entries]: Group, others: readonly Group[], uid: number, archive?: Pack): Pack {
  const names = new Map(entries.map(({ host, inner }) => [relative(root, host) || '.', inner.slice(1)]));
  const [next, ...rest] = others;
  const options = {
    entries: [...names.keys()],
    // Each entry is listed by itself.
    ignore: () => true,
    fs: GUARDED,
    umask: 0,
    map: (header: Headers) => ({ ...header, name: names.get(header.name) ?? header.name, uid, gid: 0 }),
    pack: archive,
    finalize: next === undefined,
    finish: (open: Pack) => {
      if (next !== undefined) packFolder(next, rest, uid, open);
    },
  };
  return pack(root, options);
}

async function put(container: Container, files: Readable): Promise<void> {
  await moving(async (signal, heard) => {
    const failed = new AbortController();
    let reason: unknown;
    const watched = new Transform({
      transform: (chunk: Uint8Array, _, done) => {
        heard();
        done(null, chunk);
      },
    });
    files.once('error', (error) => {
      reason = error;
      failed.abort();
    });
    files.pipe(watched);
    try {
      const abortSignal = AbortSignal.any([signal, failed.signal]);
      await container.putArchive(watched, { path: '/', abortSignal });
    } catch (error) {
      throw reason ?? error;
    } finally {
      files.destroy();
    }
  });
}

/** What is not there is left out. */
async function take(container: Container, inner: string, folder: HostPath): Promise<void> {
  await moving(async (abortSignal, heard) => {
    try {
      const archive = Readable.from(await container.getArchive({ path: inner, abortSignal }));
      await unpackArchive(archive, folder, { heard });
    } catch (error) {
      if (statusOf(error) !== NOT_FOUND) throw error;
    }
  });
}

/** Milliseconds without a byte after which the engine is given up. */
const SILENCE = 120_000;

/** A copy may take long, as long as it moves. */
async function moving(copy: (signal: AbortSignal, heard: () => void) => Promise<void>): Promise<void> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), SILENCE);
  try {
    await copy(silent.signal, () => void timer.refresh());
  } catch (error) {
    throw silent.signal.aborted ? new Error(`nothing has moved for ${SILENCE / 1000} seconds`) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** The old one goes when the new one is there. */
function swap(fresh: string | undefined, folder: string): void {
  if (fresh === undefined) {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
    return;
  }
  const old = mkdtempSync(join(dirname(folder), '_old-'));
  renameSync(folder, join(old, 'folder'));
  renameSync(fresh, folder);
  rmSync(old, { recursive: true, force: true });
}

/** Links are taken as they are: who reads the file follows none. */
function replaceFile(fresh: string | undefined, path: string): void {
  const stats = fresh === undefined ? undefined : lstatSync(fresh, { throwIfNoEntry: false });
  rmSync(path, { recursive: true, force: true });
  if (fresh !== undefined && (stats?.isFile() === true || stats?.isSymbolicLink() === true)) renameSync(fresh, path);
}

async function attempt<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const failure: Failure = { code: 'environment-lost', message: `${what}: ${reasonOf(error)}` };
    throw new MachineError(failure, { cause: error });
  }
}
