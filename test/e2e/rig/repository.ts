/** A git repository to run orch in, with what tasks need to wait for each other and for the test. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { type RunEvent, readJournal } from './journal.ts';
import { createPlace, type Place, type PlaceOptions } from './place.ts';
import { waitUntil } from './wait.ts';

export const CONFIG = 'framework/orchestrator/orchestrator.yaml';

export interface TaskSource {
  readonly name: string;
  readonly command: string;
  readonly [key: string]: unknown;
}

export interface ConfigSource {
  readonly tasks?: readonly TaskSource[];
  readonly [key: string]: unknown;
}

export interface RepositoryOptions extends PlaceOptions {
  readonly config?: ConfigSource;
  /** Committed. */
  readonly files?: Readonly<Record<string, string>>;
  /** A bare repository called `origin`, with `main` pushed to it and tracked. */
  readonly remote?: boolean;
  /** Called with the repository's directory while that is empty. */
  readonly prepare?: (root: string) => void;
}

export interface Repository {
  readonly place: Place;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Git as the user types it, in the repository. Output without the line break at its end. */
  readonly git: (...args: readonly string[]) => string;
  /** A file of the working tree. */
  readonly write: (path: string, text: string) => void;
  read(path: string): string;
  exists(path: string): boolean;
  /** Commits all there is. */
  commit(message: string): string;
  configure(config: ConfigSource): void;
  /** Runs that have a directory, oldest first. */
  runs(): readonly string[];
  /** The journal of a run; of the newest unless said. */
  events(run?: string): readonly RunEvent[];
  /** Lets tasks that do `await-note NAME` go on. */
  tell(note: string): void;
  /** Waits until a task did `tell NAME`; resolves with the text that it gave. */
  heard(note: string): Promise<string>;
  hasHeard(note: string): boolean;
}

/** `tell NAME [TEXT]` leaves a note; `await-note NAME…` waits for notes, a minute at most. */
const TELL = `#!/bin/sh
printf '%s' "$2" >"NOTES/.$1.$$" && mv "NOTES/.$1.$$" "NOTES/$1"
`;
const AWAIT_NOTE = `#!/bin/sh
for note; do
  tries=0
  until [ -e "NOTES/$note" ]; do
    tries=$((tries + 1))
    [ $tries -gt 3000 ] && echo "await-note: $note never came" >&2 && exit 99
    sleep 0.02
  done
done
`;

export function createRepository(options: RepositoryOptions = {}): Repository {
  const place = createPlace(options);
  const notes = join(place.top, 'notes');
  const bin = join(place.top, 'bin');
  const root = join(place.top, 'repo');
  for (const directory of [place.home, place.cache, place.temporary, notes, bin, root]) mkdirSync(directory);
  writeFileSync(join(bin, 'tell'), TELL.replaceAll('NOTES', notes), { mode: 0o755 });
  writeFileSync(join(bin, 'await-note'), AWAIT_NOTE.replaceAll('NOTES', notes), { mode: 0o755 });
  options.prepare?.(root);
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: place.home,
    XDG_CACHE_HOME: place.cache,
    TMPDIR: place.temporary,
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const repository = describeRepository({ place, root, env, notes });
  fill(repository, options);
  return repository;
}

interface Parts {
  readonly place: Place;
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly notes: string;
}

function describeRepository({ place, root, env, notes }: Parts): Repository {
  const at = (path: string): string => join(root, path);
  // Only the test's own commits get an identity: orch must do without one.
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: root,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 256 * 1024 * 1024,
    }).replace(/\n$/, '');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  const runs = (): readonly string[] =>
    existsSync(at('logs/runs'))
      ? readdirSync(at('logs/runs'))
          .filter((name) => !name.startsWith('.'))
          .toSorted()
      : [];
  return {
    place,
    root,
    env,
    git,
    write,
    read: (path) => readFileSync(at(path), 'utf8'),
    exists: (path) => existsSync(at(path)),
    commit: (message) => {
      git('add', '-A');
      git('commit', '-qm', message);
      return git('rev-parse', 'HEAD');
    },
    configure: (config) => write(CONFIG, stringify({ version: 1, max_parallel: 4, ...config })),
    runs,
    events: (run = runs().at(-1) ?? 'none') => readJournal(at(`logs/runs/${run}/events.jsonl`)),
    tell: (note) => writeFileSync(join(notes, note), ''),
    heard: (note) =>
      waitUntil(
        `the note ${note}`,
        () => existsSync(join(notes, note)) && { text: readFileSync(join(notes, note), 'utf8') },
      ).then(({ text }) => text),
    hasHeard: (note) => existsSync(join(notes, note)),
  };
}

function fill(repository: Repository, { config, files = {}, remote = false }: RepositoryOptions): void {
  const { git, write, place } = repository;
  git('init', '-q', '-b', 'main');
  write('README.md', 'a repository\n');
  write('.gitignore', 'logs/\n/docs/orchestrator-run-summary.md\n');
  for (const [path, text] of Object.entries(files)) write(path, text);
  if (config !== undefined) repository.configure(config);
  repository.commit('first');
  if (!remote) return;
  const origin = join(place.top, 'origin.git');
  git('clone', '-q', '--bare', repository.root, origin);
  git('remote', 'add', 'origin', origin);
  git('fetch', '-q', 'origin');
  git('branch', '-q', '--set-upstream-to=origin/main', 'main');
}
