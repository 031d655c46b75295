/** What one step of a task leaves for the next: a file, since each step is a process of its own. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MachineError } from '../../src/shared/failure.ts';
import type { Memo } from '../../src/tasks/index.ts';

export function openMemo(directory: string): Memo {
  const folder = join(directory, 'memo');
  mkdirSync(folder, { recursive: true });
  const fileOf = (key: string): string => join(folder, `${encodeURIComponent(key)}.json`);
  return {
    read: (key) => readJson(fileOf(key)),
    write: (key, value) => writeFileSync(fileOf(key), JSON.stringify(value)),
  };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // A task that is not in a sandbox can have written there.
    throw new MachineError(
      { code: 'environment-lost', message: `what an earlier step has left for this one cannot be read: ${file}` },
      { cause: error },
    );
  }
}
