/** A place of its own for each test, which is gone afterwards with everything in it; what is left running fails the test. */
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { endLeftProcesses } from './processes.ts';

export interface Place {
  /** The directory that holds all the others. Every process that orch starts has it in its environment. */
  readonly top: string;
  readonly home: string;
  readonly cache: string;
  /** Where orch and its tasks put temporary files. */
  readonly temporary: string;
}

export interface PlaceOptions {
  /** The test kills orch in a way that leaves temporary files behind. */
  readonly untidy?: boolean;
  /** Takes what removes the place; at the end of the test unless said. */
  readonly finally?: (cleanUp: () => Promise<void>) => void;
}

export function createPlace({ untidy = false, finally: atEnd = onTestFinished }: PlaceOptions = {}): Place {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'orch-e2e-')));
  const place = { top, home: join(top, 'home'), cache: join(top, 'cache'), temporary: join(top, 'tmp') };
  atEnd(async () => {
    const left = await endLeftProcesses(top);
    const files = untidy ? [] : leftFiles(place.temporary);
    rmSync(top, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`processes were left running: ${left.join(', ')}`);
    if (files.length > 0) throw new Error(`temporary files were left: ${files.join(', ')}`);
  });
  return place;
}

/** Node keeps its compiled code there when it is told to; everything else is orch's. */
function leftFiles(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => name !== 'node-compile-cache');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
