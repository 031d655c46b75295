/** Repositories that stand for a server's: what `--action-source` names in tests, reached by `file://`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Repository } from './repository.ts';

export interface Server {
  /** For `--action-source`. */
  readonly source: string;
  /** Where orch keeps what it fetched. */
  readonly cache: string;
  /** A repository `owner/name`, made when it is asked for first, with these files committed. Returns it. */
  repository(name: string, files?: Readonly<Record<string, string>>): ServedRepository;
  /** Takes a repository away, as if the network were gone. */
  remove(name: string): void;
}

export interface ServedRepository {
  readonly directory: string;
  readonly git: (...args: readonly string[]) => string;
  /** Commits these files; a value `-> target` makes a symbolic link. Returns the commit. */
  commit(files: Readonly<Record<string, string>>): string;
}

export function createServer({ place, env }: Repository): Server {
  const root = join(place.top, 'server');
  const open = (directory: string): ServedRepository => {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
        cwd: directory,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }).trim();
    return {
      directory,
      git,
      commit: (files) => {
        for (const [path, content] of Object.entries(files)) put(join(directory, path), content);
        git('add', '--all', '--force');
        git('commit', '--quiet', '--allow-empty', '--message=change');
        return git('rev-parse', 'HEAD');
      },
    };
  };
  return {
    source: `${pathToFileURL(root).href}/{owner}/{repo}`,
    cache: join(place.cache, 'orch', 'actions'),
    repository: (name, files) => {
      const directory = join(root, name);
      mkdirSync(directory, { recursive: true });
      const served = open(directory);
      served.git('init', '--quiet', '--initial-branch=main');
      if (files !== undefined) served.commit(files);
      return served;
    },
    remove: (name) => rmSync(join(root, name), { recursive: true }),
  };
}

function put(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  if (content.startsWith('-> ')) symlinkSync(content.slice(3), file);
  else writeFileSync(file, content);
}
