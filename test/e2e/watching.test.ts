/** A second terminal: where a run stands, what a task prints, and its report made again. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository, endings, orch, readJournal, startOrch } from './rig/index.ts';

const SUMMARY = 'docs/orchestrator-run-summary.md';

it('status and logs of a run that is on, from another process', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        { name: 'done', command: 'echo finished early' },
        {
          name: 'long',
          depends_on: ['done'],
          command: 'echo first; tell running; await-note more; echo second; tell said; await-note go; echo third',
        },
        { name: 'bad', command: 'echo oops; exit 3' },
        { name: 'waiting', depends_on: ['long'], command: 'echo at last' },
      ],
    },
  });
  const nothing = await orch(repo, ['status']);
  expect([nothing.exitCode, nothing.stdout]).toEqual([2, '']);

  const started = startOrch(repo, ['run']);
  await repo.heard('running');
  await started.event('job.finished', ({ leg }) => leg === 'bad');
  const run = await started.run();
  const status = JSON.parse((await orch(repo, ['status', '--format', 'json'])).stdout) as {
    readonly run: string;
    readonly state: string;
    readonly legs: readonly { readonly leg: string; readonly state: string; readonly result?: string }[];
  };
  expect(status).toMatchObject({ run, state: 'running' });
  expect(Object.fromEntries(status.legs.map(({ leg, state, result }) => [leg, result ?? state]))).toMatchObject({
    done: 'success',
    long: 'running',
    bad: 'failure',
  });
  expect((await orch(repo, ['status'])).exitCode).toBe(0);
  expect(await orch(repo, ['logs', 'done'])).toMatchObject({ exitCode: 0, stdout: 'finished early\n' });
  expect(await orch(repo, ['logs', 'long'])).toMatchObject({ exitCode: 0, stdout: 'first\n' });
  expect((await orch(repo, ['logs'])).stdout).toContain('long');
  const mistyped = await orch(repo, ['logs', 'lng']);
  expect([mistyped.exitCode, mistyped.stderr.includes('long')]).toEqual([2, true]);

  // Following shows what is there, what comes, and ends with the task, not with the run.
  const following = startOrch(repo, ['logs', '-f', 'long']);
  await following.said('first');
  const waiting = startOrch(repo, ['logs', '-f', 'waiting']);
  repo.tell('more');
  await following.said('second');
  repo.tell('go');
  expect(await following.ended).toMatchObject({ exitCode: 0, stdout: 'first\nsecond\nthird\n' });
  expect(await waiting.ended).toMatchObject({ exitCode: 0, stdout: 'at last\n' });
  const { exitCode } = await started.ended;
  expect(exitCode).toBe(1);
  expect((await orch(repo, ['logs', '-n', '1', 'long'])).stdout).toBe('third\n');
  expect((await orch(repo, ['status', run])).stdout).toContain('bad');
});

it('the report is made again from the journal, byte for byte, wherever the journal was copied to', async () => {
  const repo = createRepository({
    config: {
      on_failure: 'no-new',
      tasks: [
        {
          name: 'good',
          description: 'A line with | pipes, `ticks` and <tags>',
          command: 'for i in $(seq 30); do echo $i > file$i.txt; done',
        },
        { name: 'empty', changes: 'required', retries: 1, retry_delay: '10ms', command: 'true' },
        { name: 'behind', depends_on: ['empty'], command: 'true' },
        {
          name: 'legs',
          matrix: { os: ['a b', 'c'] },
          env: { OS: '${{ matrix.os }}' },
          command: 'test "$OS" = c',
          fail_fast: false,
        },
        { name: 'slow', timeout: '300ms', command: 'setsid sleep 12345.6 & await-note never', artifacts: ['*.md'] },
        {
          name: 'odd',
          command: `printf '\\033[31m' > "$(printf 'a\\tb|c\\033.txt')"; git commit -q --allow-empty -m 'subject | with <b>' --author 'T <t@t>'`,
          env: { GIT_COMMITTER_NAME: 'T', GIT_COMMITTER_EMAIL: 't@t' },
        },
      ],
    },
  });
  const { run, events } = await orch(repo, ['run', '--on-failure', 'continue']);
  const written = repo.read(SUMMARY);
  expect(endings(events)).toMatchObject({ good: 'success', empty: 'empty', slow: 'timeout', odd: 'success' });
  for (const word of ['good', 'empty', 'behind', 'legs', 'slow', 'timeout', String(run)])
    expect(written).toContain(word);
  expect(written).not.toContain('\u001b');

  const again = await orch(repo, ['report', '--stdout']);
  expect([again.exitCode, again.stdout]).toEqual([0, written]);
  writeFileSync(join(repo.root, SUMMARY), 'spoilt');
  expect((await orch(repo, ['report'])).exitCode).toBe(0);
  expect(repo.read(SUMMARY)).toBe(written);
  expect(repo.read('logs/framework-run.jsonl')).toBe(repo.read(`logs/runs/${run}/events.jsonl`));

  // Another repository that has nothing but the run's folder.
  const other = createRepository();
  cpSync(join(repo.root, 'logs', 'runs'), join(other.root, 'logs', 'runs'), { recursive: true });
  expect((await orch(other, ['report', '--stdout', String(run)])).stdout).toBe(written);
});

it('a report of a run that crashed, and of a damaged journal, says what is missing', async () => {
  const repo = createRepository({
    untidy: true,
    config: {
      tasks: [
        { name: 'first', command: 'true' },
        { name: 'long', depends_on: ['first'], command: 'tell running; await-note never' },
      ],
    },
  });
  const started = startOrch(repo, ['run']);
  await repo.heard('running');
  const run = await started.run();
  started.kill('SIGKILL');
  await started.ended;
  expect((await orch(repo, ['status'])).stdout).toMatch(/crash/);
  const report = await orch(repo, ['report', '--stdout']);
  expect(report.exitCode).toBe(0);
  expect(report.stdout).toContain('first');
  expect(report.stdout).toMatch(/did not (finish|end)|unfinished|incomplete|crash/i);
  expect((await orch(repo, ['clean'])).exitCode).toBe(0);

  const path = join(repo.root, 'logs', 'runs', run, 'events.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, [...lines.slice(0, 3), '{"seq": "broken', ...lines.slice(4), '{"seq":9'].join('\n'));
  const damaged = await orch(repo, ['report', '--stdout', run]);
  expect(damaged.exitCode).toBe(0);
  expect(damaged.stderr).toMatch(/line 4|4:/);
  expect(damaged.stderr).not.toMatch(/\n\s+at /);
});

it('the last 20 runs are kept, and those whose worktrees still stand', async () => {
  const repo = createRepository({ config: { tasks: [{ name: 'bad', command: 'exit 1' }] } });
  const { run: failed } = await orch(repo, ['run']);
  repo.configure({ tasks: [{ name: 'good', command: 'true' }] });
  const { run: template } = await orch(repo, ['run']);
  // Old runs as the second one left them, under older names.
  for (let day = 10; day < 32; day++) {
    const name = `202001${day}-000000-aaaa`;
    cpSync(join(repo.root, 'logs', 'runs', String(template)), join(repo.root, 'logs', 'runs', name), {
      recursive: true,
    });
  }
  const { run: last } = await orch(repo, ['run']);
  const left = repo.runs();
  expect(left).toContain(failed);
  expect(left).toContain(last);
  expect(left).not.toContain('20200110-000000-aaaa');
  expect(left).toContain('20200131-000000-aaaa');
  expect(left.length).toBeLessThanOrEqual(21);
});

it('--ui json prints the events of the journal and nothing else; plain and quiet keep to lines', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        { name: 'good', command: 'echo said' },
        { name: 'bad', command: 'exit 2' },
      ],
    },
  });
  const { stdout, run } = await orch(repo, ['run', '--ui', 'json']);
  const path = join(repo.place.top, 'stdout.jsonl');
  writeFileSync(path, stdout);
  expect(readJournal(path)).toEqual(repo.events(run));
  const plain = await orch(repo, ['run', '--ui', 'plain']);
  expect(`${plain.stdout}${plain.stderr}`).toContain('bad');
  const quiet = await orch(repo, ['run', '--ui', 'quiet']);
  expect(quiet.stdout.length).toBeLessThan(plain.stdout.length);
});
