/** Plays a box without a container: git on the repository that a box gets, at the paths that it has out here. */
import { execFileSync } from 'node:child_process';
import type { BoxGit } from '../box-repository.ts';
import type { LinkedWorktree } from '../worktree.ts';
import type { Sandbox } from './sandbox.ts';

export interface PlayedBox {
  readonly git: BoxGit;
  /** Where its git directory lies out here. */
  readonly gitDir: string;
  /** A bash command in the working tree; trimmed output. */
  sh(command: string): string;
}

export async function playBox(sandbox: Sandbox, tree: LinkedWorktree, isolated = false): Promise<PlayedBox> {
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const git = await tree.boxGit({ user, workTree: tree.path, isolated });
  const hostOf = (inner: string): string => git.mounts.find((mount) => mount.inner === inner)?.host ?? '';
  const gitDir = hostOf('/__o/git');
  const env = {
    PATH: process.env['PATH'],
    HOME: sandbox.home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    LC_ALL: 'C',
    GIT_DIR: gitDir,
    GIT_WORK_TREE: tree.path,
    // The inner path that the repository itself names is not there.
    GIT_ALTERNATE_OBJECT_DIRECTORIES: hostOf('/__o/objects/0'),
    ...git.env,
  };
  return {
    git,
    gitDir,
    sh: (command) =>
      execFileSync('bash', ['-ec', command], { cwd: tree.path, env, encoding: 'utf8', stdio: 'pipe' }).trim(),
  };
}
