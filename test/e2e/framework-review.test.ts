/** Framework reviews: what they are given, what they have to leave, and that they come after a main run and touch none. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import {
  BASE_IMAGE,
  branchesOf,
  type ConfigSource,
  checkoutOf,
  createRepository,
  digest,
  endings,
  eventsOf,
  filesBelow,
  finished,
  NO_TRACES,
  orch,
  processesWith,
  type Repository,
  startOrch,
  tracesOf,
  warningsOf,
  whyNoContainers,
} from './rig/index.ts';

const ORCH = `"${process.execPath}" "${resolve(process.env['ORCH_DIST'] ?? 'dist', 'orch.js')}"`;

/** A reviewer that does what it is for, with the digest that it was given as its summary. */
const REVIEWER = `set -eu
mkdir -p framework-review
write() {
  file=framework-review/$1; shift
  echo "# $file" > "$file"
  for section; do printf '\\n## %s\\n\\nNone.\\n' "$section" >> "$file"; done
}
write framework-log-analysis.md Summary Failures 'Retries and timeouts' Waits Warnings
cat "$ORCH_DIGEST" >> framework-review/framework-log-analysis.md
write framework-bug-report.md Summary Bugs 'How to reproduce'
cp "$ORCH_DIGEST_JSON" framework-review/digest.json
cp "$ORCH_JOURNAL" framework-review/journal.jsonl
write framework-fix-plan.md Summary Fixes Risks 'How to check'
echo "reviewed $ORCH_REVIEWED_RUN"
`;
const REPORTS = ['framework-bug-report.md', 'framework-fix-plan.md', 'framework-log-analysis.md'];
const GOOD = { name: 'good', command: 'echo good > good.txt' };
const HOSTILE = 'x | <img src=x> @everyone [a](b)';

function repositoryWith(config: ConfigSource, files: Readonly<Record<string, string>> = {}): Repository {
  return createRepository({ config, files: { 'review.sh': REVIEWER, ...files } });
}

/** All that main runs have left, byte for byte. */
function mainFiles(repo: Repository): readonly string[] {
  const runs = repo.runs().filter((run) => eventsOf(repo.events(run), 'run.started')[0]?.stream === undefined);
  const kept = filesBelow(join(repo.root, 'logs')).filter(
    (path) => !path.startsWith('runs/') || runs.some((run) => path.startsWith(`runs/${run}/`)),
  );
  return [...kept.map((path) => `logs/${path}`), 'docs/orchestrator-run-summary.md'].map(
    (path) => `${path} ${digest(join(repo.root, path))}`,
  );
}

const shown = (repo: Repository, run: string, path: string): string =>
  repo.git('show', `orch/${run}/framework-review:framework-review/${path}`);

