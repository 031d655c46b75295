/** The file that makes a folder an action, and the files of reusable workflows: found and read, not understood. */
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { describeRemote, type RemoteReference } from '../../workflow/index.ts';
import { isBelow } from './fetch-tree.ts';
import { ifThere } from './if-there.ts';

export type ActionManifest =
  | { readonly kind: 'manifest'; readonly path: HostPath; readonly text: string }
  /** A folder with a Dockerfile alone is an action without inputs. */
  | { readonly kind: 'dockerfile'; readonly path: HostPath };

/** Bytes; GitHub's limit for workflows. */
const LARGEST = 1024 * 1024;

/** Looks for action.yml, action.yaml, Dockerfile and dockerfile, in this order. */
export async function findManifest(directory: HostPath): Promise<Result<ActionManifest, Failure>> {
  for (const name of ['action.yml', 'action.yaml']) {
    const read = await readFileBelow(directory, name);
    if (!read.ok) return read;
    if (read.value !== undefined)
      return ok({ kind: 'manifest', path: hostPath(join(directory, name)), text: read.value });
  }
  for (const name of ['Dockerfile', 'dockerfile']) {
    const read = await readFileBelow(directory, name);
    if (read.ok && read.value !== undefined) return ok({ kind: 'dockerfile', path: hostPath(join(directory, name)) });
  }
  return err({
    code: 'action-not-found',
    message: `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${directory}'. Did you forget to run actions/checkout before running your local action?`,
  });
}

/**
 * A text file below a root that a stranger filled; undefined when there is none. What is no regular file, leads out of
 * the root or is larger than 1 MiB is a failure.
 */
export async function readFileBelow(root: HostPath, path: string): Promise<Result<string | undefined, Failure>> {
  const file = join(root, path);
  const real = await ifThere(() => realpath(file));
  if (real === undefined) return ok(undefined);
  if (!isBelow(await realpath(root), real)) return refuse(file, 'it leads out of the repository');
  // Without O_NONBLOCK the opening of a named pipe would wait for its writer.
  const handle = await ifThere(() => open(real, constants.O_RDONLY | constants.O_NONBLOCK));
  if (handle === undefined) return ok(undefined);
  try {
    return await readText(handle, file);
  } finally {
    await handle.close();
  }
}

async function readText(handle: FileHandle, file: string): Promise<Result<string | undefined, Failure>> {
  const stats = await handle.stat();
  if (stats.isDirectory()) return ok(undefined);
  if (!stats.isFile()) return refuse(file, 'it is no regular file');
  if (stats.size > LARGEST) return refuse(file, `it has ${stats.size} bytes; 1 MiB is the limit`);
  return ok(new TextDecoder().decode(await handle.readFile()));
}

/** The text of a reusable workflow in a repository that was fetched. */
export async function readWorkflow(root: HostPath, reference: RemoteReference): Promise<Result<string, Failure>> {
  const read = await readFileBelow(root, reference.path);
  if (!read.ok) return read;
  if (read.value !== undefined) return ok(read.value);
  const message = `The workflow ${describeRemote(reference)} was not found: the repository has no file ${reference.path}`;
  return err({ code: 'action-not-found', message });
}

function refuse(file: string, why: string): Result<never, Failure> {
  return err({ code: 'action-not-found', message: `${file} cannot be read: ${why}` });
}
