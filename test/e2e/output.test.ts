/** Very much output, and no room for it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import {
  createRepository,
  digest,
  endings,
  eventsOf,
  finished,
  orch,
  peakMemory,
  readJournal,
  startOrch,
  taskOf,
  tracesOf,
  waitUntil,
} from './rig/index.ts';

const MIB = 1024 * 1024;

it('a log of 200 MB: whole, its size and digest on record, and memory flat', async () => {
  const program = `const line = 'x'.repeat(99) + '\\n'; const block = line.repeat(10_000); let left = 200;
    const write = () => { while (left-- > 0) if (!process.stdout.write(block)) return process.stdout.once('drain', write); }; write();`;
  const repo = createRepository({
    files: { 'print.cjs': program },
    config: { tasks: [{ name: 'chatty', command: 'node print.cjs; tell printed; await-note go', secrets: ['TOKEN'] }] },
  });
  const started = startOrch(repo, ['run'], { env: { TOKEN: 'something to look for' } });
  await repo.heard('printed');
  const peak = peakMemory(started.pid);
  repo.tell('go');
  const { exitCode, events, run } = await started.ended;
  expect([exitCode, endings(events)]).toEqual([0, { chatty: 'success' }]);
  const [closed] = eventsOf(events, 'log.closed');
  expect(closed?.path).toBe(`logs/runs/${run}/chatty.log`);
  const path = join(repo.root, closed?.path ?? '');
  expect(statSync(path).size).toBe(200_000_000);
  expect(closed?.bytes).toBe(200_000_000);
  expect(closed?.sha256).toBe(digest(path));
  if (process.platform === 'linux') expect(peak).toBeGreaterThan(10 * MIB);
  expect(peak).toBeLessThan(200 * MIB);
});

/** A small disk at a directory; the test is skipped where none can be made. */
function mountSmall(context: TestContext, path: string, size: string): void {
  execFileSync('mkdir', ['-p', path]);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { encoding: 'utf8' });
  if (mounted.status !== 0)
    context.skip(`a small disk cannot be made here: ${mounted.error?.message ?? mounted.stderr.trim()}`);
  // Hooks run last first: it is gone before the directory is removed.
  onTestFinished(() => void spawnSync('umount', ['-l', path]));
}

it('a full disk while a task logs: it fails as disk-full, others go on, what was written stays', async (context) => {
  const repo = createRepository({
    config: {
      tasks: [
        {
          name: 'flood',
          command: 'echo first line; tell flooding; while :; do head -c 65536 /dev/zero | tr "\\0" y; echo; done',
        },
        { name: 'behind', depends_on: ['flood'], command: 'true' },
      ],
    },
  });
  mountSmall(context, join(repo.root, 'logs'), '3m');
  const { exitCode, events, stderr, run } = await orch(repo, ['run']);
  expect(exitCode).toBe(1);
  expect(endings(events)['flood']).toBe('disk-full');
  const journal = readJournal(join(repo.root, `logs/runs/${run}/events.jsonl`));
  expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, index) => index + 1));
  expect(repo.read(`logs/runs/${run}/flood.log`)).toMatch(/^first line\ny{1000}/);
  expect(statSync(join(repo.root, `logs/runs/${run}/flood.log`)).size).toBeGreaterThan(2 * MIB);
  const summary = repo.read('docs/orchestrator-run-summary.md');
  expect(summary).toContain('disk-full');
  // The record is whole, down to its last line: whatever else is full, its end had room.
  expect(events.at(-1)).toMatchObject({ type: 'run.finished', exitCode: 1 });
  expect((await orch(repo, ['report', '--stdout'])).stdout).toBe(summary);
  expect(`${summary}${stderr}`).not.toMatch(/\bat .*\.js:\d+/);
  expect(repo.exists('logs/framework-run.lock')).toBe(false);
});