it('a review of a failed run has its journal and a digest, leaves three reports, and nothing else changes', async () => {
  const repo = repositoryWith({
    tasks: [
      { ...GOOD, mutex: 'one' },
      { name: 'bad', command: `echo 'no' > bad.txt; exit 3`, retries: 1, retry_delay: '10ms', description: HOSTILE },
      { name: 'late', command: 'sleep 60', timeout: '200ms', expect: [HOSTILE] },
      { name: 'behind', depends_on: ['bad'], command: 'true' },
    ],
    defaults: { env: { FROM: 'defaults' } },
    framework_review: { after: 'never', command: 'echo "from $FROM: ${SECRET:-no secret}"; sh review.sh' },
  });
  const main = await orch(repo, ['run'], { env: { SECRET: 'not-for-reviews' } });
  expect(main.exitCode).toBe(1);
  const reviewed = main.run ?? '';
  expect(repo.runs()).toEqual([reviewed]);
  const before = { files: mainFiles(repo), checkout: checkoutOf(repo), branches: branchesOf(repo) };

  const review = await orch(repo, ['framework-review'], { env: { SECRET: 'not-for-reviews' } });
  expect([review.exitCode, endings(review.events)]).toEqual([0, { 'framework-review': 'success' }]);
  const run = review.run ?? '';
  const [started] = eventsOf(review.events, 'run.started');
  expect(started).toMatchObject({ kind: 'tasks', stream: 'framework-review', reviewOf: reviewed });
  expect({ files: mainFiles(repo), checkout: checkoutOf(repo) }).toEqual({
    files: before.files,
    checkout: before.checkout,
  });
  expect(branchesOf(repo)).toEqual([...before.branches, `orch/${run}/framework-review`].toSorted());
  expect(repo.read(`logs/runs/${run}/framework-review.log`)).toContain(
    `from defaults: no secret\nreviewed ${reviewed}`,
  );

  const kept = filesBelow(join(repo.root, `logs/runs/${run}/artifacts/framework-review`));
  expect(kept).toEqual(REPORTS.map((name) => `framework-review/${name}`));
  expect(shown(repo, run, 'journal.jsonl')).toBe(repo.read(`logs/runs/${reviewed}/events.jsonl`).trimEnd());
  expect(JSON.parse(shown(repo, run, 'digest.json'))).toMatchObject({
    run: reviewed,
    result: 'failure',
    counts: { failed: 2, succeeded: 1, skipped: 1 },
    failures: {
      total: 2,
      shown: expect.arrayContaining([{ code: 'timeout', count: 1, tasks: ['late'], example: expect.any(String) }]),
    },
    retries: { total: 1, shown: [{ task: 'bad', attempts: 2, failures: ['exit-code', 'exit-code'] }] },
    timeouts: { total: 1 },
    leftovers: { total: 1, shown: [{ task: 'bad', attempt: 1 }] },
  });
  expect(shown(repo, run, 'framework-log-analysis.md')).toContain('## Attempts ended by a clock');

  // Who looks without a name sees the run, not its review; both are remembered.
  expect((await orch(repo, ['status'])).stdout).toContain(reviewed);
  const status = await orch(repo, ['status', run]);
  expect(status.stdout).toContain('framework-run-framework-review');
  expect((await orch(repo, ['logs', run, 'framework-review'])).stdout).toContain(`reviewed ${reviewed}`);
  expect((await orch(repo, ['report', '--stdout', run])).stdout).toBe(repo.read(`logs/runs/${run}/summary.md`));
  expect(repo.read(`logs/runs/${run}/summary.md`)).toContain(reviewed);
  expect(mainFiles(repo)).toEqual(before.files);
});

it('comes by itself after the runs that the file says, and changes nothing of their exit codes', async () => {
  const review = { command: 'sh review.sh' };
  const repo = repositoryWith({ tasks: [GOOD], framework_review: review });
  const green = await orch(repo, ['run']);
  expect(green.exitCode).toBe(0);
  const [main, own] = repo.runs();
  expect(eventsOf(repo.events(own), 'run.started')[0]).toMatchObject({ reviewOf: main });
  expect((await orch(repo, ['run', '--no-framework-review'])).exitCode).toBe(0);
  expect(repo.runs()).toHaveLength(3);

  // Whoever is only told of failures is not told of a success; a review that fails is no failure of the run.
  repo.configure({ tasks: [GOOD], framework_review: { after: 'failure', command: 'exit 4' } });
  expect((await orch(repo, ['run'])).exitCode).toBe(0);
  expect(repo.runs()).toHaveLength(4);
  repo.configure({
    tasks: [{ name: 'bad', command: 'exit 3' }, GOOD],
    on_finish: 'echo told >> "$HOME/told"',
    framework_review: { after: 'failure', command: 'exit 4', secrets: ['KEY'] },
  });
  const early = await orch(repo, ['run']);
  expect([early.exitCode, repo.runs().length]).toEqual([2, 4]);
  expect(early.stderr).toContain('KEY');
  const red = await orch(repo, ['run'], { env: { KEY: 'a-long-secret' } });
  expect([red.exitCode, repo.runs().length]).toEqual([1, 6]);
  expect(endings(repo.events())).toEqual({ 'framework-review': 'exit-code' });
  expect(repo.read(`../home/told`)).toBe('told\n');
  // Stopped by somebody: nothing comes behind it.
  repo.configure({ tasks: [{ name: 'long', command: 'tell up; await-note never' }], framework_review: review });
  const stopped = startOrch(repo, ['run']);
  await repo.heard('up');
  stopped.kill('SIGINT');
  expect((await stopped.ended).exitCode).toBe(130);
  expect(repo.runs()).toHaveLength(7);
  expect(tracesOf(repo).locks).toEqual([]);
});

