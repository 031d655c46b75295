/** Finds the user's repository and says what of it cannot be worked with, before anything is started. */
import { join } from 'node:path';
import type { HostPath } from '../../shared/brand.ts';
import { hostPath } from '../../shared/brand.ts';
import type { Diagnostic } from '../../shared/diagnostic.ts';
import { MachineError } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';
import { err, ok } from '../../shared/result.ts';
import { type GitOutput, runGit } from './git-process.ts';
import { parseSettings, type Settings } from './git-settings.ts';
import { guard } from './machine-failure.ts';
import { createLock, type Exclusive } from './repository-lock.ts';
import { readLine } from './safe-files.ts';
import { createTrustedGit, type TrustedGit } from './trusted-git.ts';

export interface GitRepository {
  /** The top of the user's checkout, which may itself be a linked worktree. */
  readonly root: HostPath;
  /** The git directory of that checkout, and the one that all worktrees share. */
  readonly gitDir: HostPath;
  readonly commonDir: HostPath;
  readonly gitVersion: string;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly shallow: boolean;
  /** The commit checked out, and its branch unless detached. */
  readonly head: { readonly commit: string; readonly branch?: string };
  /** The branch that `origin` calls its default, where that is known. */
  readonly defaultBranch?: string;
  /** The URL of `origin` without user name or password. */
  readonly remoteUrl?: string;
  readonly git: TrustedGit;
  readonly exclusive: Exclusive;
  /** Removes what orch made for this process alone. */
  dispose(): Promise<void>;
}

/** The oldest git whose merge-tree can write trees. */
const OLDEST: readonly [number, number] = [2, 38];

/** Opens the repository that `directory` lies in. Throws `MachineError` when git is absent or too old. */
export const openRepository = guard(open);

async function open(directory: string): Promise<Result<GitRepository, readonly Diagnostic[]>> {
  const user = userGit(directory);
  const gitVersion = await checkVersion(user);
  const found = await discover(user, directory);
  if (!found.ok) return found;
  const { root, gitDir, commonDir, objectFormat, shallow } = found.value;
  const [config, commit, branch, origin] = await Promise.all([
    user(['config', '--list', '-z']),
    revision(user, 'HEAD'),
    readPointer(join(gitDir, 'HEAD'), 'refs/heads/'),
    readPointer(join(commonDir, 'refs/remotes/origin/HEAD'), 'refs/remotes/origin/'),
  ]);
  const settings = parseSettings(config.stdout.toString('utf8'));
  if (settings.get('extensions.refstorage') === 'reftable') {
    const hint = 'convert it: git refs migrate --ref-format=files';
    return refuse('unsupported-repository', 'this repository keeps its refs in reftable format', hint);
  }
  if (commit === undefined) {
    return refuse(
      'no-commits',
      `the repository ${root} has no commit yet`,
      'make a first commit: tasks start from one',
    );
  }
  const git = await createTrustedGit({ commonDir, objectFormat, settings });
  return ok({
    root,
    gitDir,
    commonDir,
    gitVersion,
    objectFormat,
    shallow,
    head: branch === undefined ? { commit } : { commit, branch },
    ...remoteOf(settings, origin),
    git,
    exclusive: createLock(join(commonDir, 'orch', 'lock')),
    dispose: () => git.dispose(),
  });
}

/** The commit that a ref, tag or abbreviated id means in the user's checkout. */
export async function resolveCommit(
  repository: GitRepository,
  ref: string,
): Promise<Result<string, readonly Diagnostic[]>> {
  if (ref === 'HEAD') return ok(repository.head.commit);
  const commit = ref.startsWith('-') ? undefined : await revision(userGit(repository.root), ref);
  if (commit !== undefined) return ok(commit);
  const hint = repository.shallow
    ? 'this is a shallow clone: fetch it first'
    : 'name a branch, tag or commit of this repository';
  return refuse('unknown-base', `"${ref}" names no commit`, hint);
}

type UserGit = (args: readonly string[], codes?: readonly number[]) => Promise<GitOutput>;

