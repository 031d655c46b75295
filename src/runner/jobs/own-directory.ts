/** Directories of orch's own that a job could have replaced by a link: nothing is read, written or removed through one. */
import { lstat, mkdir } from 'node:fs/promises';
import { errnoOf } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import { PRIVATE_DIRECTORY } from '../../shared/file-modes.ts';

/** Made when it is missing, its parent being there. Rejects with a `MachineError` for anything that is no directory. */
export async function makeOwnDirectory(path: string): Promise<void> {
  if (await isOwnDirectory(path)) return;
  await mkdir(path, { mode: PRIVATE_DIRECTORY });
}

/** False when nothing is there. Rejects with a `MachineError` for anything else that is no directory. */
export async function isOwnDirectory(path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isDirectory()) return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
  const message = `${path} was replaced by something that is no directory; orch does not go through it`;
  throw new MachineError({ code: 'unsafe-tree', message });
}
