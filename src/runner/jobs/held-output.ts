/** Output that waits for its place in the log: kept in a file of its own until it is released, handed on from then. */

import { type FileHandle, open, rm } from 'node:fs/promises';
import { PRIVATE_FILE } from '../../shared/file-modes.ts';

type Write = (chunk: Uint8Array) => void | Promise<void>;

export interface HeldOutput {
  /** A promise when the disk is behind: wait for it before the next. The chunk must not change. */
  readonly write: Write;
  /** What is written from here on waits. */
  hold(): void;
  /** Hands on what has waited, and what is written from here on as it comes. */
  release(): Promise<void>;
}

const CHUNK = 64 * 1024;

/** `path` is a file that is not there yet. One that cannot be written says so in place of the output. */
export function createHeldOutput(path: string, onward: Write): HeldOutput {
  let holding = false;
  let file: FileHandle | undefined;
  let trouble: string | undefined;
  /** Writes and releases one after the other; how many of them are not done yet. */
  let queue: Promise<void> = Promise.resolve();
  let pending = 0;

  const enqueue = (work: () => void | Promise<void>): Promise<void> => {
    pending++;
    queue = queue.then(work).finally(() => {
      pending--;
    });
    return queue;
  };
  const keep = async (chunk: Uint8Array): Promise<void> => {
    if (!holding) return onward(chunk);
    if (trouble !== undefined) return;
    try {
      file ??= await open(path, 'wx+', PRIVATE_FILE);
      await file.appendFile(chunk);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      trouble = `##[warning]The output of this step could not be kept: ${error.message}`;
    }
  };
  const handOn = async (): Promise<void> => {
    holding = false;
    for (let at = 0, read = CHUNK; file !== undefined && read > 0; at += read) {
      const chunk = new Uint8Array(CHUNK);
      read = (await file.read(chunk, 0, CHUNK, at)).bytesRead;
      if (read > 0) await onward(chunk.subarray(0, read));
    }
    if (file !== undefined) {
      await file.close();
      await rm(path, { force: true });
      file = undefined;
    }
    if (trouble !== undefined) await onward(Buffer.from(`${trouble}\n`));
  };
  return {
    write: (chunk) => (holding || pending > 0 ? enqueue(() => keep(chunk)) : onward(chunk)),
    hold: () => {
      holding = true;
    },
    release: () => (holding ? enqueue(handOn) : queue),
  };
}
