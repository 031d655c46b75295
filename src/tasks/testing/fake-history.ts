/** Commits and trees in memory, with as much of git's meaning as a task needs. */
import type { Change } from '../repository-port.ts';

/** Path to content. */
export type FakeFiles = Readonly<Record<string, string>>;

interface FakeCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

export interface FakeHistory {
  readonly trees: ReadonlyMap<string, FakeFiles>;
  readonly commits: ReadonlyMap<string, FakeCommit>;
  addTree(files: FakeFiles): string;
  addCommit(commit: FakeCommit): string;
  /** A commit of these files, on `parents`. */
  make(files: FakeFiles, ...parents: readonly string[]): string;
  /** The files of a commit or a tree. */
  filesOf(id: string): FakeFiles;
  isAncestor(ancestor: string, descendant: string): boolean;
  changes(from: string, to: string): readonly Change[];
  merge(
    ours: string,
    theirs: string,
    message: string,
  ): { ok: true; commit: string } | { ok: false; conflicts: readonly string[] };
}

export function createFakeHistory(): FakeHistory {
  const trees = new Map<string, FakeFiles>();
  const commits = new Map<string, FakeCommit>();
  const treeIds = new Map<string, string>();

  const addTree = (files: FakeFiles): string => {
    const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
    const key = JSON.stringify(sorted);
    const id = treeIds.get(key) ?? `tree-${treeIds.size + 1}`;
    treeIds.set(key, id);
    trees.set(id, sorted);
    return id;
  };
  const addCommit = (commit: FakeCommit): string => {
    const id = `commit-${commits.size + 1}`;
    commits.set(id, commit);
    return id;
  };
  const filesOf = (id: string): FakeFiles => {
    const files = trees.get(commits.get(id)?.tree ?? id);
    if (!files) throw new Error(`no commit or tree ${id}`);
    return files;
  };
  const ancestorsOf = (id: string): readonly string[] => {
    const found = new Set([id]);
    for (const commit of found) for (const parent of commits.get(commit)?.parents ?? []) found.add(parent);
    return [...found];
  };
  const merge: FakeHistory['merge'] = (ours, theirs, message) => {
    const mine = ancestorsOf(ours);
    const base = ancestorsOf(theirs).find((id) => mine.includes(id));
    const merged = mergeFiles(base === undefined ? {} : filesOf(base), filesOf(ours), filesOf(theirs));
    if (merged.conflicts.length > 0) return { ok: false, conflicts: merged.conflicts };
    return { ok: true, commit: addCommit({ tree: addTree(merged.files), parents: [ours, theirs], message }) };
  };
  return {
    trees,
    commits,
    addTree,
    addCommit,
    filesOf,
    merge,
    make: (files, ...parents) => addCommit({ tree: addTree(files), parents, message: 'made by a test' }),
    isAncestor: (ancestor, descendant) => ancestorsOf(descendant).includes(ancestor),
    changes: (from, to) => compareFiles(filesOf(from), filesOf(to)),
  };
}

function compareFiles(before: FakeFiles, after: FakeFiles): readonly Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((path): readonly Change[] => {
    const old = before[path];
    const text = after[path];
    if (old === text) return [];
    if (text === undefined) return [{ path, status: 'deleted', size: 0 }];
    return [{ path, status: old === undefined ? 'added' : 'modified', size: text.length }];
  });
}

function mergeFiles(
  base: FakeFiles,
  ours: FakeFiles,
  theirs: FakeFiles,
): { files: FakeFiles; conflicts: readonly string[] } {
  const files: Record<string, string> = {};
  const conflicts: string[] = [];
  for (const path of new Set([base, ours, theirs].flatMap((side) => Object.keys(side)))) {
    const [was, mine, other] = [base[path], ours[path], theirs[path]];
    if (mine !== other && mine !== was && other !== was) conflicts.push(path);
    const text = mine === was ? other : mine;
    if (text !== undefined) files[path] = text;
  }
  return { files, conflicts: conflicts.sort() };
}
