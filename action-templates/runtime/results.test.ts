import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type GitRepository, openRepository } from '../../src/runner/workspaces/index.ts';
import { MachineError } from '../../src/shared/failure.ts';
import type { TaskReport } from '../../src/shared/verdict.ts';
import type { ArtifactStore } from './artifacts.ts';
import { bundleCarrier } from './carriers.ts';
import type { Place } from './place.ts';
import { openResults, readReports, type TravellingResults } from './results.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function git(directory: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', [...identity, ...args], { cwd: directory, encoding: 'utf8' }).trim();
}

/** What a run's artifacts are, in memory. */
function memoryStore(): ArtifactStore {
  const all = new Map<string, ReadonlyMap<string, Uint8Array>>();
  return {
    list: async () => [...all.keys()].map((name, id) => ({ name, id, owner: 'x' })),
    read: async ({ name }, names) => new Map([...(all.get(name) ?? [])].filter(([file]) => names.includes(file))),
    upload: async (name, _, files) =>
      void all.set(name, new Map(files.map((file) => [basename(file), readFileSync(file)]))),
  };
}

interface Machine {
  readonly root: string;
  readonly repository: GitRepository;
  place(job: string, index?: number): Place;
}

function machines(): { readonly make: (name: string) => Promise<Machine> } {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'orch-results-')));
  cleanups.push(() => rmSync(top, { recursive: true, force: true }));
  const origin = join(top, 'origin');
  mkdirSync(origin);
  git(origin, 'init', '-q', '-b', 'main');
  writeFileSync(join(origin, 'a.txt'), 'a\n');
  git(origin, 'add', '.');
  git(origin, 'commit', '-qm', 'first');
  return {
    make: async (name) => {
      const root = join(top, name);
      git(top, 'clone', '-q', origin, root);
      const opened = await openRepository(root);
      if (!opened.ok) throw new Error(opened.error[0]?.message);
      cleanups.push(() => opened.value.dispose());
      return {
        root,
        repository: opened.value,
        place: (job, index = 0) => {
          const directory = mkdtempSync(join(top, 'temp-'));
          return { job: { run: '1-1', job, leg: job }, index, workspace: root, directory, worktrees: top };
        },
      };
    },
  };
}

function resultsOf(machine: Machine, place: Place, store: ArtifactStore): TravellingResults {
  return openResults(place, store, bundleCarrier(place, machine.repository), machine.repository.head.commit);
}

function reportOf(branch: string | undefined, start: string, result: string): TaskReport {
  return { ...(branch === undefined ? {} : { branch }), start, result, tip: result } as TaskReport;
}

it('carries commits from one clone to another', async () => {
  const { make } = machines();
  const [one, two] = [await make('one'), await make('two')];
  const store = memoryStore();
  const start = one.repository.head.commit;
  git(one.root, 'checkout', '-qb', 'orch/1-1/build');
  writeFileSync(join(one.root, 'b.txt'), 'b\n');
  git(one.root, 'add', '.');
  git(one.root, 'commit', '-qm', 'work');
  const result = git(one.root, 'rev-parse', 'HEAD');

  const sender = resultsOf(one, one.place('build'), store);
  await sender.publish({ start, result });
  await sender.send(reportOf('orch/1-1/build', start, result));

  const receiver = resultsOf(two, two.place('test'), store);
  expect(await receiver.of('Build')).toEqual([{ start, result }]);
  expect(git(two.root, 'show', `${result}:b.txt`)).toBe('b');
  // Nothing but objects came along.
  expect(git(two.root, 'branch', '--list', 'orch/*')).toBe('');
});

it('tells legs in order, a job without changes, and one that was skipped', async () => {
  const { make } = machines();
  const one = await make('one');
  const store = memoryStore();
  const start = one.repository.head.commit;
  for (const index of [10, 2, 0]) {
    const sender = resultsOf(one, one.place('m', index), store);
    await sender.publish({ start, result: start });
    await sender.send(undefined);
  }
  // Another job whose id begins like this one's, number included.
  const other = resultsOf(one, one.place('m-1', 0), store);
  await other.publish({ start, result: start });
  await other.send(undefined);

  const results = resultsOf(one, one.place('x'), store);
  expect(await results.of('m')).toHaveLength(3);
  expect(await results.of('m-1')).toHaveLength(1);
  expect(await results.of('gone')).toBeUndefined();
});

it('passes on what was merged for a task that came to nothing', async () => {
  const { make } = machines();
  const [one, two] = [await make('one'), await make('two')];
  const store = memoryStore();
  git(one.root, 'commit', '-q', '--allow-empty', '-m', 'of a dependency');
  const merged = git(one.root, 'rev-parse', 'HEAD');
  const sender = resultsOf(one, one.place('late'), store);
  await sender.publish({ start: merged, result: merged });
  await sender.send(reportOf(undefined, merged, merged));

  expect(await resultsOf(two, two.place('always'), store).of('late')).toEqual([{ start: merged, result: merged }]);
  expect(git(two.root, 'cat-file', '-t', merged)).toBe('commit');
});

it('takes no commits that are none, and no bundle that is none', async () => {
  const { make } = machines();
  const one = await make('one');
  const results = (result: string, bundle?: string) =>
    resultsOf(one, one.place('x'), {
      ...memoryStore(),
      list: async () => [{ name: 'orch-a-0', id: 1, owner: 'x' }],
      read: async () =>
        new Map([
          ['result.json', Buffer.from(result)],
          ...(bundle === undefined ? [] : ([['commits.bundle', Buffer.from(bundle)]] as const)),
        ]),
    });
  await expect(results('half of {').of('a')).rejects.toThrow('names no commits');
  await expect(results('{"start": "--help", "result": "x"}').of('a')).rejects.toThrow('names no commits');
  const id = one.repository.head.commit;
  await expect(results(JSON.stringify({ start: id, result: id }), 'no bundle').of('a')).rejects.toThrow('bundle');
  const gone = results(JSON.stringify({ start: id, result: 'b'.repeat(40) }));
  await expect(gone.of('a')).rejects.toThrow(`the commit ${'b'.repeat(40)} is not in the artifact`);
});

it('tells what the legs of the jobs have left, and names what only looks like it', async () => {
  const files: Readonly<Record<string, string>> = {
    'orch-a-0': '{"job": "a", "leg": "a", "index": 0}',
    'orch-a-1': 'no JSON',
    'orch-a-2': '{"job": "a", "leg": "a", "index": 2, "report": {"attempts": 1}}',
    'orch-theirs-0': '{"job": "theirs", "leg": "theirs", "index": 0}',
  };
  const store: ArtifactStore = {
    ...memoryStore(),
    list: async () => [...Object.keys(files), 'orch-a-3'].map((name, id) => ({ name, id, owner: 'x' })),
    read: async ({ name }) => {
      const text = files[name];
      if (text === undefined)
        throw new MachineError({ code: 'environment-lost', message: 'an artifact is no archive' });
      return new Map([['result.json', Buffer.from(text)]]);
    },
  };
  expect(await readReports(store, ['a'])).toEqual({
    reports: [{ job: 'a', leg: 'a', index: 0 }],
    unread: ['orch-a-1', 'orch-a-2', 'orch-a-3'],
  });
});
