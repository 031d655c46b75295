/** Work flows along the graph: files, outputs, matrices, and what may run at the same time. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  branchesOf,
  createRepository,
  endings,
  eventsOf,
  finished,
  NO_TRACES,
  orch,
  type RunEvent,
  taskOf,
  tracesOf,
} from './rig/index.ts';

it('a diamond: each task sees what those above it changed, and nothing else', async () => {
  const add = (name: string, sees: string): string =>
    `ls *.txt; test "$(ls *.txt | tr '\\n' ' ')" = "${sees}"; echo ${name} > ${name}.txt`;
  const repo = createRepository({
    files: { '0.txt': 'base\n' },
    config: {
      tasks: [
        { name: 'a', command: add('a', '0.txt ') },
        { name: 'b', depends_on: ['a'], command: `${add('b', '0.txt a.txt ')}; echo by-b >> shared.md` },
        { name: 'c', depends_on: ['a'], command: `${add('c', '0.txt a.txt ')}; git rm -q README.md` },
        {
          name: 'd',
          depends_on: ['b', 'c'],
          command: `${add('d', '0.txt a.txt b.txt c.txt ')}; test ! -e README.md; cat shared.md`,
        },
      ],
    },
  });
  const { exitCode, events, run } = await orch(repo, ['run']);
  expect(endings(events)).toEqual({ a: 'success', b: 'success', c: 'success', d: 'success' });
  expect(exitCode).toBe(0);

  const tree = (leg: string): string => {
    const names = repo.git('ls-tree', '--name-only', `orch/${run}/${leg}`).split('\n');
    return names.filter((name) => /\.(txt|md)$/.test(name)).join('\n');
  };
  expect(tree('a')).toBe('0.txt\nREADME.md\na.txt');
  expect(tree('b')).toBe('0.txt\nREADME.md\na.txt\nb.txt\nshared.md');
  expect(tree('c')).toBe('0.txt\na.txt\nc.txt');
  expect(tree('d')).toBe('0.txt\na.txt\nb.txt\nc.txt\nd.txt\nshared.md');

  const { start, result, changed } = taskOf(events, 'd');
  const above = ['b', 'c'].map((leg) => taskOf(events, leg).result);
  expect(repo.git('rev-list', '--parents', '-1', start).split(' ').slice(1)).toEqual(above);
  expect(taskOf(events, 'b').start).toBe(taskOf(events, 'a').result);
  expect(repo.git('rev-parse', `orch/${run}/d`)).toBe(result);
  expect(changed).toEqual({ total: 1, shown: ['d.txt'] });
  expect(
    eventsOf(events, 'task.prepared')
      .find(({ leg }) => leg === 'd')
      ?.from.map(({ job }) => job),
  ).toEqual(['b', 'c']);
  expect(repo.read('logs/d.log')).toContain('by-b');
  expect(readFileSync(join(repo.root, `logs/runs/${run}/c.log`), 'utf8')).toContain('a.txt');
});

it('24 tasks at once in a repository with a remote: 24 worktrees, and nothing is left of them', async () => {
  const names = Array.from({ length: 24 }, (_, i) => `t${i}`);
  const all = names.map((name) => `here-${name}`).join(' ');
  const tasks = names.map((name) => ({
    name,
    command: `tell here-${name} "$PWD"; await-note ${all}; git worktree list | wc -l > seen.txt; tell counted-${name}; await-note ${all.replaceAll('here-', 'counted-')}`,
  }));
  const repo = createRepository({ remote: true, config: { max_parallel: 24, tasks } });
  const settings = repo.git('config', '--list', '--local');
  const { exitCode, events, run } = await orch(repo, ['run']);
  expect(new Set(Object.values(endings(events)))).toEqual(new Set(['success']));
  expect(exitCode).toBe(0);

  const places = await Promise.all(names.map((name) => repo.heard(`here-${name}`)));
  expect(new Set(places).size).toBe(24);
  // Everybody was there when everybody counted: 24 and the main checkout.
  for (const name of names) expect(repo.git('show', `orch/${run}/${name}:seen.txt`).trim()).toBe('25');
  expect(tracesOf(repo)).toEqual(NO_TRACES);
  expect(branchesOf(repo)).toEqual(['main', ...names.map((name) => `orch/${run}/${name}`)].toSorted());
  expect(repo.git('config', '--list', '--local')).toBe(settings);
});

it('outputs travel to dependents and grow a matrix, whose legs each have a branch', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        {
          name: 'plan',
          outputs: ['shards', 'greeting'],
          command: `echo 'shards=["x","y z"]' >> $ORCH_OUTPUT; echo 'greeting=hello $(id)' >> $ORCH_OUTPUT`,
        },
        {
          name: 'part',
          depends_on: ['plan'],
          matrix: { shard: '${{ fromJSON(needs.plan.outputs.shards) }}', size: [1, 2] },
          env: {
            SHARD: '${{ matrix.shard }}',
            SIZE: '${{ matrix.size }}',
            GREETING: '${{ needs.plan.outputs.greeting }}',
          },
          command: 'echo "$GREETING" > "$ORCH_LEG.txt"; echo "$SHARD-$SIZE"',
        },
        { name: 'join', depends_on: ['part'], command: 'ls part*.txt | wc -l > count; cat part*.txt' },
      ],
    },
  });
  const { exitCode, events, run } = await orch(repo, ['run']);
  const expanded = eventsOf(events, 'job.expanded').find(({ job }) => job === 'part');
  expect(expanded?.legs.map(({ matrix }) => matrix)).toEqual([
    { shard: 'x', size: 1 },
    { shard: 'x', size: 2 },
    { shard: 'y z', size: 1 },
    { shard: 'y z', size: 2 },
  ]);
  const legs = expanded?.legs.map(({ id }) => id) ?? [];
  expect(endings(events)).toEqual(Object.fromEntries(['plan', ...legs, 'join'].map((leg) => [leg, 'success'])));
  expect(exitCode).toBe(0);
  expect(finished(events, 'plan').outputs).toEqual({ shards: '["x","y z"]', greeting: 'hello $(id)' });
  expect(branchesOf(repo)).toEqual(
    ['main', ...['plan', ...legs, 'join'].map((leg) => `orch/${run}/${leg}`)].toSorted(),
  );
  expect(repo.git('show', `orch/${run}/join:count`).trim()).toBe('4');
  expect(repo.read('logs/join.log')).toBe('hello $(id)\n'.repeat(4));
});

/** The most legs that were between their request and their end at the same time. */
function mostAtOnce(events: readonly RunEvent[], counts: (job: string) => boolean): number {
  let now = 0;
  let most = 0;
  for (const event of events) {
    if (event.type === 'job.requested' && counts(event.job)) most = Math.max(most, ++now);
    if (event.type === 'job.finished' && counts(event.job)) now--;
  }
  return most;
}

