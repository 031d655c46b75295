/** Reads the contents of many blobs with one git. */
import type { TrustedGit } from './trusted-git.ts';

/** In the order of `ids`, all of which must be there. */
export async function readBlobs(git: TrustedGit, ids: readonly string[]): Promise<readonly Buffer[]> {
  if (ids.length === 0) return [];
  const input = ids.map((id) => `${id}\n`).join('');
  const { stdout } = await git.run(['cat-file', '--batch=%(objectsize)', '--buffer'], { input });
  // A line with the size, the bytes, a line break; and again.
  const contents: Buffer[] = [];
  for (let at = 0; at < stdout.length; ) {
    const from = stdout.indexOf('\n', at) + 1;
    const size = Number(stdout.toString('latin1', at, from - 1));
    contents.push(stdout.subarray(from, from + size));
    at = from + size + 1;
  }
  return contents;
}

/** Bytes, in the order of `ids`. */
export async function blobSizes(git: TrustedGit, ids: readonly string[]): Promise<readonly number[]> {
  if (ids.length === 0) return [];
  const input = ids.map((id) => `${id}\n`).join('');
  const text = await git.text(['cat-file', '--batch-check=%(objectsize)', '--buffer'], { input });
  return text.split('\n').map(Number);
}