it('is refused during a run, and with --wait comes after it', async () => {
  const repo = repositoryWith({
    tasks: [{ name: 'long', command: 'tell running; await-note go; echo x > x' }],
    framework_review: { after: 'never', command: 'sh review.sh' },
  });
  const main = startOrch(repo, ['run']);
  await repo.heard('running');
  const reviewed = await main.run();
  const lock = repo.read('logs/framework-run.lock');
  const { started } = JSON.parse(lock) as { readonly started: string };
  const refused = await orch(repo, ['framework-review']);
  expect([refused.exitCode, refused.run]).toEqual([3, undefined]);
  for (const said of [reviewed, String(main.pid), started, '--wait']) expect(refused.stderr).toContain(said);

  // Somebody who waits no more leaves nothing.
  const gone = startOrch(repo, ['framework-review', '--wait']);
  await gone.said('waiting');
  gone.kill('SIGTERM');
  expect((await gone.ended).run).toBeUndefined();

  const waits = startOrch(repo, ['framework-review', '--wait']);
  await waits.said(reviewed);
  expect(repo.runs()).toEqual([reviewed]);
  expect(repo.read('logs/framework-run.lock')).toBe(lock);
  repo.tell('go');
  const end = (await main.ended).events.at(-1);
  const review = await waits.ended;
  expect([review.exitCode, endings(review.events)]).toEqual([0, { 'framework-review': 'success' }]);
  const [begun] = eventsOf(review.events, 'run.started');
  expect(begun?.reviewOf).toBe(reviewed);
  expect(String(begun?.time) >= String(end?.time)).toBe(true);
  expect(tracesOf(repo)).toEqual(NO_TRACES);
});

