/** Reading a journal from its file, to its present end or along with a run that still writes it. */
import { constants, type FileHandle, open } from 'node:fs/promises';
import type { RunEvent } from '../engine/index.ts';
import type { HostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import { type WatchOptions, watchFile } from './file-changes.ts';
import { type JournalEntry, type JournalProblem, journalLines } from './journal-lines.ts';
import { machineError } from './safe-files.ts';

const CHUNK = 256 * 1024;

/** Events and problems in the file's order, a part of the file in memory at a time. An unreadable file throws `MachineError`. */
export async function* readJournal(path: HostPath): AsyncGenerator<JournalEntry, void, undefined> {
  const file = await openJournal(path);
  try {
    const lines = journalLines();
    const buffer = Buffer.alloc(CHUNK);
    let offset = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK, offset);
      if (bytesRead === 0) break;
      offset += bytesRead;
      yield* lines.feed(buffer.subarray(0, bytesRead));
    }
    yield* lines.end();
  } catch (cause) {
    throw machineError(`read the journal ${path}`, cause);
  } finally {
    await file.close();
  }
}

/** The events alone: for folds, which notice themselves what is missing. */
export async function* readEvents(path: HostPath): AsyncGenerator<RunEvent, void, undefined> {
  for await (const entry of readJournal(path)) if (entry.kind === 'event') yield entry.event;
}

/** The whole journal at once. */
export async function loadJournal(
  path: HostPath,
): Promise<{ readonly events: readonly RunEvent[]; readonly problems: readonly JournalProblem[] }> {
  const events: RunEvent[] = [];
  const problems: JournalProblem[] = [];
  for await (const entry of readJournal(path)) {
    if (entry.kind === 'event') events.push(entry.event);
    else problems.push(entry.problem);
  }
  return { events, problems };
}

export interface FollowOptions extends WatchOptions {
  /** Asked whenever nothing new came; false ends the iteration, so that a crashed run is not waited for. */
  readonly stillWritten?: () => boolean;
}

/** Everything so far and then each event as it is written; ends after `run.finished`, an abort, or the writer's death. */
export async function* followJournal(
  path: HostPath,
  options: FollowOptions,
): AsyncGenerator<JournalEntry, void, undefined> {
  const file = await openJournal(path);
  const changes = watchFile(path, options);
  try {
    const lines = journalLines();
    const buffer = Buffer.alloc(CHUNK);
    let offset = 0;
    while (!options.signal.aborted) {
      // Asked before reading: what a writer wrote before it died is still read.
      const ended = options.stillWritten?.() === false;
      const { bytesRead } = await file.read(buffer, 0, CHUNK, offset);
      offset += bytesRead;
      const entries = lines.feed(buffer.subarray(0, bytesRead));
      yield* entries;
      if (entries.some(isFinish)) return;
      if (bytesRead > 0) continue;
      if (ended) {
        yield* lines.end();
        return;
      }
      const { size } = await file.stat();
      if (size < offset) {
        // The writer took back a line that the disk could not hold.
        lines.rewind();
        offset = size;
      } else if (size === offset) await changes.next();
    }
  } catch (cause) {
    throw machineError(`read the journal ${path}`, cause);
  } finally {
    changes.stop();
    await file.close();
  }
}

function isFinish(entry: JournalEntry): boolean {
  return entry.kind === 'event' && entry.event.type === 'run.finished';
}

async function openJournal(path: HostPath): Promise<FileHandle> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO would wait for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
  } catch (cause) {
    throw machineError(`read the journal ${path}`, cause);
  }
  await file.close();
  throw new MachineError({
    code: 'environment-lost',
    message: `cannot read the journal ${path}: it is not a regular file`,
  });
}
