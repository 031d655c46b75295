/** How a job that is paused is told to go on, from another process than the one that has it: a small file each time. */

import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GoOn } from '../engine/index.ts';
import { hostPath } from '../shared/brand.ts';
import { errnoOf } from '../shared/errno.ts';
import { legLogPath, type RunPaths } from './paths.ts';
import { machineError, removeFile, replaceFile } from './safe-files.ts';

export interface Answer {
  readonly leg: string;
  readonly how: GoOn;
}

const NAME = /^(retry|abort)-(.+)$/;

export function leaveAnswer(run: RunPaths, { leg, how }: Answer): void {
  // A name that fits a log fits here.
  if (legLogPath(run, leg) === undefined) throw new Error(`not a leg that can be answered: ${JSON.stringify(leg)}`);
  const folder = folderOf(run);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw machineError(`make ${folder}`, cause);
  }
  replaceFile(hostPath(join(folder, `${how}-${leg}`)), '');
}

/** What was left since the last time. */
export function takeAnswers(run: RunPaths): readonly Answer[] {
  return namesIn(run).flatMap((name) => {
    const [, how, leg] = NAME.exec(name) ?? [];
    if (leg === undefined || !removeFile(join(folderOf(run), name))) return [];
    return [{ leg, how: how === 'retry' ? 'retry' : 'abort' }];
  });
}

function folderOf({ directory }: RunPaths): string {
  return join(directory, 'answers');
}

function namesIn(run: RunPaths): readonly string[] {
  // A link is nobody's answer, and what it leads to is not to be emptied.
  if (lstatSync(folderOf(run), { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  try {
    return readdirSync(folderOf(run));
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return [];
    throw machineError(`read ${folderOf(run)}`, cause);
  }
}