it('is refused to whoever the run itself has started, since both would wait for ever', async () => {
  const repo = repositoryWith(
    {
      on_finish: 'sh after.sh',
      tasks: [{ name: 'impatient', command: `env -u ORCH_RUN ${ORCH} framework-review --wait || test $? = 3` }],
      framework_review: { after: 'never', command: 'sh review.sh' },
    },
    { 'after.sh': `${ORCH} framework-review --wait; ${ORCH} run --wait; true\n` },
  );
  const { exitCode, stderr, run } = await orch(repo, ['run']);
  expect(stderr).toContain(`the framework review would wait for itself: the run ${run} has started it`);
  expect(stderr).toContain(`the run would wait for itself: the run ${run} has started it`);
  expect(repo.read('logs/impatient.log')).toContain(`the framework review would wait for itself: the run ${run}`);
  expect([exitCode, repo.runs()]).toEqual([0, [run]]);

  repo.configure({ on_finish: 'orch framework-review --wait', tasks: [{ name: 'a', command: 'true' }] });
  expect(await orch(repo, ['run'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(
      /:\d+:\d+: error: "on_finish" starts a framework review[^]*framework_review: \{ after: always \}/,
    ),
  });
});

it('is exported as a workflow of its own, which reviews the run of the other one from its artifacts', async () => {
  const repo = repositoryWith({
    name: 'nightly',
    tasks: [GOOD, { name: 'bad', command: 'exit 3', retries: 1, retry_delay: '10ms' }],
    framework_review: {
      after: 'failure',
      command: 'sh review.sh',
      env: { OF: '${{ github.event.workflow_run.name }}' },
    },
  });
  const wrote = await orch(repo, ['export-gha']);
  expect([wrote.exitCode, wrote.stdout]).toEqual([0, expect.stringContaining('nightly-framework-review.yml')]);
  const files = ['nightly', 'nightly-framework-review'].map((name) => `.github/workflows/${name}.yml`);
  expect(await orch(repo, ['validate', ...files])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await orch(repo, ['export-gha', '--check'])).toMatchObject({ exitCode: 0 });
  repo.commit('the export');
  // Nothing of it stands in the way of a fresh clone.
  const clone = createRepository({
    files: { 'here.txt': 'a commit that only the clone has' },
    prepare: (root) => void repo.git('clone', '-q', repo.root, root),
  });
  const main = await orch(clone, ['run', files[0] ?? '']);
  expect([main.exitCode, endings(main.events)['bad']]).toEqual([1, 'exit-code']);
  const review = await orch(clone, ['run', '--event', 'workflow_run']);
  expect([review.exitCode, endings(review.events)]).toEqual([0, { 'framework-review': 'success', summary: 'success' }]);
  const folder = `logs/runs/${review.run ?? ''}`;
  const kept = filesBelow(join(clone.root, folder, 'artifacts'));
  expect(kept).toEqual(['files-framework-review.zip', 'orch-framework-review-0.zip']);
  expect(clone.read(`${folder}/framework-review.log`)).toMatch(/^reviewed \d{15}$/m);
  const archive = unzipSync(readFileSync(join(clone.root, folder, 'artifacts/orch-framework-review-0.zip')));
  writeFileSync(join(clone.place.top, 'commits.bundle'), archive['commits.bundle'] ?? '');
  clone.git('fetch', '-q', join(clone.place.top, 'commits.bundle'), '+refs/heads/orch/*:refs/heads/there/*');
  const [branch = ''] = branchesOf(clone).filter((name) => name.startsWith('there/'));
  expect(JSON.parse(clone.git('show', `${branch}:framework-review/digest.json`))).toMatchObject({
    name: 'nightly',
    result: 'failure',
    counts: { succeeded: 1, failed: 1 },
    failures: { total: 1, shown: [{ code: 'exit-code', tasks: ['bad'] }] },
    retries: { total: 1, shown: [{ task: 'bad', attempts: 2, failures: ['exit-code', 'exit-code'] }] },
  });
  // A run of a fork is nobody's to review, nor is one that succeeded.
  for (const workflow_run of [
    { conclusion: 'failure', head_repository: { full_name: 'stranger/fork' } },
    { conclusion: 'success' },
  ]) {
    clone.write(
      'event.json',
      JSON.stringify({ action: 'completed', workflow_run: { id: 1, name: 'nightly', ...workflow_run } }),
    );
    const passed = await orch(clone, ['run', '--event', 'workflow_run', '-e', 'event.json']);
    expect(endings(passed.events)['framework-review']).toBe('skipped: condition');
  }
});

const noContainers = whyNoContainers();

it.skipIf(noContainers !== undefined)(
  'in a sandbox it reads what it is given, and writes its reports alone',
  async () => {
    const repo = repositoryWith({
      tasks: [GOOD],
      framework_review: {
        after: 'never',
        sandbox: { image: BASE_IMAGE },
        command: `sh review.sh; for file in "$ORCH_DIGEST" "$ORCH_JOURNAL" good.txt; do echo x 2>&- > "$file" || echo "kept from $(basename "$file")"; done`,
      },
    });
    await orch(repo, ['run']);
    const review = await orch(repo, ['framework-review']);
    expect([review.exitCode, endings(review.events)]).toEqual([0, { 'framework-review': 'success' }]);
    const log = repo.read(`logs/runs/${review.run ?? ''}/framework-review.log`);
    for (const file of ['digest.md', 'journal.jsonl', 'good.txt']) expect(log).toContain(`kept from ${file}`);
    expect(shown(repo, review.run ?? '', 'framework-log-analysis.md')).toContain('# Run ');
  },
);

it('says what it cannot review: no run yet, a run of another kind, a file without a review', async () => {
  const workflow = 'on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }\n';
  const repo = repositoryWith(
    { tasks: [GOOD], framework_review: { command: 'sh review.sh' } },
    { '.github/workflows/ci.yml': workflow },
  );
  const says = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stderr } = await orch(repo, ['framework-review', ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).not.toContain('    at ');
    return stderr;
  };
  expect(await says()).toContain('there is no run of tasks to review yet');
  const { run: ofWorkflow = '' } = await orch(repo, ['run', '.github/workflows/ci.yml']);
  expect(await says(ofWorkflow)).toContain('is of a workflow');
  expect(await says()).toContain('there is no run of tasks to review yet');
  await orch(repo, ['run']);
  const [, main = '', review = ''] = repo.runs();
  expect(await says(review)).toContain(`orch framework-review ${main}`);
  expect(await says('20200101-000000-zzzz')).toContain('there is no run');
  expect((await orch(repo, ['run', '--rerun-failed', review])).stderr).toContain('is a framework review');
  rmSync(join(repo.root, 'logs/runs', main), { recursive: true });
  expect(await says(review)).not.toContain(main);
  repo.configure({ tasks: [GOOD] });
  expect(await says()).toContain('has no "framework_review"');
  expect(repo.runs()).toHaveLength(2);
});

