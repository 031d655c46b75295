/**
 * Real pipes for a command's output. Node gives a child sockets, which `echo x > /dev/stderr` cannot open, and two of
 * them, which lose the order between stdout and stderr. A named pipe opened at both ends is a pipe like any other.
 */
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import { askProgram } from './small-program.ts';

export interface OutputPipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/** One `mkfifo` makes as many as this; spare ones are kept open, their names are gone at once. */
const BATCH = 8;

const spare: OutputPipe[] = [];
let making: Promise<boolean> | undefined;

/** A new pipe, or undefined when the machine has no `mkfifo` or no room for one. */
export async function takeOutputPipe(): Promise<OutputPipe | undefined> {
  for (;;) {
    const pipe = spare.pop();
    if (pipe !== undefined) return pipe;
    making ??= makeBatch().finally(() => {
      making = undefined;
    });
    if (!(await making)) return undefined;
  }
}

async function makeBatch(): Promise<boolean> {
  let directory: string | undefined;
  try {
    directory = mkdtempSync(join(tmpdir(), 'orch-pipes-'));
    const paths = Array.from({ length: BATCH }, (_, index) => `${directory}/${index}`);
    if (!(await makeFifos(paths))) return false;
    for (const path of paths) spare.push(openBothEnds(path));
    return true;
  } catch (error) {
    // No room for files or descriptors: the command is started with what Node has instead.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  } finally {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  }
}

/** Named pipes, where the machine has `mkfifo` and room. */
export async function makeFifos(paths: readonly string[]): Promise<boolean> {
  const { failed } = await askProgram('mkfifo', ['-m', '600', ...paths]);
  return !failed;
}

const SCRATCH = Buffer.allocUnsafe(1 << 16);

/** What is in the pipe at this moment; `over` when it is empty and nobody has its writing end any more. */
export function readNow(readEnd: number): Uint8Array | 'nothing' | 'over' {
  try {
    const length = readSync(readEnd, SCRATCH);
    return length === 0 ? 'over' : Buffer.from(SCRATCH.subarray(0, length));
  } catch (error) {
    if (isErrno(error, 'EAGAIN')) return 'nothing';
    throw error;
  }
}

export function openBothEnds(path: string): OutputPipe {
  // The reading end first and without waiting: then the writing end opens at once and stays a blocking one, which is
  // what programs expect of their stdout.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    return { readEnd, writeEnd: openSync(path, constants.O_WRONLY) };
  } catch (error) {
    closeSync(readEnd);
    throw error;
  }
}
