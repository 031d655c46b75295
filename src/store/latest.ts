/**
 * The fixed names in `logs/`: the latest main run's journal and logs, as second names (hard links) of the files in its
 * folder, so that they grow while the run is on. A manifest remembers which of them orch made; what it did not make is
 * never replaced nor removed.
 */

import { closeSync, constants, copyFileSync, linkSync, lstatSync, openSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { errnoOf } from '../shared/errno.ts';
import { LATEST_JOURNAL, LATEST_MANIFEST, type Layout, LOGS } from './paths.ts';
import { isRunId } from './run-id.ts';
import { ensureDirectory, machineError, readSmallFile, removeFile, replaceFile, writeWhole } from './safe-files.ts';

export interface Latest {
  /** Shows the run's journal as `logs/framework-run.jsonl`. */
  publishJournal(file: HostPath): Published;
  /** Shows a log of the run under its own name in `logs/`. */
  publishLog(file: HostPath): Published;
  /** Call when the run's files are complete: copies them where the disk has no hard links. */
  finish(): void;
}

export type Published =
  | { readonly ok: true }
  /** Something that orch did not make has the name; it was left alone. */
  | { readonly ok: false; readonly message: string };

/** One line a file in the manifest, behind a line that names the run. `id` tells whether it is still the same file. */
interface Entry {
  readonly name: string;
  readonly id: string;
}

const SIZE_LIMIT = 16 * 1024 * 1024;
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'EXDEV', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Begins the latest run: the names of the one before go. Only for the holder of the run lock. */
export function openLatest(layout: Layout, run: string): Latest {
  const logs = ensureDirectory(layout.root, LOGS);
  const manifest = hostPath(join(logs, LATEST_MANIFEST));
  for (const { name, id } of readManifest(manifest).entries) {
    if (idOf(join(logs, name)) === id) removeFile(join(logs, name));
  }
  replaceFile(manifest, `${JSON.stringify({ run })}\n`);
  const copies: { readonly from: HostPath; readonly to: HostPath }[] = [];

  const publish = (file: HostPath, name: string): Published => {
    const path = hostPath(join(logs, name));
    // Remembered before it is made: a crash in between leaves a name too many in the manifest, not a file too many.
    remember(manifest, { name, id: idOf(file) ?? '' });
    const linked = link(file, path);
    if (linked === 'no-links') copies.push({ from: file, to: path });
    if (linked !== 'taken') return { ok: true };
    return { ok: false, message: `${LOGS}/${name} was not made by orch and is left alone; this run's is ${file}` };
  };
  return {
    publishJournal: (file) => publish(file, LATEST_JOURNAL),
    publishLog: (file) => publish(file, basename(file)),
    finish: () => {
      for (const { from, to } of copies.splice(0)) copy(from, to, manifest);
    },
  };
}

/** The run whose files have the fixed names; undefined before the first main run. */
export function latestRun(layout: Layout): string | undefined {
  return readManifest(join(layout.logs, LATEST_MANIFEST)).run;
}

function link(file: HostPath, path: HostPath): 'linked' | 'taken' | 'no-links' {
  try {
    linkSync(file, path);
    return 'linked';
  } catch (cause) {
    const errno = errnoOf(cause) ?? '';
    if (errno === 'EEXIST') return idOf(path) === idOf(file) ? 'linked' : 'taken';
    if (NO_LINKS.has(errno)) return 'no-links';
    throw machineError(`show ${file} as ${path}`, cause);
  }
}

function copy(from: HostPath, to: HostPath, manifest: HostPath): void {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  } catch (cause) {
    if (errnoOf(cause) === 'EEXIST') return;
    throw machineError(`show ${from} as ${to}`, cause);
  }
  remember(manifest, { name: basename(to), id: idOf(to) ?? '' });
}

/** Device, inode and type of a file itself, not of what it points to. */
function idOf(path: string): string | undefined {
  try {
    const found = lstatSync(path, { bigint: true });
    return found.isFile() ? `${found.dev}:${found.ino}` : undefined;
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw machineError(`look at ${path}`, cause);
  }
}

function remember(manifest: HostPath, entry: Entry): void {
  try {
    const fd = openSync(manifest, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
    try {
      writeWhole(fd, Buffer.from(`${JSON.stringify(entry)}\n`));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw machineError(`write ${manifest}`, cause);
  }
}

/** Lines that are damaged or name something outside `logs/` are passed over: their files count as not made by orch. */
function readManifest(path: string): { readonly run?: string; readonly entries: readonly Entry[] } {
  const lines = (readSmallFile(path, SIZE_LIMIT)?.text ?? '').split('\n').map(parseLine);
  const run = lines.map((line) => line['run']).find((name) => typeof name === 'string' && isRunId(name));
  const entries = lines.flatMap(({ name, id }) =>
    typeof name === 'string' && typeof id === 'string' && /^[\w.+-]+\.(log|jsonl)$/.test(name) ? [{ name, id }] : [],
  );
  return { entries, ...(typeof run === 'string' ? { run } : {}) };
}

function parseLine(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (cause) {
    if (cause instanceof SyntaxError) return {};
    throw cause;
  }
}
