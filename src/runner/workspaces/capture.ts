/**
 * Records a working tree as a git tree, by an index of orch's own that the task has never seen, and refuses what must
 * not be committed: the tree it names is without it.
 */
import { unlink } from 'node:fs/promises';
import type { Failure } from '../../shared/failure.ts';
import { addFiles } from './add-files.ts';
import { type BytePath, bytePath, joinFields, locate, show, splitFields } from './bytes.ts';
import { refuse, unsafe } from './refusals.ts';
import type { GitRepository } from './repository.ts';
import { scanTree, type TreeScan } from './scan.ts';
import { captureSubmodule, declaredSubmodules, type Submodule } from './submodules.ts';
import { diffTrees, GITLINK, type TreeChange, undoChanges } from './tree-diff.ts';
import type { GitPlace } from './trusted-git.ts';

export interface CaptureRequest {
  readonly workTree: string;
  /** Orch's own index, which stands at `start` or at an earlier capture. */
  readonly index: string;
  /** The commit or tree that changes are told against. */
  readonly start: string;
  /** Never recorded: copies, links, orch's own output. Directories mean all below. */
  readonly excluded: readonly BytePath[];
  readonly submodules: readonly Submodule[];
  /** The git directory of the worktree; without it submodules stay as the index has them. */
  readonly admin?: string;
  /** Names the ref that keeps new commits of submodules alive. */
  readonly keepRef: string;
  /** The task's own index when it has changed: what it added by force or stopped tracking counts. */
  readonly taskIndex?: string;
}

export interface CapturedTree {
  readonly tree: string;
  readonly changes: readonly TreeChange[];
  readonly problems: readonly Failure[];
}

/** Pathspecs beyond this many slow git down more than looking at the result does. */
const MAX_PATHSPECS = 200;

export async function captureTree(repository: GitRepository, request: CaptureRequest): Promise<CapturedTree> {
  const { git } = repository;
  const place = { workTree: request.workTree, index: request.index };
  const problems: Failure[] = [];
  const scan = await scanTree(request.workTree);
  problems.push(...(await removeTraps(request.workTree, scan)));
  const submodules = await knownSubmodules(repository, request, scan);
  const embedded = scan.nested.filter((path) => !submodules.some((submodule) => bytePath(submodule.path) === path));
  const foreign = await foreignRepositories(repository, place, embedded, problems);
  const left = [...submodules.map((submodule) => bytePath(submodule.path)), ...foreign];
  if (request.excluded.length <= MAX_PATHSPECS) left.push(...request.excluded);
  problems.push(...(await addFiles(repository, place, left)));
  if (scan.unreadable.length > 0) problems.push(unsafe('directories that cannot be listed', scan.unreadable));
  if (request.taskIndex !== undefined) await followTaskIndex(repository, place, request.taskIndex);
  await recordSubmodules(repository, request, submodules, problems);

  const tree = await git.text(['write-tree'], place);
  const changes = await diffTrees(git, request.start, tree);
  const declared = new Set<string>(submodules.map((submodule) => bytePath(submodule.path)));
  const refused = await refuse(repository, request, { scan, changes, declared }, problems);
  if (refused.size === 0) return { tree, changes, problems };
  await undoChanges(git, place, [...refused]);
  const rest = changes.filter((change) => !refused.has(change));
  return { tree: await git.text(['write-tree'], place), changes: rest, problems };
}

/** A named pipe where git expects a file of its own would hang it. A pipe holds nothing that could be lost. */
async function removeTraps(workTree: string, scan: TreeScan): Promise<readonly Failure[]> {
  const traps = scan.special.filter((path) => /(^|\/)\.git(ignore|attributes|modules|\/HEAD)$/.test(path));
  for (const path of traps) await unlink(locate(workTree, path));
  return traps.length === 0 ? [] : [unsafe('git files that are no files', traps)];
}

