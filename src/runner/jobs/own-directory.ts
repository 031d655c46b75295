/** Directories of orch's own that a job could have replaced by a link: nothing is read, written or removed through one. */
import { lstatSync, mkdirSync } from 'node:fs';
import { errnoOf } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import { PRIVATE_DIRECTORY } from '../../shared/file-modes.ts';

/** Made when it is missing, its parent being there. Throws a `MachineError` for anything that is no directory. */
export function makeOwnDirectory(path: string): void {
  if (isOwnDirectory(path)) return;
  mkdirSync(path, { mode: PRIVATE_DIRECTORY });
}

/** False when nothing is there. Throws a `MachineError` for anything else that is no directory. */
export function isOwnDirectory(path: string): boolean {
  try {
    if (lstatSync(path).isDirectory()) return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
  const message = `${path} was replaced by something that is no directory; orch does not go through it`;
  throw new MachineError({ code: 'unsafe-tree', message });
}