it('a disk filled by a task that does not log: the run still ends, and says why', async (context) => {
  const repo = createRepository({
    config: {
      tasks: [{ name: 'filler', command: 'head -c 4m /dev/zero > "$LOGS/fill" || true; echo filled; exit 0' }],
    },
  });
  repo.configure({
    env: { LOGS: join(repo.root, 'logs') },
    tasks: [
      { name: 'filler', command: 'head -c 4M /dev/zero > "$LOGS/fill" || true; echo filled' },
      { name: 'next', depends_on: ['filler'], command: 'echo next' },
    ],
  });
  repo.commit('config');
  mountSmall(context, join(repo.root, 'logs'), '2m');
  const { exitCode, stderr, stdout, run } = await orch(repo, ['run']);
  expect(exitCode).toBe(1);
  expect(`${stdout}${stderr}`).toMatch(/disk|space/);
  expect(`${stdout}${stderr}`).not.toMatch(/\bat .*\.js:\d+/);
  const journal = readJournal(join(repo.root, `logs/runs/${run}/events.jsonl`));
  expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, index) => index + 1));
  expect(repo.exists('docs/orchestrator-run-summary.md')).toBe(true);
});

it('a disk without room for the worktree of a framework review: it does not start', async (context) => {
  const repo = createRepository();
  repo.configure({
    worktrees: { root: join(repo.place.top, 'trees') },
    tasks: [{ name: 'one', command: 'echo x > x' }],
    framework_review: { after: 'never', command: 'true' },
  });
  const { run } = await orch(repo, ['run']);
  mountSmall(context, join(repo.place.top, 'trees'), '3m');
  const review = await orch(repo, ['framework-review']);
  expect([review.exitCode, review.run]).toEqual([1, undefined]);
  expect(review.stderr).toMatch(/needs about .* are free/);
  expect(repo.runs()).toEqual([run]);
  expect(tracesOf(repo).locks).toEqual([]);
});

it('the whole repository on a full disk: tasks fail as disk-full, orch ends by itself and leaves a report', async (context) => {
  const repo = createRepository({
    prepare: (root) => mountSmall(context, root, '5m'),
    config: {
      max_parallel: 2,
      tasks: [
        { name: 'flood', command: 'tell flooding; while :; do head -c 65536 /dev/zero | tr "\\0" y; echo; done' },
        { name: 'worker', command: 'head -c 300000 /dev/urandom > big; await-note flooded; echo done' },
      ],
    },
  });
  const started = startOrch(repo, ['run']);
  await repo.heard('flooding');
  await waitUntil('the disk is full', () => freeBytes(repo.root) < 65_536);
  repo.tell('flooded');
  const { exitCode, stdout, stderr, events } = await started.ended;
  expect(exitCode).toBe(1);
  expect(endings(events)).toEqual({ flood: 'disk-full', worker: 'disk-full' });
  expect(`${stdout}${stderr}`).not.toMatch(/\n\s+at .*:\d+:\d+|internal error/);
  expect(repo.read('docs/orchestrator-run-summary.md')).toContain('disk-full');
  expect(repo.exists('logs/framework-run.lock')).toBe(false);
  // The work is still there, to be saved when there is room.
  expect(statSync(join(taskOf(events, 'worker').worktree ?? 'none', 'big')).size).toBe(300_000);
});

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

it('a disk too small from the beginning is refused before anything starts', async (context) => {
  const repo = createRepository({ config: { tasks: [{ name: 'any', command: 'tell ran' }] } });
  mountSmall(context, join(repo.root, 'trees'), '4m');
  repo.configure({ worktrees: { root: join(repo.root, 'trees') }, tasks: [{ name: 'any', command: 'tell ran' }] });
  const { exitCode, stderr } = await orch(repo, ['run']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('trees');
  expect(repo.hasHeard('ran')).toBe(false);
  expect(repo.runs()).toEqual([]);
});

it('terminal tricks in output stay in the log and do nothing elsewhere', async () => {
  const trick = String.raw`\033]0;title\007\033[2J\033[31mred\033[0m`;
  const repo = createRepository({ config: { tasks: [{ name: 'tricky', command: `printf '${trick}\\n'; exit 1` }] } });
  const { events, stdout, stderr } = await orch(repo, ['run', '--ui', 'plain']);
  expect(finished(events, 'tricky').failure?.code).toBe('exit-code');
  expect(repo.read('logs/tricky.log')).toContain('\u001b[2J');
  for (const text of [
    stdout,
    stderr,
    repo.read('docs/orchestrator-run-summary.md'),
    repo.read('logs/framework-run.jsonl'),
  ])
    expect(text).not.toContain('\u001b');
});