it('max_parallel bounds the run, a matrix bounds its legs, and a mutex keeps two tasks apart', async () => {
  // What must not run together would each find the other's note.
  const alone = (name: string): string => `mkdir "$SHARED/lock"; echo ${name}; rmdir "$SHARED/lock"`;
  const repo = createRepository({ files: { 'x.txt': '' } });
  repo.configure({
    max_parallel: 3,
    env: { SHARED: repo.place.home },
    tasks: [
      { name: 'db1', mutex: 'database', command: alone('one') },
      { name: 'db2', mutex: 'database', command: alone('two') },
      { name: 'db3', mutex: 'Database', command: alone('three') },
      {
        name: 'legs',
        matrix: { n: [1, 2, 3, 4] },
        max_parallel: 1,
        command: 'mkdir "$SHARED/leg"; rmdir "$SHARED/leg"',
      },
      ...Array.from({ length: 4 }, (_, i) => ({ name: `free${i}`, command: 'true' })),
    ],
  });
  repo.commit('config');
  const { exitCode, events } = await orch(repo, ['run']);
  expect(Object.values(endings(events)).filter((end) => end !== 'success')).toEqual([]);
  expect(exitCode).toBe(0);
  expect(mostAtOnce(events, (job) => job.startsWith('db'))).toBe(1);
  expect(mostAtOnce(events, (job) => job === 'legs')).toBe(1);
  expect(mostAtOnce(events, () => true)).toBe(3);
});
