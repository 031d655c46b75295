/** Repositories that stand for a server's: real git, reached by file://, with an identity of their own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type HostPath, hostPath } from '../../../shared/brand.ts';

export interface Server {
  readonly root: string;
  /** For `--action-source`. */
  readonly source: string;
  readonly cache: HostPath;
  repository(name: string): ServerRepository;
  dispose(): void;
}

export interface ServerRepository {
  readonly directory: string;
  git(...args: readonly string[]): string;
  /** Commits these files; a value `-> target` makes a symbolic link. Returns the commit. */
  commit(files: Readonly<Record<string, string>>): string;
}

export function createServer(): Server {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'orch-actions-')));
  return {
    root,
    source: `${pathToFileURL(root).href}/server/{owner}/{repo}`,
    cache: hostPath(join(root, 'cache')),
    repository: (name) => createRepository(join(root, 'server', name)),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}

const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];

function createRepository(directory: string): ServerRepository {
  mkdirSync(directory, { recursive: true });
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...IDENTITY, ...args], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  return {
    directory,
    git,
    commit: (files) => {
      for (const [path, content] of Object.entries(files)) write(join(directory, path), content);
      git('add', '--all', '--force');
      git('commit', '--quiet', '--message=change');
      return git('rev-parse', 'HEAD');
    },
  };
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  if (content.startsWith('-> ')) symlinkSync(content.slice(3), file);
  else writeFileSync(file, content);
}
