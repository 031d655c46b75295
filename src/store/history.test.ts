import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunStarted } from '../engine/index.ts';
import { findRun, latestMainRun, listRuns, newestRun, pruneRuns } from './history.ts';
import { openLatest } from './latest.ts';
import { describeSelf, type LockInfo } from './lock-info.ts';
import type { Layout, RunPaths } from './paths.ts';
import { probeProcesses } from './process-probe.ts';
import { createRunDirectory } from './run-directory.ts';
import { expanded, finished, jobFinished, numbered, started, warning } from './testing/sample-events.ts';
import { temporaryDirectory, temporaryLayout } from './testing/temporary-layout.ts';

const DEAD: Partial<LockInfo> = { processStart: '1' };

function runName(number: number): string {
  return `20261122-2045${String(number).padStart(2, '0')}-aaaa`;
}

function makeRun(layout: Layout, run: string, text: string, owner: Partial<LockInfo> = DEAD): RunPaths {
  const paths = createRunDirectory(layout, { ...describeSelf(run, probeProcesses(), new Date()), ...owner });
  writeFileSync(paths.journal, text);
  return paths;
}

function journalText(run: string, end: 'whole' | 'torn' | 'warned' | 'none' = 'whole'): string {
  const bodies = [
    started(run, ['a']),
    expanded('a'),
    jobFinished('a', 'failure'),
    finished('failure'),
    warning('late'),
  ];
  const lines = numbered(bodies).map((event) => `${JSON.stringify(event)}\n`);
  if (end === 'warned') return lines.join('');
  if (end === 'none') return lines.slice(0, 3).join('');
  return lines
    .slice(0, 4)
    .join('')
    .slice(0, end === 'torn' ? -9 : undefined);
}

it('lists runs newest first, each with its state', () => {
  const layout = temporaryLayout();
  const texts: readonly [number, string, Partial<LockInfo>, string][] = [
    [1, journalText(runName(1)), DEAD, 'finished'],
    [2, journalText(runName(2), 'warned'), DEAD, 'finished'],
    [3, journalText(runName(3), 'torn'), DEAD, 'crashed'],
    [4, journalText(runName(4), 'none'), {}, 'running'],
    [5, journalText(runName(5), 'none'), { host: 'elsewhere' }, 'running'],
    [6, '', DEAD, 'crashed'],
    [7, 'garbage', DEAD, 'crashed'],
    [8, journalText(runName(8)), {}, 'finished'],
  ];
  for (const [number, text, owner] of texts) makeRun(layout, runName(number), text, owner);
  const records = listRuns(layout);
  expect(records.map(({ run, state }) => [run, state])).toEqual(
    texts.map(([n, , , state]) => [runName(n), state]).reverse(),
  );
  expect(records.at(-1)).toMatchObject({
    started: { name: 'sample', kind: 'tasks', time: '2026-11-22T20:45:01.000Z' },
    finished: { result: 'failure', exitCode: 1 },
    owner: { run: runName(1) },
    paths: { relative: `logs/runs/${runName(1)}` },
  });
  expect(records[2]).toMatchObject({ run: runName(6), state: 'crashed' });
  expect(records[2]?.started).toBeUndefined();
});

it('passes over what orch did not name, and what has no journal', () => {
  const layout = temporaryLayout();
  const paths = makeRun(layout, runName(1), '');
  rmSync(paths.journal);
  mkdirSync(join(layout.runs, 'notes'));
  writeFileSync(join(layout.runs, 'README'), '');
  expect(listRuns(layout).map(({ run, state }) => [run, state])).toEqual([[runName(1), 'crashed']]);
  expect(findRun(layout, runName(1))?.state).toBe('crashed');
  expect(findRun(layout, runName(2))).toBeUndefined();
  expect(findRun(layout, '../runs')).toBeUndefined();
});

it('makes nothing in a repository that never had a run', () => {
  const layout = temporaryLayout();
  expect(listRuns(layout)).toEqual([]);
  expect(findRun(layout, runName(1))).toBeUndefined();
  expect(existsSync(layout.logs)).toBe(false);
});

it('reads long journals by their ends', () => {
  const layout = temporaryLayout();
  const many = Array.from({ length: 3_000 }, (_, i) => `job-${i}`);
  const bodies = [started(runName(1), many), ...many.map((id) => jobFinished(id)), finished()];
  makeRun(
    layout,
    runName(1),
    numbered(bodies)
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  );
  const record = findRun(layout, runName(1));
  expect(record?.started?.jobs).toHaveLength(3_000);
  expect(record?.finished?.result).toBe('success');
});

it('refuses to begin a run twice', () => {
  const layout = temporaryLayout();
  makeRun(layout, runName(1), '');
  expect(() => makeRun(layout, runName(1), '')).toThrow('already there');
});

