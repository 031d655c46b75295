/** Real repositories in temporary directories, and a way to play the task in a worktree. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach } from 'vitest';
import { createWorkspaces, type JobWorkspace, type WorkspaceSettings } from '../job-workspace.ts';
import { type GitRepository, openRepository } from '../repository.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

export function temporaryDirectory(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'orch-ws-')));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Git as a user or a task starts it, without this machine's own settings. */
function userEnvironment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    LC_ALL: 'C',
  };
}

export interface Sandbox {
  readonly home: string;
  readonly root: string;
  readonly worktrees: string;
  /** Runs git and gives its trimmed output. */
  git(...args: string[]): string;
  gitIn(directory: string, ...args: string[]): string;
  /** A bash command, as a task would run it. */
  sh(directory: string, command: string): string;
  start(directory: string, command: string): Promise<{ stdout: string }>;
  write(path: string, content: string): void;
  open(): Promise<GitRepository>;
}

/** A repository with one commit of the given files, `main` checked out. */
export function createSandbox(
  files: Readonly<Record<string, string>> = { 'a.txt': 'a\n' },
  ...init: string[]
): Sandbox {
  const home = temporaryDirectory();
  const root = join(home, 'repo');
  mkdirSync(root);
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Ada\n\temail = ada@example.org\n[protocol "file"]\n\tallow = always\n',
  );
  const env = userEnvironment(home);
  const sandbox: Sandbox = {
    home,
    root,
    worktrees: join(home, 'worktrees'),
    git: (...args) => sandbox.gitIn(root, ...args),
    gitIn: (directory, ...args) =>
      execFileSync('git', args, { cwd: directory, env, encoding: 'utf8', stdio: 'pipe' }).trim(),
    sh: (directory, command) =>
      execFileSync('bash', ['-ec', command], { cwd: directory, env, encoding: 'utf8', stdio: 'pipe' }).trim(),
    start: (directory, command) => promisify(execFile)('bash', ['-ec', command], { cwd: directory, env }),
    write(path, content) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    },
    async open() {
      const opened = await openRepository(root);
      if (!opened.ok) throw new Error(JSON.stringify(opened.error));
      cleanups.push(() => opened.value.dispose());
      return opened.value;
    },
  };
  sandbox.git('init', '-q', '-b', 'main', '--template=', ...init);
  for (const name of ['hooks', 'info']) mkdirSync(join(root, '.git', name));
  // Openers read the user's settings through this process's environment.
  process.env['GIT_CONFIG_GLOBAL'] = join(home, '.gitconfig');
  process.env['XDG_CONFIG_HOME'] = join(home, '.config');
  for (const [path, content] of Object.entries(files)) sandbox.write(path, content);
  sandbox.git('add', '-A');
  sandbox.git('commit', '-q', '-m', 'first');
  return sandbox;
}

/** A job of the run `r1` in this sandbox. */
export function jobIn(
  sandbox: Sandbox,
  repository: GitRepository,
  leg: string,
  settings: Partial<WorkspaceSettings> = {},
): JobWorkspace {
  return workspacesIn(sandbox, repository, settings).forJob(branchOf(leg));
}

export function workspacesIn(
  sandbox: Sandbox,
  repository: GitRepository,
  settings: Partial<WorkspaceSettings> = {},
): ReturnType<typeof createWorkspaces> {
  return createWorkspaces(repository, {
    base: repository.head.commit,
    root: sandbox.worktrees,
    copy: [],
    link: [],
    ...settings,
  });
}

export function branchOf(leg: string): string {
  return `orch/r1/${leg}`;
}
