/** The files of one commit of a stranger's repository, in a directory of their own without a `.git`. */
import { mkdir, readlink, realpath, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { describeRemote, type RemoteReference } from '../../workflow/index.ts';
import { faultLine, type GitCall, runGit } from './git.ts';
import { ifThere } from './if-there.ts';
import { runNetworkGit } from './network-git.ts';
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
  const links = await survey(gitDir, resolved.sha, call);
  if (!links.ok) return err(broken(request.reference, links.error));
  const inTree = ['--git-dir', gitDir, '--work-tree', tree];
  const written = await runGit([...inTree, 'checkout', '--quiet', '--force', '--detach', resolved.sha], call);
  if (!written.ok) return err(broken(request.reference, faultLine(written.error)));
  const escape = await findEscape(tree, links.value);
  if (escape !== undefined) return err(broken(request.reference, `the link ${escape} leaves the repository`));
  await rm(gitDir, { recursive: true, force: true });
  return ok(tree);
}

/** By its id, shallow; a server that does not give commits by id is asked for the name, which must still mean it. */
async function fetchCommit(gitDir: string, request: FetchRequest): Promise<Result<void, Failure>> {
  const { url, resolved, reference, signal } = request;
  const call: GitCall = { cwd: gitDir, signal };
  const fetch = ['--git-dir', gitDir, 'fetch', '--quiet', '--depth=1', '--no-tags', '--no-write-fetch-head', url];
  const byId = await runNetworkGit([...fetch, `${resolved.sha}:refs/orch/wanted`], call);
  if (byId.ok) return ok(undefined);
  if (resolved.name === undefined) {
    const unknown = /not our ref|remote error: upload-pack|couldn't find remote ref/i.test(byId.error.stderr);
    return err(unknown ? unknownVersion(reference) : unreachable(reference, url, byId.error));
  }
  const byName = await runNetworkGit([...fetch, `${resolved.name}:refs/orch/wanted`], call);
  if (!byName.ok) return err(unreachable(reference, url, byName.error));
  const there = await runGit(['--git-dir', gitDir, 'cat-file', '-e', `${resolved.sha}^{commit}`], {
    cwd: gitDir,
    signal,
  });
  return there.ok ? ok(undefined) : err(broken(reference, `${resolved.name} changed while it was fetched`));
}

/** A few objects may stand for more files than any disk holds, so they are counted before one is written. */
const MOST_FILES = 250_000;
const MOST_BYTES = 8 * 1024 ** 3;
const LONGEST_LISTING = 64 * 1024 ** 2;

/** The symbolic links of the commit; the error says why its files are not written. */
async function survey(gitDir: string, sha: string, call: GitCall): Promise<Result<readonly string[], string>> {
  const entries = await list(gitDir, ['-r', sha], call);
  const tooMany = `it has more than ${MOST_FILES} files`;
  if (entries === undefined || entries.length > MOST_FILES) return err(tooMany);
  // Sizes take git much longer than names, and there may be too many of them.
  const sized = await list(gitDir, ['-r', '-l', sha], call);
  if (sized === undefined) return err(tooMany);
  const bytes = sized.reduce((sum, { info }) => sum + (Number(info.at(-1)) || 0), 0);
  if (bytes > MOST_BYTES) return err('its files have more than 8 GiB');
  return ok(entries.filter(({ info }) => info[0] === '120000').map(({ path }) => path));
}

interface Entry {
  /** Mode, type, id and, when it was asked for, size in bytes. */
  readonly info: readonly string[];
  readonly path: string;
}

/** Undefined when there is no end to it. */
async function list(gitDir: string, args: readonly string[], call: GitCall): Promise<readonly Entry[] | undefined> {
  const command = ['--git-dir', gitDir, 'ls-tree', '-z', '--full-tree', ...args];
  const listed = await runGit(command, { ...call, most: LONGEST_LISTING });
  if (!listed.ok && listed.error.code === -1) return undefined;
  if (!listed.ok) throw new Error(`git ls-tree of a commit that was fetched: ${faultLine(listed.error)}`);
  return listed.value.split('\0').flatMap((line) => {
    const tab = line.indexOf('\t');
    return tab < 0 ? [] : [{ info: line.slice(0, tab).split(/ +/), path: line.slice(tab + 1) }];
  });
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
    message: `The action ${describeRemote(reference)} cannot be used: ${why}`,
  };
}
