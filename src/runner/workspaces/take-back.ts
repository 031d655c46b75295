/**
 * What a task has committed in its box, taken over into the repository. A box writes to its git directory whatever it
 * likes, so git is never started in there: refs are read by hand, objects are imported, and the rest stays where it is.
 */
import { join } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import type { Failure } from '../../shared/failure.ts';
import { boxFolder, boxGitDir } from './box-layout.ts';
import { takeBackModules } from './box-modules.ts';
import { type BoxBegin, readBegin } from './box-repository.ts';
import { isAncestor } from './history.ts';
import { importObjects, OddObjects } from './import-objects.ts';
import { OddRefs, type PlainRefs, readPlainRefs } from './plain-refs.ts';
import { findPlanted } from './planted.ts';
import type { GitRepository } from './repository.ts';
import type { WorktreeRecord } from './worktree-record.ts';

export interface TakenBack {
  /** Where the box has left HEAD; the commit is in the repository. */
  readonly head: { readonly commit: string; readonly branch?: string };
  /** What the box's repository has that is not taken over, or has no effect out here. */
  readonly remarks: readonly Remark[];
  /** There are commits that are nowhere else. */
  readonly isMore: boolean;
  /** A repository is none that could be taken over: its HEAD counts as if it had never moved. */
  readonly problems: readonly Failure[];
}

export interface Remark {
  readonly code: string;
  readonly message: string;
}

const HEADS = 'refs/heads/';

/** Branches of which it is found out whether HEAD has their commits. */
const MAX_ASKED = 20;

/**
 * Undefined when the task has not been in a box. No box of the task may be open. `here` names a commit that was taken
 * over before.
 */
export async function takeBack(
  repository: GitRepository,
  record: WorktreeRecord,
  here?: string,
): Promise<TakenBack | undefined> {
  const begin = await readBegin(record);
  if (begin === undefined) return undefined;
  const planted = await findPlanted(repository.git, record, begin);
  const remarks = planted.length === 0 ? [] : [plantedRemark(planted)];
  const ofModules = await takeBackModules(repository, record);
  try {
    const refs = await readPlainRefs(boxGitDir(record), repository.git.nullId.length);
    const head = headOf(refs, begin);
    if (head.commit !== begin.commit && head.commit !== here)
      await bring(repository, record, { begin, commit: head.commit });
    const left = await leftBehind(repository, refs, { begin, head });
    if (left.length > 0) remarks.push(leftRemark(left, boxGitDir(record)));
    return { head, remarks, isMore: left.length + ofModules.length > 0, problems: ofModules };
  } catch (error) {
    const why = isOdd(error) ? error.message : undefined;
    if (why === undefined) throw error;
    const problem: Failure = {
      code: 'unsafe-tree',
      message: `the commits made in the sandbox cannot be taken over: ${why}`,
      hint: `the files are kept as they are; the sandbox's repository stays in ${boxGitDir(record)}`,
    };
    const head = { commit: begin.commit, branch: record.branch };
    return { head, remarks, isMore: true, problems: [problem, ...ofModules] };
  }
}

/** Names that a box has made up are cut to these many. */
const SHOWN = 10;

function plantedRemark(planted: readonly string[]): Remark {
  const what = listed(planted);
  return {
    code: 'git-settings-ignored',
    message: `set up for git in the sandbox, without effect outside of it: ${what}`,
  };
}

function leftRemark(left: readonly string[], gitDir: string): Remark {
  const what = listed(left);
  return {
    code: 'branches-left',
    message: `commits beside HEAD are not taken over from the sandbox: ${what}; they stay in ${gitDir}`,
  };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length <= SHOWN ? shown : `${shown} and ${names.length - SHOWN} more`;
}

/** A permission or a name too long is the box's own doing as well. */
function isOdd(error: unknown): error is Error {
  if (error instanceof OddRefs || error instanceof OddObjects) return true;
  return error instanceof Error && isErrno(error, 'EACCES', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'ELOOP');
}

/** On a branch without a commit the task never left the start. */
function headOf({ head, refs }: PlainRefs, begin: BoxBegin): TakenBack['head'] {
  const { ref } = head;
  if (ref === undefined) return { commit: head.commit ?? begin.commit };
  const branch = ref.startsWith(HEADS) ? { branch: ref.slice(HEADS.length) } : {};
  return { commit: refs.get(ref) ?? begin.commit, ...branch };
}

async function bring(
  repository: GitRepository,
  record: WorktreeRecord,
  { begin, commit }: { readonly begin: BoxBegin; readonly commit: string },
): Promise<void> {
  await importObjects(repository.git, {
    from: join(boxGitDir(record), 'objects'),
    into: join(repository.commonDir, 'objects'),
    scratch: boxFolder(record),
    commits: [commit],
    known: begin.commit,
  });
}

async function leftBehind(
  repository: GitRepository,
  { refs }: PlainRefs,
  { begin, head }: { readonly begin: BoxBegin; readonly head: TakenBack['head'] },
): Promise<readonly string[]> {
  const known = new Set([...Object.values(begin.refs), begin.commit, head.commit]);
  const candidates = [...refs].filter(
    ([name, id]) => !known.has(id) && (name.startsWith(HEADS) || name === 'refs/stash'),
  );
  const left: string[] = [];
  for (const [at, [name, id]] of candidates.entries()) {
    const isKnown = at < MAX_ASKED && (await isContained(repository, id, head.commit));
    if (!isKnown) left.push(name.replace(HEADS, ''));
  }
  return left.sort();
}

async function isContained(repository: GitRepository, id: string, commit: string): Promise<boolean> {
  const known = await repository.git.run(['cat-file', '-e', `${id}^{commit}`], { codes: [0, 1, 128] });
  return known.code === 0 && (await isAncestor(repository, id, commit));
}
