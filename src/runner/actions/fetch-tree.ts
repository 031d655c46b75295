/** The files of one commit of a stranger's repository, in a directory of their own without a `.git`. */
import { mkdir, readlink, realpath, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { faultLine, type GitCall, runGit } from './git.ts';
import { ifThere } from './if-there.ts';
import { describeReference, type RemoteReference } from './reference.ts';
import { type ResolvedRef, unknownVersion, unreachable } from './resolve-ref.ts';

export interface FetchRequest {
  readonly reference: RemoteReference;
  readonly url: string;
  readonly resolved: ResolvedRef;
  /** An existing empty directory that is ours alone; the files come into `tree` below it. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** The directory with the files. */
export async function fetchTree(request: FetchRequest): Promise<Result<string, Failure>> {
  const { directory, resolved, signal } = request;
  const gitDir = join(directory, 'git');
  const tree = join(directory, 'tree');
  await mkdir(tree);
  const call: GitCall = { cwd: directory, signal };
  const format = resolved.sha.length === 64 ? ['--object-format=sha256'] : [];
  const made = await runGit(['init', '--quiet', '--bare', '--template=', ...format, gitDir], call);
  if (!made.ok) return err(broken(request.reference, faultLine(made.error)));
  const fetched = await fetchCommit(gitDir, request);
  if (!fetched.ok) return fetched;
  const entries = await listEntries(gitDir, resolved.sha, call);
  const excess = findExcess(entries);
  if (excess !== undefined) return err(broken(request.reference, excess));
  const inTree = ['--git-dir', gitDir, '--work-tree', tree];
  const written = await runGit([...inTree, 'checkout', '--quiet', '--force', '--detach', resolved.sha], call);
  if (!written.ok) return err(broken(request.reference, faultLine(written.error)));
  const escape = await findEscape(
    tree,
    entries.filter(({ mode }) => mode === '120000').map(({ path }) => path),
  );
  if (escape !== undefined) return err(broken(request.reference, `the link ${escape} leaves the repository`));
  await rm(gitDir, { recursive: true, force: true });
  return ok(tree);
}

/** By its id, shallow; a server that does not give commits by id is asked for the name, which must still mean it. */
async function fetchCommit(gitDir: string, request: FetchRequest): Promise<Result<void, Failure>> {
  const { url, resolved, reference, signal } = request;
  const call: GitCall = { cwd: gitDir, signal, network: true };
  const fetch = ['--git-dir', gitDir, 'fetch', '--quiet', '--depth=1', '--no-tags', '--no-write-fetch-head', url];
  const byId = await runGit([...fetch, `${resolved.sha}:refs/orch/wanted`], call);
  if (byId.ok) return ok(undefined);
  if (resolved.name === undefined) {
    const unknown = /not our ref|remote error: upload-pack|couldn't find remote ref/i.test(byId.error.stderr);
    return err(unknown ? unknownVersion(reference) : unreachable(reference, url, byId.error));
  }
  const byName = await runGit([...fetch, `${resolved.name}:refs/orch/wanted`], call);
  if (!byName.ok) return err(unreachable(reference, url, byName.error));
  const there = await runGit(['--git-dir', gitDir, 'cat-file', '-e', `${resolved.sha}^{commit}`], {
    cwd: gitDir,
    signal,
  });
  return there.ok ? ok(undefined) : err(broken(reference, `${resolved.name} changed while it was fetched`));
}

interface Entry {
  readonly mode: string;
  /** Bytes; submodules have none. */
  readonly size: number;
  readonly path: string;
}

/** A few objects may stand for more files than any disk holds, so they are counted before one is written. */
const MOST_FILES = 250_000;
const MOST_BYTES = 8 * 1024 ** 3;
const LONGEST_LISTING = 64 * 1024 ** 2;

async function listEntries(gitDir: string, sha: string, call: GitCall): Promise<readonly Entry[]> {
  const args = ['--git-dir', gitDir, 'ls-tree', '-r', '-l', '-z', '--full-tree', sha];
  const listed = await runGit(args, { ...call, most: LONGEST_LISTING });
  if (!listed.ok && listed.error.code === -1) return [{ mode: '', size: Number.POSITIVE_INFINITY, path: '' }];
  if (!listed.ok) throw new Error(`git ls-tree of a commit that was fetched: ${faultLine(listed.error)}`);
  return listed.value.split('\0').flatMap((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', , , size = ''] = line.slice(0, Math.max(tab, 0)).split(/ +/);
    return tab < 0 ? [] : [{ mode, size: Number(size) || 0, path: line.slice(tab + 1) }];
  });
}

function findExcess(entries: readonly Entry[]): string | undefined {
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  const many = entries.length > MOST_FILES || bytes === Number.POSITIVE_INFINITY;
  if (many) return `it has more than ${MOST_FILES} files`;
  return bytes > MOST_BYTES ? 'its files have more than 8 GiB' : undefined;
}

/** The first symbolic link that leads out of the tree, by its own words or through others. */
async function findEscape(tree: string, links: readonly string[]): Promise<string | undefined> {
  const root = await realpath(tree);
  for (const link of links) {
    const path = join(root, link);
    const target = await readlink(path);
    if (isAbsolute(target) || !isBelow(root, resolve(dirname(path), target))) return link;
    // One that leads nowhere harms nobody.
    const end = await ifThere(() => realpath(path));
    if (end !== undefined && !isBelow(root, end)) return link;
  }
  return undefined;
}

/** Whether the path is the root or below it. */
export function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function broken(reference: RemoteReference, why: string): Failure {
  return {
    code: 'action-not-found',
    message: `The action ${describeReference(reference)} cannot be used: ${why}`,
  };
}
