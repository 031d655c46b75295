import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Concurrency, type ConcurrencyGroups, openGroups } from '../engine/index.ts';
import { createGroupFile } from './group-file.ts';
import type { LockInfo } from './lock-info.ts';
import type { ProcessProbe } from './process-probe.ts';
import { temporaryLayout } from './testing/temporary-layout.ts';

const WANTED: Concurrency = { group: 'deploy', queue: 'single', cancelInProgress: false };
const MINUTES = 60_000;

/** A repository with runs in processes that the test makes up: 1, 2, 3 … by the order in which they are opened. */
function open() {
  const layout = temporaryLayout();
  const gone = new Set<number>();
  const clock = { now: 1_000_000 };
  const probe: ProcessProbe = {
    host: 'here',
    boot: 'b',
    namespace: 'n',
    startOf: (pid) => (gone.has(pid) ? { gone: true } : { gone: false, start: 's' }),
  };
  let last = 0;
  const run = (name: string, more: Partial<LockInfo> = {}) => {
    const pid = ++last;
    const place = { host: 'here', boot: 'b', namespace: 'n' };
    const self: LockInfo = { run: name, pid, processStart: 's', started: '2026-01-01T00:00:00Z', ...place, ...more };
    const file = createGroupFile(layout, self, { probe, now: () => clock.now });
    const groups = openGroups(file, true, (message) => expect.unreachable(message));
    return { groups, end: () => gone.add(pid) };
  };
  return { run, clock, path: join(layout.orchDir, 'groups.json') };
}

function join1(groups: ConcurrencyGroups, run: string, wanted: Partial<Concurrency> = {}): string {
  return groups.join({ run, job: '', leg: '', callers: [], group: 'deploy' }, { ...WANTED, ...wanted }).state;
}

function newsOf(groups: ConcurrencyGroups): readonly string[] {
  return groups.news().map(({ type }) => type);
}

it('one run after the other, and nothing is left', () => {
  const { run, path } = open();
  const [a, b] = [run('A'), run('B')];
  expect([join1(a.groups, 'A'), join1(b.groups, 'B'), newsOf(b.groups)]).toEqual(['admitted', 'waiting', []]);
  a.groups.leave('');
  expect([newsOf(b.groups), newsOf(b.groups), a.groups.busy()]).toEqual([['admitted'], [], false]);
  b.groups.leave('');
  expect(existsSync(path)).toBe(false);
});

it('tells who has to make way', () => {
  const { run } = open();
  const [a, b, c] = [run('A'), run('B'), run('C')];
  join1(a.groups, 'A');
  join1(b.groups, 'B');
  join1(c.groups, 'C', { cancelInProgress: true });
  expect([newsOf(a.groups), newsOf(b.groups), newsOf(c.groups)]).toEqual([['displaced'], ['displaced'], []]);
  a.groups.leave('');
  b.groups.leave('');
  expect(newsOf(c.groups)).toEqual(['admitted']);
});

it('a run that crashed gives up its group', () => {
  const { run } = open();
  const [a, b] = [run('A'), run('B')];
  join1(a.groups, 'A');
  join1(b.groups, 'B');
  a.end();
  expect(newsOf(b.groups)).toEqual(['admitted']);
});

it('a run on another machine is there as long as it says so', () => {
  const { run, clock } = open();
  const [a, b] = [run('A', { host: 'there' }), run('B')];
  join1(a.groups, 'A');
  join1(b.groups, 'B');
  for (let minute = 0; minute < 5; minute++) {
    clock.now += MINUTES;
    expect([newsOf(a.groups), newsOf(b.groups)]).toEqual([[], []]);
  }
  clock.now += 3 * MINUTES;
  expect(newsOf(b.groups)).toEqual(['admitted']);
});

it.each(['', '{', '[1]', '{"members":[{"group":1}],"runs":[null]}', '{"members":7}'])(
  'a file that somebody has damaged (%j) is made anew by those who were in it',
  (text) => {
    const { run, path } = open();
    const [a, b, c] = [run('A'), run('B'), run('C')];
    join1(a.groups, 'A');
    writeFileSync(path, text);
    expect(newsOf(a.groups)).toEqual([]);
    expect(join1(b.groups, 'B')).toBe('waiting');
    expect(readFileSync(path, 'utf8')).toContain('"run":"A"');
    expect(join1(c.groups, 'C', { queue: 'max' })).toBe('waiting');
  },
);