/** Those of the start, and those that the task itself has added properly. */
async function knownSubmodules(
  repository: GitRepository,
  request: CaptureRequest,
  scan: TreeScan,
): Promise<readonly Submodule[]> {
  if (scan.nested.length === 0 || request.admin === undefined) return request.submodules;
  const known = new Set(request.submodules.map((submodule) => submodule.path));
  const nested = new Set<string>(scan.nested);
  const declared = await declaredSubmodules(repository.git, request.workTree);
  return [...request.submodules, ...declared.filter(({ path }) => !known.has(path) && nested.has(bytePath(path)))];
}

/** Reports embedded repositories that git would record as links to nowhere, and returns those it is to pass by. */
async function foreignRepositories(
  repository: GitRepository,
  place: GitPlace,
  embedded: readonly BytePath[],
  problems: Failure[],
): Promise<readonly BytePath[]> {
  if (embedded.length === 0) return [];
  const input = joinFields(embedded.map((path) => `${path}/`));
  const answer = await repository.git.run(['check-ignore', '-z', '--stdin'], { ...place, input, codes: [0, 1] });
  const ignored = new Set<string>(splitFields(answer.stdout).map((path) => path.replace(/\/$/, '')));
  const reported = embedded.filter((path) => !ignored.has(path));
  if (reported.length > 0) {
    problems.push(
      unsafe('repositories inside the working tree', reported, 'remove their .git, or add them as submodules'),
    );
  }
  // In a directory with tracked files git goes by the files; passing it by would lose changes.
  const tracked = await repository.git.run(
    ['ls-files', '-z', '--', ...embedded.map((path) => `:(literal)${show(path)}`)],
    place,
  );
  const files = splitFields(tracked.stdout);
  return embedded.filter((path) => !files.some((file) => file.startsWith(`${path}/`)));
}

/** Ignored files that the task tracks are tracked, tracked ones that it ignores and dropped are dropped. */
async function followTaskIndex(repository: GitRepository, place: GitPlace, taskIndex: string): Promise<void> {
  const theirs = await trackedIgnored(repository, { ...place, index: taskIndex });
  if (theirs === undefined) return;
  const ours = (await trackedIgnored(repository, place)) ?? [];
  await updateIndex(repository, place, ['--add'], difference(theirs, ours));
  await updateIndex(repository, place, ['--force-remove'], difference(ours, theirs));
}

/** Undefined when the index cannot be read: the files then count as they are. */
async function trackedIgnored(repository: GitRepository, place: GitPlace): Promise<readonly BytePath[] | undefined> {
  const output = await repository.git.run(['ls-files', '-c', '-i', '-z', '--exclude-standard'], {
    ...place,
    codes: [0, 128],
  });
  return output.code === 0 ? splitFields(output.stdout) : undefined;
}

function difference(paths: readonly BytePath[], without: readonly BytePath[]): readonly BytePath[] {
  const known = new Set(without);
  return paths.filter((path) => !known.has(path));
}

async function updateIndex(
  repository: GitRepository,
  place: GitPlace,
  how: readonly string[],
  paths: readonly BytePath[],
): Promise<void> {
  if (paths.length === 0) return;
  // A path that is gone from the disk makes git say so and go on with the rest.
  await repository.git.run(['update-index', ...how, '--remove', '-z', '--stdin'], {
    ...place,
    input: joinFields(paths),
    codes: [0, 1, 128],
  });
}

async function recordSubmodules(
  repository: GitRepository,
  request: CaptureRequest,
  submodules: readonly Submodule[],
  problems: Failure[],
): Promise<void> {
  if (request.admin === undefined || submodules.length === 0) return;
  const place = { workTree: request.workTree, index: request.index, admin: request.admin };
  const lines: string[] = [];
  for (const submodule of submodules) {
    const state = await captureSubmodule(repository, place, submodule, request.keepRef);
    if (state.problem !== undefined) problems.push(state.problem);
    const path = bytePath(submodule.path);
    if (state.commit === undefined) lines.push(`0 ${repository.git.nullId}\t${path}\0`);
    else if (state.commit !== submodule.commit) lines.push(`${GITLINK} ${state.commit}\t${path}\0`);
  }
  if (lines.length === 0) return;
  await repository.git.run(['update-index', '-z', '--index-info'], {
    ...place,
    input: Buffer.from(lines.join(''), 'latin1'),
  });
}
