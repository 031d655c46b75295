/** What a run leaves in a repository, and what it must not touch. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from './repository.ts';

export interface Traces {
  /** Linked worktrees that git knows. */
  readonly worktrees: readonly string[];
  /** Working trees in the cache. */
  readonly trees: readonly string[];
  /** Names below `.git/orch`. */
  readonly registry: readonly string[];
  /** Lock files of git below `.git`. */
  readonly locks: readonly string[];
}

export const NO_TRACES: Traces = { worktrees: [], trees: [], registry: [], locks: [] };

export function tracesOf({ git, root, place }: Repository): Traces {
  const listed = git('worktree', 'list', '--porcelain').split('\n');
  const worktrees = listed.filter((line) => line.startsWith('worktree ')).map((line) => line.slice('worktree '.length));
  return {
    worktrees: worktrees.filter((path) => path !== root),
    trees: filesBelow(join(place.cache, 'orch', 'worktrees')),
    registry: filesBelow(join(root, '.git', 'orch')),
    locks: filesBelow(join(root, '.git')).filter((path) => path.endsWith('.lock')),
  };
}

export function branchesOf({ git }: Repository): readonly string[] {
  return git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n').filter(Boolean);
}

/** Paths of files, relative, sorted. */
export function filesBelow(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .toSorted();
}

/** The main checkout as the user sees it: HEAD, refs of theirs, index, stash, settings, hooks and files. */
export function checkoutOf({ git, root }: Repository): object {
  const own = filesBelow(root).filter((path) => !/^(\.git\/|logs\/|docs\/orchestrator-run-summary\.md$)/.test(path));
  return {
    head: readFileSync(join(root, '.git', 'HEAD'), 'utf8'),
    refs: git('for-each-ref')
      .split('\n')
      .filter((line) => !line.includes('refs/heads/orch')),
    index: digest(join(root, '.git', 'index')),
    stash: git('stash', 'list'),
    config: readFileSync(join(root, '.git', 'config'), 'utf8'),
    hooks: filesBelow(join(root, '.git', 'hooks')),
    files: own.map((path) => `${path} ${statSync(join(root, path)).mode.toString(8)} ${digest(join(root, path))}`),
  };
}

export function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