it('a report that is missing, is not new, or lacks a section fails it, as does a change elsewhere; a further attempt may do better', async () => {
  const repo = repositoryWith({
    tasks: [GOOD],
    framework_review: {
      after: 'never',
      retries: 3,
      retry_delay: '10ms',
      command: `sh review.sh; cd framework-review
case $ORCH_ATTEMPT in
1) rm framework-fix-plan.md ;;
2) sed -i '/^## Bugs/,/^## How/d' framework-bug-report.md ;;
3) echo 'exit 0' > ../review.sh ;;
esac`,
    },
  });
  await orch(repo, ['run']);
  const review = await orch(repo, ['framework-review']);
  expect(review.exitCode).toBe(0);
  const [first, second, third] = eventsOf(review.events, 'attempt.finished').map(({ failure }) => failure);
  expect(first).toMatchObject({
    code: 'artifact-missing',
    message: expect.stringContaining('framework-review/framework-fix-plan.md'),
    hint: expect.stringContaining('framework/framework-review/templates/framework-fix-plan.md'),
  });
  expect(second).toMatchObject({ code: 'artifact-incomplete', message: expect.stringContaining('"Bugs"') });
  expect(third).toMatchObject({ code: 'changed-outside', details: ['review.sh'] });

  // Reports of an earlier review are in the tree: they are not this one's.
  repo.git('merge', '-q', `orch/${review.run ?? ''}/framework-review`);
  repo.configure({ tasks: [GOOD], framework_review: { after: 'never', command: 'true' } });
  const stale = await orch(repo, ['framework-review']);
  expect([stale.exitCode, endings(stale.events)]).toEqual([1, { 'framework-review': 'artifact-missing' }]);
  expect(finished(stale.events, 'framework-review').failure?.message).toContain('matched no changed file');
});

it('a crashed run is reviewed at once, and a review that was killed is cleared up by the next', async () => {
  const repo = createRepository({
    untidy: true,
    files: { 'review.sh': REVIEWER },
    config: {
      tasks: [{ name: 'long', command: 'tell running; await-note never' }],
      framework_review: {
        after: 'never',
        command: 'tell "reviewing-$ORCH_REVIEWED_RUN"; (setsid sleep 98766 &); await-note go; sh review.sh',
      },
    },
  });
  const killed = startOrch(repo, ['run']);
  await repo.heard('running');
  const crashed = await killed.run();
  killed.kill('SIGKILL');
  await killed.ended;
  const lock = repo.read('logs/framework-run.lock');

  const first = startOrch(repo, ['framework-review', '--wait']);
  await repo.heard(`reviewing-${crashed}`);
  const run = await first.run();
  // One at a time.
  const second = await orch(repo, ['framework-review']);
  expect([second.exitCode, second.run]).toEqual([3, undefined]);
  expect(second.stderr).toContain(run);
  first.kill('SIGKILL');
  expect((await first.ended).signal).toBe('SIGKILL');
  expect(processesWith(`=${run}:`).length).toBeGreaterThan(0);
  expect((await orch(repo, ['status', run])).stdout).toContain('crashed');

  repo.tell('go');
  const next = await orch(repo, ['framework-review']);
  expect(next.exitCode).toBe(0);
  expect(next.stderr).toContain(`the lock of run ${crashed}`);
  expect(warningsOf(next.events, 'stale-lock').join('\n')).toContain(run);
  expect(processesWith(`=${run}:`)).toEqual([]);
  expect(JSON.parse(shown(repo, next.run ?? '', 'digest.json'))).toMatchObject({ run: crashed, result: 'unfinished' });
  // The main run's own things are for the next main run, or for clean.
  expect(repo.read('logs/framework-run.lock')).toBe(lock);
  expect((await orch(repo, ['clean'])).exitCode).toBe(0);
  expect(existsSync(join(repo.root, 'logs/framework-run.lock'))).toBe(false);
  expect(tracesOf(repo)).toEqual(NO_TRACES);
});
