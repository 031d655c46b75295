/**
 * What a fresh working tree gets from the main checkout beside the commit's files: copies and links, named in the
 * configuration or by `.worktreeinclude`. None of it ever enters a commit.
 */
import { join } from 'node:path';
import { type BytePath, bytePath, joinFields, show, splitFields } from './bytes.ts';
import type { GitRepository } from './repository.ts';
import { exists, readRegular } from './safe-files.ts';

export interface SharedPaths {
  /** Relative to the top of the checkout; `*`, `?` and `[` make a pattern. */
  readonly copy: readonly string[];
  /** Literal paths: the worktree sees the very files of the checkout. */
  readonly link: readonly string[];
}

/** What to copy and link, found once a run: before the first task could have changed the main checkout. */
export interface SharePlan {
  readonly copies: readonly BytePath[];
  readonly links: readonly BytePath[];
  readonly warnings: readonly string[];
}

const INCLUDE_FILE = '.worktreeinclude';

export async function planShares(repository: GitRepository, shared: SharedPaths): Promise<SharePlan> {
  const warnings: string[] = [];
  const copies = new Set<BytePath>();
  const patterns: string[] = [];
  for (const path of shared.copy) {
    const reason = await unfit(repository, path);
    if (reason !== undefined) warnings.push(`worktrees.copy: "${path}" ${reason}`);
    else if (isPattern(path)) patterns.push(clean(path));
    else copies.add(bytePath(clean(path)));
  }
  for (const path of await matching(repository, patterns)) copies.add(path);
  for (const path of await included(repository)) copies.add(path);
  const links: BytePath[] = [];
  for (const path of shared.link) {
    const reason = isPattern(path) ? 'is a pattern; links are named one by one' : await unfit(repository, path);
    if (reason === undefined) links.push(bytePath(clean(path)));
    else warnings.push(`worktrees.link: "${path}" ${reason}`);
  }
  return { copies: [...copies], links, warnings };
}

async function unfit(repository: GitRepository, path: string): Promise<string | undefined> {
  const reason = refusal(path);
  if (reason !== undefined || isPattern(path)) return reason;
  return (await exists(join(repository.root, clean(path)))) ? undefined : 'is not there';
}

/** Untracked files, ignored or not, that match git's glob patterns. */
async function matching(repository: GitRepository, patterns: readonly string[]): Promise<readonly BytePath[]> {
  if (patterns.length === 0) return [];
  const specs = patterns.map((pattern) => `:(glob)${pattern}`);
  return list(repository, ['-o', '-z', '--', ...specs]);
}

/** Files that `.worktreeinclude` names and that the repository ignores: nothing else is the user's to lose. */
async function included(repository: GitRepository): Promise<readonly BytePath[]> {
  const file = join(repository.root, INCLUDE_FILE);
  if ((await readRegular(file, 1024 * 1024)) === undefined) return [];
  const named = await list(repository, ['-o', '-i', '-z', '--directory', `--exclude-from=${file}`]);
  if (named.length === 0) return [];
  const place = { ...checkout(repository), input: joinFields(named), codes: [0, 1] };
  const ignored = new Set(splitFields((await repository.git.run(['check-ignore', '-z', '--stdin'], place)).stdout));
  const found: BytePath[] = [];
  for (const path of named) {
    if (ignored.has(path)) found.push(path.replace(/\/$/, '') as BytePath);
    else if (path.endsWith('/')) {
      found.push(
        ...(await list(repository, ['-o', '-i', '-z', '--exclude-standard', '--', `:(literal)${show(path)}`])),
      );
    }
  }
  return found;
}

async function list(repository: GitRepository, args: readonly string[]): Promise<readonly BytePath[]> {
  return splitFields((await repository.git.run(['ls-files', ...args], checkout(repository))).stdout);
}

function checkout(repository: GitRepository): { readonly workTree: string; readonly index: string } {
  return { workTree: repository.root, index: join(repository.gitDir, 'index') };
}

function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** Without `./` and trailing slashes. */
function clean(path: string): string {
  return path.replace(/^(\.\/+)+/, '').replace(/\/+$/, '');
}

/** Why a path cannot be shared, or undefined when it can. */
function refusal(path: string): string | undefined {
  const parts = clean(path).split('/');
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is not relative to the repository';
  if (parts.includes('..')) return 'leads out of the repository';
  if (parts.some((part) => part.toLowerCase() === '.git')) return 'lies in a git directory';
  return parts.includes('') ? 'is empty' : undefined;
}
