/**
 * Concurrency groups that the runs of a repository share: one file among git's, with who holds and who waits. It is
 * replaced as a whole, by one process at a time. Whoever is gone is left out by the next who looks.
 */
import { basename, join } from 'node:path';
import type { GroupStorage } from '../engine/index.ts';
import { withoutMembers } from '../engine/index.ts';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import { type GroupRecord, type GroupRun, parseGroups } from './group-record.ts';
import { sweepMarks, takeLockFile } from './lock-file.ts';
import { formatLockInfo, holderOf, type LockInfo } from './lock-info.ts';
import type { Layout } from './paths.ts';
import { type ProcessProbe, probeProcesses } from './process-probe.ts';
import { ensureDirectory, readSmallFile, removeFile, replaceFile } from './safe-files.ts';

const FILE = 'groups.json';
const SIZE_LIMIT = 4 * 1024 * 1024;
/** A change takes a few milliseconds; who waits this long for its turn has met something else. In milliseconds. */
const PATIENCE = 10_000;
const PAUSE = 3;
/** How often a run says that it is there, for those who cannot see its process. In milliseconds. */
const BEAT = 20_000;
/** How long a run whose process cannot be seen counts as there. In milliseconds. */
const SILENCE = 120_000;

export interface GroupFileOptions {
  readonly probe?: ProcessProbe;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** `self` is the process of the run that asks. Reading and changing throw `MachineError` when the disk refuses. */
export function createGroupFile(layout: Layout, self: LockInfo, options: GroupFileOptions = {}): GroupStorage {
  const { probe = probeProcesses(), now = Date.now } = options;
  const directory = ensureDirectory(layout.gitCommonDir, basename(layout.orchDir));
  const path = hostPath(join(directory, FILE));
  const lock = hostPath(join(directory, `${FILE}.lock`));
  const isGone = (run: GroupRun): boolean => goneBy(run, probe, now());
  let beat = now();

  const update: GroupStorage['update'] = (change) =>
    exclusively(lock, formatLockInfo(self), probe, () => {
      const { members: before, runs } = readGroups(path);
      const alive = new Map(
        runs.filter((run) => run.info.run === self.run || !isGone(run)).map((r) => [r.info.run, r]),
      );
      const [members, result] = change(withoutMembers(before, ({ run }) => run !== self.run && !alive.has(run)));
      beat = now();
      alive.set(self.run, { info: self, seen: beat });
      const busy = new Set(members.map(({ run }) => run));
      writeGroups(path, { members, runs: [...alive.values()].filter(({ info }) => busy.has(info.run)) });
      return result;
    });

  return {
    update,
    read: () => {
      const { members, runs } = readGroups(path);
      const known = new Set(runs.filter((run) => !isGone(run)).map(({ info }) => info.run));
      const someAreGone = members.some(({ run }) => run !== self.run && !known.has(run));
      return someAreGone || now() - beat > BEAT ? update((all) => [all, all]) : members;
    },
  };
}

function goneBy({ info, seen }: GroupRun, probe: ProcessProbe, now: number): boolean {
  const { state } = holderOf(info, probe);
  return state === 'gone' || (state === 'unknown' && Math.abs(now - seen) > SILENCE);
}

function readGroups(path: HostPath): GroupRecord {
  const found = readSmallFile(path, SIZE_LIMIT);
  return parseGroups(found?.text ?? '');
}

function writeGroups(path: HostPath, record: GroupRecord): void {
  if (record.members.length === 0) removeFile(path);
  else replaceFile(path, `${JSON.stringify(record)}\n`);
}

/** While one process does this, no other does. */
function exclusively<T>(lock: HostPath, text: string, probe: ProcessProbe, act: () => T): T {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const taken = takeLockFile(lock, text, probe);
    if (taken.ok) break;
    if (performance.now() > deadline) {
      const message = `the concurrency groups cannot be changed: ${taken.error.message}`;
      throw new MachineError({ code: 'environment-lost', message, hint: `if no run is on, remove ${lock}` });
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
  try {
    sweepMarks(lock, probe);
    return act();
  } finally {
    removeFile(lock);
  }
}