/** Git as the user would start it, for questions asked before the run alone: afterwards their settings may be a task's. */
function userGit(directory: string): UserGit {
  const env: Record<string, string> = { LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };
  const names = [
    'PATH',
    'HOME',
    'XDG_CONFIG_HOME',
    'USER',
    'SystemRoot',
    'USERPROFILE',
    'GIT_CONFIG_NOSYSTEM',
    'GIT_CONFIG_GLOBAL',
    'GIT_CONFIG_SYSTEM',
  ];
  for (const name of names) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return (args, codes = [0]) => runGit({ args, cwd: directory, env, codes });
}

async function checkVersion(user: UserGit): Promise<string> {
  const text = (await user(['--version'])).stdout.toString('utf8').trim();
  const version = /(\d+)\.(\d+)(\.\d+)?/.exec(text);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  if (version !== null && (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]))) return version[0];
  throw new MachineError({
    code: 'environment-lost',
    message: `git ${OLDEST.join('.')} or newer is needed; this machine has ${text || 'none'}`,
    hint: 'install a newer git',
  });
}

interface Layout {
  readonly root: HostPath;
  readonly gitDir: HostPath;
  readonly commonDir: HostPath;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly shallow: boolean;
}

async function discover(user: UserGit, directory: string): Promise<Result<Layout, readonly Diagnostic[]>> {
  const questions = [
    '--is-bare-repository',
    '--show-object-format',
    '--is-shallow-repository',
    '--absolute-git-dir',
    '--git-common-dir',
    '--show-toplevel',
  ];
  const answer = await user(['rev-parse', '--path-format=absolute', ...questions], [0, 128]);
  // The top level is asked for last: its path may hold line breaks.
  const [bare, format, shallow, gitDir, commonDir, ...root] = answer.stdout
    .toString('utf8')
    .replace(/\n$/, '')
    .split('\n');
  if (answer.code === 0 && gitDir !== undefined && commonDir !== undefined) {
    return ok({
      root: hostPath(root.join('\n')),
      gitDir: hostPath(gitDir),
      commonDir: hostPath(commonDir),
      objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
      shallow: shallow === 'true',
    });
  }
  if (bare === 'true') {
    return refuse(
      'bare-repository',
      `${directory} is a bare repository: it has no files to work on`,
      'start orch in a clone or worktree of it',
    );
  }
  if (/dubious ownership/.test(answer.stderr)) {
    return refuse(
      'foreign-repository',
      `the repository at ${directory} belongs to another user`,
      `if you trust it: git config --global --add safe.directory ${directory}`,
    );
  }
  if (commonDir !== undefined) {
    return refuse(
      'no-work-tree',
      `${directory} lies inside a git directory, not in a working tree`,
      'start orch where the files are',
    );
  }
  if (/not a git repository/.test(answer.stderr)) {
    return refuse(
      'not-a-repository',
      `${directory} is not in a git repository`,
      'run git init there and commit, or start orch elsewhere',
    );
  }
  return refuse(
    'unreadable-repository',
    `git cannot read the repository at ${directory}: ${answer.stderr.trim().split('\n')[0] ?? ''}`,
  );
}

async function revision(user: UserGit, ref: string): Promise<string | undefined> {
  const answer = await user(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], [0, 1, 128]);
  const id = answer.stdout.toString('utf8').trim();
  return answer.code === 0 && /^[0-9a-f]{40,64}$/.test(id) ? id : undefined;
}

/** The branch that a symbolic ref names: such a ref is always a file of its own. */
async function readPointer(file: string, above: string): Promise<string | undefined> {
  const line = await readLine(file);
  const start = `ref: ${above}`;
  return line?.startsWith(start) === true ? line.slice(start.length) : undefined;
}

function remoteOf(settings: Settings, branch: string | undefined): { defaultBranch?: string; remoteUrl?: string } {
  const url = settings.get('remote.origin.url');
  if (url === undefined) return {};
  const remoteUrl = url.replace(/^([a-z][a-z+.-]*:\/\/)[^/@]*@/i, '$1');
  return branch === undefined ? { remoteUrl } : { defaultBranch: branch, remoteUrl };
}

function refuse(
  code: string,
  message: string,
  hint?: string,
): { readonly ok: false; readonly error: readonly Diagnostic[] } {
  return err([hint === undefined ? { severity: 'error', code, message } : { severity: 'error', code, message, hint }]);
}