it('lets git pass over the runs, unless somebody has decided otherwise', () => {
  const layout = temporaryLayout();
  makeRun(layout, runName(1), '');
  const ignore = join(layout.runs, '.gitignore');
  expect(readFileSync(ignore, 'utf8')).toBe('*\n');
  rmSync(ignore);
  makeRun(layout, runName(2), '');
  expect(existsSync(ignore)).toBe(false);
});

it('keeps the last 20, those that run, those that are spared, and the latest main run', () => {
  const layout = temporaryLayout();
  for (let number = 1; number <= 30; number++)
    makeRun(layout, runName(number), journalText(runName(number), 'none'), number === 2 ? {} : DEAD);
  openLatest(layout, runName(4));
  mkdirSync(join(layout.runs, 'notes'));
  const pruned = pruneRuns(layout, { spare: ({ run }) => run === runName(3) });
  const expected = [1, 5, 6, 7, 8, 9, 10].map(runName);
  expect(pruned).toEqual({ removed: expected.toReversed(), failed: [] });
  const left = readdirSync(layout.runs).sort();
  expect(left).toEqual([
    '.gitignore',
    ...[2, 3, 4].map(runName),
    ...Array.from({ length: 20 }, (_, i) => runName(i + 11)),
    'notes',
  ]);
  expect(pruneRuns(layout, { spare: ({ run }) => run === runName(3) })).toEqual({ removed: [], failed: [] });
});

it('removes what an interrupted removal left, and follows no symlink', () => {
  const layout = temporaryLayout();
  const elsewhere = temporaryDirectory();
  writeFileSync(join(elsewhere, 'precious'), '');
  const paths = makeRun(layout, runName(1), '');
  symlinkSync(elsewhere, join(paths.artifacts, 'link'));
  mkdirSync(join(layout.runs, `.removing-${runName(9)}`, 'artifacts'), { recursive: true });
  expect(pruneRuns(layout, { keep: 0 }).removed).toEqual([runName(1)]);
  expect(readdirSync(layout.runs)).toEqual(['.gitignore']);
  expect(readdirSync(elsewhere)).toEqual(['precious']);
});

it('knows the latest main run from the manifest, and from the folders when that is gone', () => {
  const layout = temporaryLayout();
  expect(latestMainRun(layout)).toBeUndefined();
  for (const number of [1, 2]) makeRun(layout, runName(number), journalText(runName(number)));
  const workflow = journalText(runName(3)).replace('"kind":"tasks"', '"kind":"workflow"');
  makeRun(layout, runName(3), workflow);
  openLatest(layout, runName(1));
  expect(latestMainRun(layout)?.run).toBe(runName(1));
  rmSync(join(layout.logs, '.orch-latest.jsonl'));
  expect(latestMainRun(layout)?.run).toBe(runName(2));
});

it('the newest run is the one that began last, of tasks or of a workflow', () => {
  const layout = temporaryLayout();
  expect(newestRun(layout)).toBeUndefined();
  const at = (run: string, time: string, kind: 'tasks' | 'workflow') =>
    makeRun(layout, run, `${JSON.stringify({ ...numbered([started(run, ['a'])])[0], kind, time })}\n`);
  const second = '20261122-204501';
  at(`${second}-zzzz`, '2026-11-22T20:45:01.100Z', 'workflow');
  expect(newestRun(layout)?.run).toBe(`${second}-zzzz`);
  at(`${second}-aaaa`, '2026-11-22T20:45:01.900Z', 'workflow');
  expect(newestRun(layout)?.run).toBe(`${second}-aaaa`);
  at(`${second}-bbbb`, '2026-11-22T20:45:01.950Z', 'tasks');
  expect(newestRun(layout)?.run).toBe(`${second}-bbbb`);
  // It has not said yet what it is.
  makeRun(layout, '20261122-204502-aaaa', '', {});
  expect(newestRun(layout)?.run).toBe('20261122-204502-aaaa');
});

it('reviews are no main runs, push none out, and are nobody’s newest run unless they are on', () => {
  const layout = temporaryLayout();
  const reviewText = (run: string, of: string): string =>
    numbered([
      { ...started(run, ['framework-review']), stream: 'framework-review', reviewOf: of } as RunStarted,
      finished('failure'),
    ])
      .map((event) => `${JSON.stringify({ ...event, time: '2026-11-23T00:00:00.000Z' })}\n`)
      .join('');
  makeRun(layout, runName(1), journalText(runName(1)));
  for (const number of [2, 3, 4]) makeRun(layout, runName(number), reviewText(runName(number), runName(1)));
  expect(latestMainRun(layout)?.run).toBe(runName(1));
  expect(newestRun(layout)?.run).toBe(runName(1));
  expect(listRuns(layout)[0]).toMatchObject({ run: runName(4), started: { reviewOf: runName(1) } });
  makeRun(layout, runName(5), reviewText(runName(5), runName(1)).split('\n', 1).join('') + '\n', {});
  expect(newestRun(layout)?.run).toBe(runName(5));
  expect(pruneRuns(layout, { keep: 2 }).removed).toEqual([3, 2].map(runName));
});
