/** On the end of a task nothing that it started survives, however it tried. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createRepository,
  endings,
  orch,
  processesNamed,
  processesWith,
  type Repository,
  taskOf,
} from './rig/index.ts';

const ORCH = resolve(process.env['ORCH_DIST'] ?? 'dist', 'orch.js');

/** A length that no other process on the machine sleeps for, so that it can be found by its command line. */
function odd(): string {
  return `${100_000 + Math.floor(Math.random() * 800_000)}.${process.pid}`;
}

/** Ways to outlive a shell. The last gives up its environment too, and with it the cookie. */
function plants(span: string): readonly string[] {
  return [
    `setsid sleep ${span} >/dev/null 2>&1 &`,
    // A daemon: forked twice, in a session of its own, its parent gone.
    `(setsid sh -c 'sleep ${span} & echo daemon' >/dev/null 2>&1 &)`,
    `nohup sleep ${span} >/dev/null 2>&1 &`,
    `env -i setsid sleep ${span} >/dev/null 2>&1 &`,
  ];
}

/** Goes on when all of them are there. */
function awaitPlants(span: string, count: number): string {
  return `until [ "$(grep -lz '^${span}' /proc/[0-9]*/cmdline 2>/dev/null | wc -l)" = ${count} ]; do sleep 0.02; done`;
}

/** A machine that knows no PID namespaces. */
function withoutNamespaces({ place, env }: Repository): Readonly<Record<string, string>> {
  const directory = join(place.top, 'no-namespaces');
  mkdirSync(directory);
  writeFileSync(join(directory, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return { PATH: `${directory}:${env['PATH'] ?? ''}` };
}

const INNER_START = [
  'mkdir "$HOME/nested"; cd "$HOME/nested"; git init -q -b main; echo logs > .gitignore',
  `printf '%s' "$INNER" > orch.yaml; git add -A; git -c user.name=t -c user.email=t@t commit -qm first`,
];

describe.skipIf(process.platform !== 'linux').each([
  { by: 'pid-namespace', count: 4 },
  { by: 'cookie', count: 3 },
] as const)('with $by', ({ by, count }) => {
  const environment = (repo: Repository): Readonly<Record<string, string>> =>
    by === 'cookie' ? withoutNamespaces(repo) : {};

  it('what a task plants is gone after it, and the report says how many there were', async () => {
    const span = odd();
    const plant = [...plants(span).slice(0, count), awaitPlants(span, count)].join('\n');
    const repo = createRepository({
      config: {
        max_parallel: 1,
        tasks: [
          { name: 'planter', command: plant },
          { name: 'bad-planter', command: `${plant}\nexit 5` },
          { name: 'late-planter', timeout: '1s', command: `${plant}\nawait-note never` },
          { name: 'setup-like', verify: plant, command: 'true' },
        ],
      },
    });
    const { events } = await orch(repo, ['run'], { env: environment(repo) });
    expect(endings(events)).toEqual({
      planter: 'success',
      'bad-planter': 'exit-code',
      'late-planter': 'timeout',
      'setup-like': 'success',
    });
    expect(processesNamed(`sleep ${span}`)).toEqual([]);
    for (const leg of ['planter', 'bad-planter', 'setup-like']) {
      const { contained } = taskOf(events, leg);
      expect(contained.by).toContain(by);
      expect(contained.reaped).toBe(count);
    }
    expect(repo.read('docs/orchestrator-run-summary.md')).toMatch(new RegExp(`${count} process`));
  });

  it('output that a planted process holds open does not hold the task', async () => {
    const span = odd();
    const repo = createRepository({
      config: { tasks: [{ name: 'server', command: `echo up; setsid sleep ${span} & echo ready` }] },
    });
    const { exitCode, events } = await orch(repo, ['run'], { env: environment(repo) });
    expect([exitCode, endings(events)]).toEqual([0, { server: 'success' }]);
    expect(repo.read('logs/server.log')).toMatch(/^up\nready\n/);
    expect(processesNamed(`sleep ${span}`)).toEqual([]);
  });

  it('an orch inside a task, left running, hides nothing from the one outside', async () => {
    const span = odd();
    const command = `setsid sleep ${span} >/dev/null 2>&1 & tell planted; echo x > inner.txt; await-note never`;
    const inner = JSON.stringify({ version: 1, tasks: [{ name: 'inner', command }] });
    const outer = [
      ...INNER_START,
      `setsid node ${ORCH} run orch.yaml > "$HOME/inner.out" 2>&1 &`,
      'await-note planted',
    ].join('\n');
    const repo = createRepository({
      untidy: true,
      config: { tasks: [{ name: 'outer', command: outer, env: { INNER: inner } }] },
    });
    const { exitCode, events } = await orch(repo, ['run'], { env: environment(repo) });
    expect([exitCode, endings(events)]).toEqual([0, { outer: 'success' }]);
    expect(processesNamed(`sleep ${span}`)).toEqual([]);
    expect(processesWith(repo.place.top)).toEqual([]);
    // The inner orch, what it ran, and what that planted.
    expect(taskOf(events, 'outer').contained.reaped).toBeGreaterThanOrEqual(3);
  });

  it('an orch inside a task ends what its own task planted', async () => {
    const span = odd();
    const inner = JSON.stringify({
      version: 1,
      tasks: [{ name: 'inner', command: `setsid sleep ${span} >/dev/null 2>&1 &\n${awaitPlants(span, 1)}` }],
    });
    const outer = [
      ...INNER_START,
      `node ${ORCH} run orch.yaml`,
      `! grep -lz '^${span}' /proc/[0-9]*/cmdline 2>/dev/null`,
    ].join('\n');
    const repo = createRepository({ config: { tasks: [{ name: 'outer', command: outer, env: { INNER: inner } }] } });
    const { exitCode, events } = await orch(repo, ['run'], { env: environment(repo) });
    expect([exitCode, endings(events)]).toEqual([0, { outer: 'success' }]);
    expect(taskOf(events, 'outer').contained.reaped).toBe(0);
  });
});
