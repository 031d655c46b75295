/** A repository in memory, and one working tree in it that a test changes as a task would. */
import { hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Repository, WorkTree } from '../repository-port.ts';
import { createFakeHistory, type FakeFiles, type FakeHistory } from './fake-history.ts';

export interface FakeRepository extends Repository {
  readonly history: FakeHistory;
  readonly branches: Map<string, string>;
  /** The commit that `base` names. */
  readonly root: string;
  readonly work: FakeWork;
  /** What the ports were asked to do, such as `merge commit-2 commit-3`. */
  readonly asked: string[];
  /** Makes the named port calls fail with an error. */
  readonly broken: Map<string, Error>;
}

/** The working tree as a task sees it. */
interface FakeWork {
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
  /** Problems that the next captures find. */
  problems: readonly Failure[];
  /** What the next resets say to have moved. */
  moved: readonly string[];
  /** Rules by path, of files that are not in it. */
  readonly ignored: Map<string, string>;
  write(path: string, text: string): void;
  remove(path: string): void;
  /** A commit of all files, as the task's own git would make it. */
  commit(message: string): string;
  switchTo(branch: string | undefined, commit?: string): void;
  readonly head: string;
  /** Whether the tree was closed, and kept. */
  readonly closed: 'kept' | 'removed' | undefined;
}

export function createFakeRepository(files: FakeFiles = { 'README.md': 'hello' }): FakeRepository {
  const history = createFakeHistory();
  const root = history.make(files);
  const branches = new Map<string, string>([['main', root]]);
  const asked: string[] = [];
  const broken = new Map<string, Error>();
  const ask = (name: string, ...details: readonly string[]): void => {
    asked.push([name, ...details].join(' '));
    const error = broken.get(name);
    if (error) throw error;
  };
  const state = createState(history, branches);
  const tree = createWorkTree({ state, history, branches, ask });
  let isOpen = false;
  return {
    history,
    branches,
    root,
    asked,
    broken,
    work: state,
    base: async () => {
      ask('base');
      return root;
    },
    isAncestor: async (ancestor, descendant) => {
      ask('isAncestor', ancestor, descendant);
      return history.isAncestor(ancestor, descendant);
    },
    merge: async ({ ours, theirs, message }) => {
      ask('merge', ours, theirs);
      return history.merge(ours, theirs, message);
    },
    graft: async ({ tree, paths }) => {
      const files = new Map(Object.entries(history.filesOf(tree)));
      for (const { path, from } of paths) {
        const isAt = (name: string): boolean => name === path || name.startsWith(`${path}/`);
        for (const name of [...files.keys()].filter(isAt)) files.delete(name);
        const put = from === undefined ? [] : Object.entries(history.filesOf(from));
        for (const [name, text] of put.filter(([name]) => isAt(name))) files.set(name, text);
      }
      return history.addTree(Object.fromEntries(files));
    },
    commit: async ({ tree, parent, message }) => history.addCommit({ tree, parents: [parent], message }),
    open: async ({ branch, start }) => {
      ask('open', branch, start);
      branches.set(branch, start);
      state.switchTo(branch);
      state.reset(start);
      isOpen = true;
      return tree;
    },
    current: async () => (isOpen ? tree : undefined),
  };
}

interface State extends FakeWork {
  branch: string | undefined;
  closed: 'kept' | 'removed' | undefined;
  reset(commit: string): void;
}

function createState(history: FakeHistory, branches: Map<string, string>): State {
  let files: Record<string, string> = {};
  let detached = '';
  const moveHead = (commit: string): void => {
    if (state.branch === undefined) detached = commit;
    else branches.set(state.branch, commit);
  };
  const state: State = {
    path: '/work-tree',
    problems: [],
    moved: [],
    ignored: new Map(),
    branch: undefined,
    closed: undefined,
    get files() {
      return files;
    },
    get head() {
      return state.branch === undefined ? detached : (branches.get(state.branch) ?? detached);
    },
    write: (path, text) => {
      files[path] = text;
    },
    remove: (path) => {
      delete files[path];
    },
    commit: (message) => {
      const commit = history.addCommit({ tree: history.addTree(files), parents: [state.head], message });
      moveHead(commit);
      return commit;
    },
    switchTo: (branch, commit = state.head) => {
      state.branch = branch;
      if (branch === undefined || !branches.has(branch)) moveHead(commit);
    },
    reset: (commit) => {
      files = { ...history.filesOf(commit) };
      moveHead(commit);
    },
  };
  return state;
}

interface TreeParts {
  readonly state: State;
  readonly history: FakeHistory;
  readonly branches: Map<string, string>;
  readonly ask: (name: string, ...details: readonly string[]) => void;
}

function createWorkTree({ state, history, branches, ask }: TreeParts): WorkTree {
  return {
    path: hostPath(state.path),
    warnings: [],
    ...createFiles({ state, history, branches, ask }),
    capture: async () => {
      ask('capture');
      return { tree: history.addTree(state.files), problems: state.problems };
    },
    changes: async (from, to) => {
      ask('changes', from, to);
      return history.changes(from, to);
    },
    head: async () => {
      ask('head');
      return { commit: state.head, ...(state.branch !== undefined && { branch: state.branch }) };
    },
    commits: async (from, to, limit) => {
      ask('commits', from, to);
      const own = [...history.commits.keys()]
        .reverse()
        .filter((id) => history.isAncestor(id, to) && !history.isAncestor(id, from));
      return own.slice(0, limit).map((id) => ({ id, subject: history.commits.get(id)?.message.split('\n')[0] ?? '' }));
    },
    commit: async ({ tree, parent, message }) => {
      ask('commit', tree, parent);
      return history.addCommit({ tree, parents: [parent], message });
    },
    treeOf: async (commit) => {
      ask('treeOf', commit);
      return history.commits.get(commit)?.tree ?? '';
    },
    setBranch: async (branch, commit) => {
      ask('setBranch', branch, commit);
      branches.set(branch, commit);
    },
    reset: async (commit) => {
      ask('reset', commit);
      state.reset(commit);
      return state.moved;
    },
    activity: async () => {
      ask('activity');
      return JSON.stringify(state.files);
    },
    close: async ({ keep }) => {
      ask('close', String(keep));
      state.closed = keep ? 'kept' : 'removed';
    },
  };
}

function createFiles({ state, history, ask }: TreeParts): Pick<WorkTree, 'read' | 'write' | 'digest' | 'ignoredBy'> {
  return {
    read: async (tree, path, limit) => {
      ask('read', tree, path);
      const bytes = new TextEncoder().encode(history.filesOf(tree)[path] ?? '');
      if (!Object.hasOwn(history.filesOf(tree), path)) return { kind: 'absent' };
      return bytes.length > limit ? { kind: 'too-large', size: bytes.length } : { kind: 'file', bytes };
    },
    write: async (path, text) => {
      ask('write', path);
      state.write(path, text);
      return true;
    },
    ignoredBy: async (path) => {
      ask('ignoredBy', path);
      return state.ignored.get(path);
    },
    digest: async (from, to) => {
      ask('digest', from, to);
      return `digest of ${from} to ${to}`;
    },
  };
}
