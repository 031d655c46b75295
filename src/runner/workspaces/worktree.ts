/** A job's working tree after it was made: what may be asked of it and done with it until it is closed. */

import { lstatSync } from 'node:fs';
import type { HostPath } from '../../shared/brand.ts';
import { hostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';
import type { Failure } from '../../shared/failure.ts';
import { createActivity } from './activity.ts';
import { boxGitDir } from './box-layout.ts';
import { forgetLoan } from './box-loans.ts';
import { type BoxGit, type BoxPlace, clearBoxGit, hasKeptBoxGit, openBoxGit, removeBoxGit } from './box-repository.ts';
import { type CapturedTree, captureTree } from './capture.ts';
import { readHead, readRef } from './head-file.ts';
import { type CommitLine, commitTree, listCommits } from './history.ts';
import { ignoreRule } from './ignore-rule.ts';
import { guard } from './machine-failure.ts';
import { moveBranch } from './refs.ts';
import type { GitRepository } from './repository.ts';
import { leftovers, resetWorktree } from './reset.ts';
import { exists, removeTree } from './safe-files.ts';
import { type Remark, type TakenBack, takeBack } from './take-back.ts';
import { type Change, diffTrees, digestDiff, withFileSizes, withSizes } from './tree-diff.ts';
import { readTreeFile, replaceTreeFile, type TreeFile } from './tree-file.ts';
import { indexStamp, isPointerIntact, publishIndex, removeAdmin } from './worktree-admin.ts';
import { removeRecord, sharedPaths, type WorktreeRecord, writeRecord } from './worktree-record.ts';

/** Fills the port of the same name in `src/tasks/repository-port.ts`. */
export interface LinkedWorktree {
  readonly path: HostPath;
  readonly warnings: readonly string[];
  capture(): Promise<{
    readonly tree: string;
    readonly problems: readonly Failure[];
    readonly remarks?: readonly Remark[];
  }>;
  changes(from: string, to: string): Promise<readonly Change[]>;
  head(): Promise<{ readonly commit: string; readonly branch?: string }>;
  commits(from: string, to: string, limit: number): Promise<readonly CommitLine[]>;
  commit(request: { readonly tree: string; readonly parent: string; readonly message: string }): Promise<string>;
  read(tree: string, path: string, limit: number): Promise<TreeFile>;
  write(path: string, text: string): Promise<boolean>;
  ignoredBy(path: string): Promise<string | undefined>;
  digest(from: string, to: string): Promise<string>;
  treeOf(commit: string): Promise<string>;
  setBranch(branch: string, commit: string): Promise<void>;
  reset(commit: string): Promise<readonly string[]>;
  activity(maxAge?: number): Promise<string>;
  /**
   * A repository for a box of the task, to be asked for before each; it stays from one box to the next. What is
   * committed there is taken over by `head`, as soon as the box is gone.
   */
  boxGit(place: BoxPlace): Promise<BoxGit>;
  close(request: { readonly keep: boolean }): Promise<void>;
}

/** What this process has learned of the worktree: it spares processes, and nothing depends on it. */
interface Memory {
  /** The worktree's own index file as orch last wrote it; unknown after a restart. */
  stamp?: string | undefined;
  readonly trees: Map<string, string>;
  readonly made: Map<string, { readonly parent: string; readonly line: CommitLine }>;
  captured?: { readonly tree: string; readonly changes: readonly Change[] };
  /** What the last look at the repository of the task's box has brought. */
  taken?: TakenBack | undefined;
}

interface Opened {
  readonly repository: GitRepository;
  readonly record: WorktreeRecord;
  readonly memory: Memory;
}

export interface AttachOptions {
  /** The stamp of the index that orch has just put into the worktree. */
  readonly stamp?: string | undefined;
}

/** The worktree that a record tells of, made now or by an earlier process. */
export function attachWorktree(
  repository: GitRepository,
  record: WorktreeRecord,
  options: AttachOptions = {},
): LinkedWorktree {
  const opened: Opened = { repository, record, memory: { stamp: options.stamp, trees: new Map(), made: new Map() } };
  return {
    path: hostPath(record.path),
    warnings: record.warnings,
    capture: guard(() => capture(opened)),
    changes: guard((from, to) => changes(opened, from, to)),
    head: guard(() => head(opened)),
    commits: guard((from, to, limit) => commits(opened, { from, to, limit })),
    commit: guard((request) => commit(opened, request)),
    read: guard((tree, path, limit) => readTreeFile(repository.git, tree, { path, limit })),
    write: guard((path, text) => replaceTreeFile(record.path, path, text)),
    ignoredBy: guard((path) => ignoreRule(repository, { workTree: record.path, index: record.index }, path)),
    digest: guard((from, to) => digestDiff(repository.git, from, to)),
    treeOf: guard((id) => treeOf(opened, id)),
    setBranch: guard((branch, id) => repository.exclusive(() => moveBranch(repository, branch, id))),
    reset: guard((id) => reset(opened, id)),
    activity: guard(createActivity(record.path)),
    boxGit: guard((place) => openBoxGit(repository, record, place)),
    close: guard(({ keep }) => close(opened, keep)),
  };
}

async function capture(opened: Opened): Promise<CapturedTree & { readonly remarks?: readonly Remark[] }> {
  const { repository, record, memory } = opened;
  // Not once more: what `verify` commits in its own box is none of the task's.
  const taken = memory.taken ?? (await takeOver(opened));
  const admin = taken === undefined ? record.admin : boxGitDir(record);
  const stamp = await indexStamp(admin);
  const touched = stamp !== undefined && stamp !== memory.stamp;
  const captured = await captureTree(repository, {
    workTree: record.path,
    index: record.index,
    start: record.start,
    excluded: sharedPaths(record),
    submodules: record.submodules,
    admin: record.admin,
    keepRef: `${record.run}/${record.leg}`,
    ...(touched ? { taskIndex: `${admin}/index` } : {}),
  });
  memory.captured = { tree: captured.tree, changes: await withFileSizes(record.path, captured.changes, sizeOf) };
  const problems = [...captured.problems, ...(taken?.problems ?? [])];
  if (!(await isPointerIntact(record)))
    problems.push({ code: 'unsafe-tree', message: "the worktree's .git was replaced", details: ['.git'] });
  return { ...captured, problems, ...(taken === undefined ? {} : { remarks: taken.remarks }) };
}

async function sizeOf(path: Buffer): Promise<number> {
  try {
    return lstatSync(path).size;
  } catch (error) {
    // Recorded a moment ago and gone: something of the task's still runs.
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return 0;
    throw error;
  }
}

async function changes(opened: Opened, from: string, to: string): Promise<readonly Change[]> {
  const { repository, record, memory } = opened;
  if (from === to) return [];
  const { captured } = memory;
  if (captured !== undefined && from === record.start && (memory.trees.get(to) ?? to) === captured.tree)
    return captured.changes;
  return withSizes(repository, await diffTrees(repository.git, from, to));
}

/** A HEAD that cannot be read, or names no commit, counts as one that never left the start. */
async function head(opened: Opened): Promise<{ readonly commit: string; readonly branch?: string }> {
  const { repository, record } = opened;
  const taken = await takeOver(opened);
  if (taken !== undefined) return taken.head;
  const found = await readHead(record.admin);
  const branch = found?.ref?.startsWith('refs/heads/') ? { branch: found.ref.slice('refs/heads/'.length) } : {};
  const commit =
    found?.ref === undefined ? found?.commit : await readRef(repository.git, repository.commonDir, found.ref);
  if (commit === undefined || !(await isKnown(opened, commit))) return { commit: record.start, ...branch };
  return { commit, ...branch };
}

/** Brings what the task has committed in its box; the task's own branch goes where it has it. */
async function takeOver({ repository, record, memory }: Opened): Promise<TakenBack | undefined> {
  const taken = await takeBack(repository, record, memory.taken?.head.commit);
  memory.taken = taken;
  if (taken?.head.branch === record.branch)
    await repository.exclusive(() => moveBranch(repository, record.branch, taken.head.commit));
  return taken;
}

async function isKnown({ repository, record, memory }: Opened, commit: string): Promise<boolean> {
  if (commit === record.start || memory.trees.has(commit)) return true;
  return (await repository.git.run(['cat-file', '-e', `${commit}^{commit}`], { codes: [0, 1, 128] })).code === 0;
}

async function commits(
  opened: Opened,
  range: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<readonly CommitLine[]> {
  const made = opened.memory.made.get(range.to);
  if (made?.parent === range.from && range.limit > 0) return [made.line];
  return listCommits(opened.repository, range);
}

async function commit(
  { repository, memory }: Opened,
  request: { readonly tree: string; readonly parent: string; readonly message: string },
): Promise<string> {
  const { tree, parent, message } = request;
  const id = await commitTree(repository, { tree, parents: [parent], message });
  memory.trees.set(id, tree);
  const subject = message.trim().split('\n', 1)[0] ?? '';
  memory.made.set(id, { parent, line: { id, subject } });
  return id;
}

async function treeOf({ repository, memory }: Opened, id: string): Promise<string> {
  const known = memory.trees.get(id);
  if (known !== undefined) return known;
  const tree = await repository.git.text(['rev-parse', '--verify', '--quiet', `${id}^{tree}`]);
  memory.trees.set(id, tree);
  return tree;
}

async function reset(opened: Opened, id: string): Promise<readonly string[]> {
  const { repository, record, memory } = opened;
  const moved = [...(await resetWorktree(repository, record, id)), ...(await resetBoxGit(opened))];
  await repository.exclusive(() => moveBranch(repository, record.branch, id));
  memory.stamp = await indexStamp(record.admin);
  delete memory.captured;
  delete memory.taken;
  return moved;
}

/** Where the repository of the box is now, when it holds what was not taken over. */
async function resetBoxGit(opened: Opened): Promise<readonly string[]> {
  const kept = await clearBoxGit(opened.record, await hasMore(opened));
  return kept === undefined ? [] : [kept];
}

/** Moves no branch: by now it may stand on what was committed of the task's files, and another process has taken over. */
async function hasMore({ repository, record, memory }: Opened): Promise<boolean> {
  const taken = memory.taken ?? (await takeBack(repository, record));
  return taken?.isMore === true;
}

async function close(opened: Opened, keep: boolean): Promise<void> {
  const { repository, record } = opened;
  await forgetLoan(record);
  if (keep) {
    // The tree was committed from orch's index; with it `git status` shows a person what is new since.
    const found = await readHead(record.admin);
    if (found?.ref === `refs/heads/${record.branch}`) await publishIndex(record);
    await writeRecord({ ...record, state: 'kept' });
    return;
  }
  await removeTree(record.path);
  const isBoxKept = (await hasMore(opened)) || (await hasKeptBoxGit(record));
  if (!isBoxKept) await removeBoxGit(record);
  await repository.exclusive(async () => {
    await removeAdmin(record);
    // Repositories that a reset moved aside are for a person to look at, and for `orch clean` to find.
    if (isBoxKept || (await exists(leftovers(record.path)))) await writeRecord({ ...record, state: 'kept' });
    else await removeRecord(record);
  });
}
