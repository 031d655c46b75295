/**
 * What is not in the main checkout as its index has it, asked for again and again. The user's index is never written: a
 * copy of orch's own is, once for each state of it, since the times of an index that was made in the same second as the
 * files tell git nothing, and it would read all of them each time.
 */
import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import { type BytePath, isBelow, locate, show, splitFields } from './bytes.ts';
import type { GitRepository } from './repository.ts';
import { readRegular } from './safe-files.ts';
import type { GitPlace } from './trusted-git.ts';

export interface CheckoutState {
  /** What the index holds, as a digest. */
  readonly index: string;
  /** Changed, missing and untracked files, each with a stamp of size and time. */
  readonly checkout: ReadonlyMap<string, string>;
}

interface Copied {
  /** Of the bytes of the user's index. */
  readonly digest: string;
  /** Of its entries: what a look at the status writes there does not count. */
  readonly entries: string;
}

/** An index of more bytes than this counts as missing. */
const LIMIT = 1024 * 1024 * 1024;

/** `excluded` are paths from the top of the checkout, directories with all below. One look at a time. */
export function createCheckoutReader(
  repository: GitRepository,
  excluded: ReadonlySet<string>,
): () => Promise<CheckoutState> {
  const place = { workTree: repository.root, index: join(repository.git.gitDir, 'checkout-index') };
  let copied: Copied | undefined;
  return async () => {
    const bytes = await readRegular(join(repository.gitDir, 'index'), LIMIT);
    if (bytes === undefined) return { index: 'missing', checkout: new Map() };
    try {
      const digest = sha256(bytes);
      if (copied?.digest !== digest) copied = { digest, entries: await copy(repository, place, { bytes, excluded }) };
      return { index: copied.entries, checkout: await differences(repository, place, excluded) };
    } catch (error) {
      if (!(error instanceof MachineError)) throw error;
      copied = undefined;
      return { index: 'unreadable', checkout: new Map([['(the index)', error.message]]) };
    }
  };
}

async function copy(
  repository: GitRepository,
  place: GitPlace & { readonly index: string },
  { bytes, excluded }: { readonly bytes: Buffer; readonly excluded: ReadonlySet<string> },
): Promise<string> {
  await writeFile(place.index, bytes);
  // It says 1 when files differ.
  await repository.git.run(['update-index', '-q', '--refresh', '--force-write-index'], { ...place, codes: [0, 1] });
  const listed = splitFields((await repository.git.run(['ls-files', '-t', '-s', '-z'], place)).stdout);
  // `H mode id stage<TAB>path`.
  const counted = listed.filter((line) => !isBelow(line.slice(line.indexOf('\t') + 1), excluded));
  return sha256(counted.join('\n'));
}

async function differences(
  repository: GitRepository,
  place: GitPlace,
  excluded: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const listed = await repository.git.run(['ls-files', '-m', '-d', '-o', '--exclude-standard', '-z'], place);
  for (const path of splitFields(listed.stdout)) {
    if (!isBelow(path, excluded)) found.set(show(path), stampOf(repository.root, path));
  }
  return found;
}

function stampOf(root: string, path: BytePath): string {
  try {
    const { mode, size, mtimeMs } = lstatSync(locate(root, path.replace(/\/$/, '')));
    return `${mode} ${size} ${mtimeMs}`;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return 'gone';
    throw error;
  }
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
