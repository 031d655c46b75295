/** Files for a container on another machine: copied there, and back when they are asked for. */
import { lstatSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { Readable, Transform } from 'node:stream';
import type { Container } from 'dockerode';
import { type Headers, type Pack, pack } from 'tar-fs';
import { type HostPath, hostPath } from '../../../shared/brand.ts';
import { isErrno } from '../../../shared/errno.ts';
import { type Failure, MachineError } from '../../../shared/failure.ts';
import { unpackArchive } from './archive.ts';
import { GUARDED } from './build-context.ts';
import { reasonOf, statusOf } from './engine.ts';
import { mergeFolder } from './merge-folder.ts';
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

/** Whose a file is there, and what may be done with it; the header has both as they are here. */
export type Access = (header: Headers, mount: Mount) => Pick<Headers, 'uid' | 'gid' | 'mode'>;

export interface CopiedMounts {
  /** Folders that are there and empty. */
  readonly bare: readonly Mount[];
  /** What nobody here changes once it was sent. */
  readonly once: readonly Mount[];
  /** What changes while the job runs. */
  readonly always: readonly Mount[];
  readonly access: Access;
}

export interface RemoteFilesSettings extends CopiedMounts {
  readonly container: Container;
  /** Where that has what the container that the files are for has at a path. */
  readonly placeOf: (inner: string) => string;
}

interface Entry {
  readonly mount: Mount;
  readonly host: string;
  /** The path in the container that files are copied to. */
  readonly place: string;
  readonly isFolder: boolean;
  /** Another one when its file is another, or has changed. */
  readonly state: string;
}

const NOT_FOUND = 404;

export function createRemoteFiles(settings: RemoteFilesSettings): RemoteFiles {
  const { container, placeOf, access, bare, once, always } = settings;
  const mounts = [...once, ...always];
  const sent = new Map<string, string>();
  let isFirst = true;
  const sendNew = async (): Promise<void> => {
    const wanted = (isFirst ? mounts : always).flatMap((mount) => listEntries(mount, mounts, placeOf));
    const empty = isFirst ? bare.flatMap((mount) => entryOf(mount, mount.host, placeOf(mount.inner)) ?? []) : [];
    const fresh = [...empty, ...wanted].filter(({ place, state }) => sent.get(place) !== state);
    if (fresh.length === 0) return;
    await attempt('files could not be copied to the container', () => put(container, packEntries(fresh, access)));
    for (const { place, state } of fresh) sent.set(place, state);
    isFirst = false;
  };
  const open = async (mount: Mount, use: (folder: string | undefined) => void): Promise<void> => {
    const place = placeOf(mount.inner);
    const fresh = hostPath(mkdtempSync(join(dirname(mount.host), '_copy-')));
    try {
      await attempt(`${mount.inner} could not be copied from the container`, () => take(container, place, fresh));
      const folder = join(fresh, basename(place));
      // A step may have removed it, or made a link of it, which is not to be followed.
      const found = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? folder : undefined;
      await attempt(`${mount.inner} could not be taken over from the container`, async () => use(found));
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
    fetch: (mount) =>
      inTurn(() => open(mount, (folder) => mergeFolder(folder, mount.host, placesWithin(mount, mounts)))),
    fetchKnown: (mount) =>
      inTurn(() =>
        open(mount, (folder) => {
          for (const name of readdirSync(mount.host))
            replaceFile(folder === undefined ? undefined : join(folder, name), join(mount.host, name));
          for (const { place, state } of listEntries(mount, mounts, placeOf)) sent.set(place, state);
        }),
      ),
  };
}

/** Paths below the folder of a mount, there or here, that are another's: what is at them is that one's to say. */
function placesWithin(mount: Mount, mounts: readonly Mount[]): ReadonlySet<string> {
  const below = (path: string, folder: string, separator: string): readonly string[] =>
    path.startsWith(folder + separator) ? [path.slice(folder.length + 1)] : [];
  return new Set(
    mounts.flatMap(({ host, inner }) => [...below(host, mount.host, sep), ...below(inner, mount.inner, '/')]),
  );
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
export function listEntries(
  mount: Mount,
  mounts: readonly Mount[],
  placeOf: (inner: string) => string,
): readonly Entry[] {
  const others = placesWithin(mount, mounts);
  const entries: Entry[] = [];
  const visit = (path: string): void => {
    const entry = entryOf(mount, join(mount.host, path), placeOf(mount.inner) + (path === '' ? '' : `/${path}`));
    if (entry === undefined) return;
    entries.push(entry);
    if (!entry.isFolder) return;
    for (const name of readdirSync(entry.host)) {
      const below = path === '' ? name : `${path}/${name}`;
      if (!others.has(below)) visit(below);
    }
  };
  visit('');
  return entries;
}

/** Undefined for what is no file, folder or link. */
function entryOf(mount: Mount, host: string, place: string): Entry | undefined {
  const stats = lstatSync(host, { bigint: true, throwIfNoEntry: false });
  const isFolder = stats?.isDirectory() === true;
  if (stats === undefined || !(isFolder || stats.isFile() || stats.isSymbolicLink())) return undefined;
  const changed = isFolder ? '' : `${stats.size}:${stats.ctimeNs}`;
  return { mount, host, place, isFolder, state: `${stats.ino}:${stats.mode}:${changed}` };
}

/** One archive of all; the packer takes a folder at a time, and hands the archive on to the next. */
export function packEntries(entries: readonly Entry[], access: Access): Readable {
  const mounts = [...new Set(entries.map(({ mount }) => mount))];
  const [first, ...others] = mounts.map((mount) => ({ mount, entries: entries.filter((one) => one.mount === mount) }));
  if (first === undefined) throw new Error('there is nothing to be packed');
  return packFolder(first, others, access);
}

interface Group {
  readonly mount: Mount;
  readonly entries: readonly Entry[];
}

function packFolder({ mount, entries }: Group, others: readonly Group[], access: Access, archive?: Pack): Pack {
  const names = new Map(entries.map(({ host, place }) => [relative(mount.host, host) || '.', place.slice(1)]));
  const [next, ...rest] = others;
  const options = {
    entries: [...names.keys()],
    // Each entry is listed by itself.
    ignore: () => true,
    fs: GUARDED,
    umask: 0,
    map: (header: Headers) => ({ ...header, name: names.get(header.name) ?? header.name, ...access(header, mount) }),
    pack: archive,
    finalize: next === undefined,
    finish: (open: Pack) => {
      if (next !== undefined) packFolder(next, rest, access, open);
    },
  };
  return pack(mount.host, options);
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

/** What is not there is left out, as long as the container itself is: else all that it had would look removed. */
async function take(container: Container, inner: string, folder: HostPath): Promise<void> {
  await moving(async (abortSignal, heard) => {
    try {
      const archive = Readable.from(await container.getArchive({ path: inner, abortSignal }));
      await unpackArchive(archive, folder, { heard });
    } catch (error) {
      if (statusOf(error) !== NOT_FOUND) throw error;
      await container.inspect({ abortSignal });
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
