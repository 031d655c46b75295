/** Legacy migration: what its tasks may change, what waits for whom, and what an approval is worth. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import {
  atEngine,
  BASE_IMAGE,
  branchesOf,
  type ConfigSource,
  checkoutOf,
  createRepository,
  endings,
  eventsOf,
  finished,
  NO_TRACES,
  orch,
  processesNamed,
  type Repository,
  startOrch,
  taskOf,
  tracesOf,
  warningsOf,
  whyNoContainers,
} from './rig/index.ts';

/** `propose NAME…` writes documents with all of their sections. */
const PROPOSE = `#!/bin/sh
set -eu
mkdir -p migration
document() { name=$1; shift; { echo "# $name"; for s in "$@"; do printf '\\n## %s\\n\\nAs seen.\\n' "$s"; done; } > "migration/$name.md"; }
for name in "$@"; do case $name in
  legacy-snapshot) document $name Scope Inventory Dependencies 'How it is built and run' ;;
  legacy-tech-spec) document $name Architecture Data Interfaces 'Behaviour to keep' ;;
  legacy-gap-report) document $name Target Gaps 'Open questions' ;;
  legacy-risk-assessment) document $name Risks Mitigations ;;
  legacy-migration-plan) document $name Steps 'Order and dependencies' Verification ;;
  legacy-migration-proposal) document $name Summary 'What changes' 'What stays' 'Decision asked for' ;;
  rollback-plan) document $name 'When to roll back' Steps Verification ;;
esac; done
`;
const FOUND = './propose legacy-snapshot legacy-tech-spec legacy-gap-report';
const PLANNED = './propose legacy-risk-assessment legacy-migration-plan legacy-migration-proposal';

function migrating(config: ConfigSource): Repository {
  const repo = createRepository({ config, files: { propose: PROPOSE, app: 'old\n' } });
  repo.git('update-index', '--chmod=+x', 'propose');
  repo.git('commit', '-qm', 'program');
  repo.git('reset', '-q', '--hard');
  return repo;
}

function migration(proposing = `${PLANNED} rollback-plan`): ConfigSource {
  return {
    name: 'old-to-new',
    migration: {
      tasks: [
        { name: 'survey', command: FOUND },
        { name: 'advise', command: proposing, depends_on: ['survey'] },
      ],
    },
    tasks: [
      {
        name: 'apply',
        command: 'grep -h approved_by migration/approval.md; echo new > app',
        depends_on: ['migration'],
      },
      { name: 'aside', command: 'echo aside > aside' },
    ],
  };
}

const PROPOSED = { survey: 'success', advise: 'success', 'migration-proposal': 'success', aside: 'success' };
const WAITING = { ...PROPOSED, migration: 'skipped: approval', apply: 'skipped: needs' };
/** As `orch plan` has it. */
async function gateOf(repo: Repository): Promise<unknown> {
  const { stdout } = await orch(repo, ['plan', '--format', 'json']);
  const { jobs } = JSON.parse(stdout) as { jobs: readonly { id: string; gate?: unknown }[] };
  return jobs.find(({ id }) => id === 'migration')?.gate;
}

const recordOf = (repo: Repository): string => join(repo.root, '.git/orch/migration-approval.json');

it('waits for an approval, goes on from what was approved, and waits again when that is taken back: here and from the export', async () => {
  const repo = migrating(migration());
  expect(await orch(repo, ['export-gha'])).toMatchObject({ exitCode: 0 });
  repo.commit('export');
  expect(await orch(repo, ['validate', '.github/workflows/old-to-new.yml'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await orch(repo, ['approve', 'migration', '--by', 'Ada'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('no run has a migration'),
  });

  expect(await gateOf(repo)).toEqual({ state: 'open', words: expect.stringContaining('nothing is approved yet') });
  const first = await orch(repo, ['run']);
  expect([first.exitCode, endings(first.events)]).toEqual([0, WAITING]);
  expect(eventsOf(first.events, 'job.skipped').at(-1)?.message).toBe('migration waits for approval');
  expect(first.stdout).toContain('approve it orch approve migration --by NAME');
  expect(repo.read('docs/orchestrator-run-summary.md')).toMatch(
    /^# SUCCEEDED so far: 4 of 6 tasks succeeded, 1 waiting/,
  );
  expect(JSON.parse((await orch(repo, ['status', '--format', 'json'])).stdout).legs).toContainEqual(
    expect.objectContaining({ job: 'migration', standing: 'awaiting' }),
  );

  const before = checkoutOf(repo);
  const approved = await orch(repo, ['approve', 'migration', '--by', 'Ada "the" Lovelace', '--note', 'as discussed']);
  expect(approved).toMatchObject({ exitCode: 0, stderr: '' });
  expect(checkoutOf(repo)).toEqual(before);
  expect(statSync(recordOf(repo)).mode & 0o777).toBe(0o600);
  expect(await orch(repo, ['approve', 'migration', '--by', 'Bob'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/approved already by Ada "the" Lovelace on .* UTC\n.*--revoke/),
  });

  expect(await gateOf(repo)).toMatchObject({ state: 'approved', by: 'Ada "the" Lovelace', run: first.run });
  expect((await orch(repo, ['plan'])).stdout).toContain('approved by Ada "the" Lovelace on ');
  expect((await orch(repo, ['run', '--dry-run'])).stdout).toContain('approved by Ada "the" Lovelace on ');
  expect((await orch(repo, ['plan', '--only', 'aside'])).stdout).not.toContain('approved');
  const second = await orch(repo, ['run']);
  expect([second.exitCode, endings(second.events)]).toEqual([
    0,
    { ...PROPOSED, migration: 'success', apply: 'success' },
  ]);
  for (const job of ['survey', 'advise', 'migration-proposal'])
    expect(finished(second.events, job)).toMatchObject({ reusedFrom: first.run });
  const { result } = taskOf(second.events, 'apply');
  expect(repo.git('show', `${result}:migration/approval.md`)).toContain('approved_by: "Ada \\"the\\" Lovelace"');
  expect(repo.git('log', '--format=%s', `${taskOf(first.events, 'survey').start}..${result}`).split('\n')).toEqual([
    'task: apply',
    'approval: migration',
    'task: advise',
    'task: survey',
  ]);
  expect(repo.read('docs/orchestrator-run-summary.md')).toContain('by Ada "the" Lovelace on');
  expect(tracesOf(repo)).toMatchObject({ ...NO_TRACES, registry: ['migration-approval.json'] });

  expect((await orch(repo, ['approve', 'migration', '--revoke'])).stdout).toMatch(/^Revoked the approval by Ada/);
  expect(existsSync(recordOf(repo))).toBe(false);
  expect(endings((await orch(repo, ['run'])).events)).toEqual(WAITING);

  repo.git('clone', '-q', repo.root, join(repo.place.top, 'fresh'));
  const there = await orch(repo, ['run', 'old-to-new'], { cwd: join(repo.place.top, 'fresh') });
  expect([there.exitCode, there.stdout]).toEqual([
    0,
    expect.stringMatching(/^SUCCEEDED so far: 5 of 7 jobs succeeded, 1 waiting/m),
  ]);
});

it('a task that changes anything but its folder fails, and so does one that forges an approval; nothing of it gets on', async () => {
  const forge = 'mkdir -p migration; echo "approved_by: me" > migration/approval.md';
  const tasks = [
    {
      name: 'outside',
      command:
        'echo worse > app; git add app; git -c user.name=x -c user.email=x@x commit -qm mine; echo ok > migration.md',
    },
    { name: 'forger', command: forge },
    { name: 'other-case', command: 'mkdir -p Migration; echo x > Migration/approval.md' },
    { name: 'as-link', command: 'ln -s . migration' },
    { name: 'leads-out', command: 'ln -s /tmp migration' },
    { name: 'renames', command: 'mkdir -p migration && git mv app migration/app' },
    {
      name: 'recorder',
      command:
        'echo "{}" > "$(git rev-parse --git-common-dir)/orch/migration-approval.json"; ./propose legacy-snapshot',
    },
  ];
  const repo = migrating({
    migration: { tasks },
    tasks: [{ name: 'apply', command: 'touch applied', depends_on: ['migration'] }],
  });
  const { exitCode, events, run } = await orch(repo, ['run']);
  expect(exitCode).toBe(1);
  const codes = eventsOf(events, 'job.finished').map(({ job, failure }) => [job, failure?.code]);
  expect(Object.fromEntries(codes)).toEqual({
    outside: 'changed-outside',
    forger: 'changed-outside',
    'other-case': 'changed-outside',
    'as-link': 'changed-outside',
    'leads-out': 'unsafe-tree',
    renames: 'changed-outside',
    recorder: undefined,
  });
  expect(finished(events, 'outside').failure?.details).toEqual(['app', 'migration.md']);
  expect(finished(events, 'forger').failure?.details).toEqual(['migration/approval.md']);
  // Kept in the worktree for whoever looks, and on no branch.
  for (const branch of branchesOf(repo).filter((name) => name.startsWith('orch/'))) {
    expect(repo.git('show', `${branch}:app`)).toBe('old');
    expect(repo.git('ls-tree', '-r', '--name-only', branch)).not.toMatch(/approval|Migration|migration\.md/);
  }
  expect(readFileSync(join(taskOf(events, 'outside').worktree ?? '', 'app'), 'utf8')).toBe('worse\n');
  expect(warningsOf(events, 'approval-changed')).toHaveLength(1);
  expect(existsSync(recordOf(repo))).toBe(false);
  expect(await orch(repo, ['approve', 'migration', '--by', 'Ada'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(`run ${run} did not come to a proposal`),
  });
});

it('an approval is void when the documents, the tasks or its record have changed since', async () => {
  const repo = migrating(migration());
  const first = await orch(repo, ['run']);
  const branch = `orch/${first.run}/migration-proposal`;
  const proposed = repo.git('rev-parse', branch);
  const meddle = (): void => {
    repo.git('checkout', '-q', branch);
    repo.write('migration/legacy-gap-report.md', 'no gaps\n');
    repo.commit('better');
    repo.git('checkout', '-q', 'main');
  };
  meddle();
  expect(await orch(repo, ['approve', 'migration', '--by', 'Ada'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/holds other documents than the run has left\n.*git branch -f/),
  });
  repo.git('branch', '-f', branch, proposed);
  expect(await orch(repo, ['approve', 'migration', '--by', 'Ada'])).toMatchObject({ exitCode: 0 });
  const record = readFileSync(recordOf(repo), 'utf8');
  meddle();
  expect(await gateOf(repo)).toEqual({ state: 'void', words: expect.stringContaining('holds other documents') });
  expect((await orch(repo, ['plan', '--format', 'mermaid'])).stdout).toMatch(/"migration<br\/>approval is void"/);
  const changed = await orch(repo, ['run']);
  expect([changed.exitCode, endings(changed.events)]).toEqual([0, WAITING]);
  expect(warningsOf(changed.events, 'approval-void')).toEqual([
    expect.stringMatching(/^the approval by Ada on .* UTC does not count: the branch .* holds other documents/),
  ]);

  repo.git('branch', '-f', branch, proposed);
  const forged = { ...JSON.parse(record), commit: repo.git('rev-parse', 'HEAD') };
  writeFileSync(recordOf(repo), JSON.stringify(forged));
  expect(warningsOf((await orch(repo, ['run'])).events, 'approval-void')).toEqual([
    expect.stringContaining(`the run ${first.run} has left another commit`),
  ]);
  writeFileSync(recordOf(repo), record);
  repo.configure(migration(`${PLANNED} rollback-plan; true`));
  expect(warningsOf((await orch(repo, ['run'])).events, 'approval-void')).toEqual([
    expect.stringContaining('the tasks have changed since: advise'),
  ]);
}, 60_000);

it('nothing behind the gate starts without a plan to go back; documents that are not whole are not proposed', async () => {
  const repo = migrating(migration(PLANNED));
  await orch(repo, ['run']);
  const approved = await orch(repo, ['approve', 'migration', '--by', 'Ada']);
  expect(approved.stdout).toContain('There is no migration/rollback-plan.md yet');
  const without = await orch(repo, ['run']);
  expect([without.exitCode, endings(without.events)]).toEqual([1, { ...WAITING, migration: 'artifact-missing' }]);
  expect(finished(without.events, 'migration').failure).toMatchObject({
    code: 'artifact-missing',
    message: 'migration/rollback-plan.md is missing',
    hint: 'the template is framework/migration/templates/rollback-plan.md',
  });
  repo.write('plan.md', '# Back\n\n## When to roll back\nAt once.\n\n## Steps\nGo.\n\n## Verification\nLook.\n');
  const options = ['approve', 'migration', '--by', 'Ada', '--rollback-plan', 'plan.md'];
  expect(await orch(repo, options)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Go on with') });
  expect(endings((await orch(repo, ['run'])).events)).toMatchObject({ migration: 'success', apply: 'success' });

  repo.configure(
    migration(
      PLANNED.replace('legacy-migration-plan', 'x; echo "## Steps" > migration/legacy-migration-plan.md; ./propose'),
    ),
  );
  const { exitCode, events } = await orch(repo, ['run']);
  expect(exitCode).toBe(1);
  expect(finished(events, 'migration-proposal').failure).toMatchObject({
    code: 'artifact-incomplete',
    hint: 'the template is framework/migration/templates/legacy-migration-plan.md',
  });
}, 60_000);

it('documents that git ignores: the rule is named, and the way out leads out', async () => {
  const repo = migrating(migration());
  repo.write('.gitignore', `${repo.read('.gitignore')}\n/migration/\n`);
  repo.commit('ignored');
  const { failure } = finished((await orch(repo, ['run'])).events, 'migration-proposal');
  expect(failure?.code).toBe('artifact-missing');
  expect(failure?.message).toMatch(
    /^migration\/legacy-snapshot\.md is missing, and would be ignored by \.gitignore:\d+ \(\/migration\/\)/,
  );
  const [, first = '', second = ''] =
    /add the lines (\S+) and (\S+) at the end of .gitignore/.exec(failure?.message ?? '') ?? [];
  repo.write('.gitignore', `${repo.read('.gitignore')}${first}\n${second}\n`);
  repo.commit('not ignored');
  expect(endings((await orch(repo, ['run'])).events)).toEqual(WAITING);
}, 60_000);

it('nothing is approved while a run is on', async () => {
  const repo = migrating({ tasks: [{ name: 'long', command: 'tell running; await-note go' }] });
  const run = startOrch(repo, ['run']);
  await repo.heard('running');
  expect((await orch(repo, ['approve', 'migration', '--by', 'task'])).exitCode).toBe(3);
  repo.tell('go');
  expect((await run.ended).exitCode).toBe(0);
});

it('what was done behind the gate is not done again by --rerun-failed, unless something else has been approved', async () => {
  const repo = migrating({
    migration: {
      tasks: [
        { name: 'survey', command: `${FOUND}; ${PLANNED} rollback-plan` },
        { name: 'extra', command: 'exit 1', continue_on_error: true },
      ],
    },
    tasks: [
      { name: 'apply', command: 'echo new > app', depends_on: ['migration'] },
      { name: 'flaky', command: 'test -e "$HOME/ready"', depends_on: ['migration'] },
      { name: 'aside', command: 'echo aside > aside' },
    ],
  });
  const first = await orch(repo, ['run']);
  await orch(repo, ['approve', 'migration', '--by', 'Ada']);
  const second = await orch(repo, ['run']);
  expect(endings(second.events)).toMatchObject({ apply: 'success', flaky: 'exit-code' });
  const third = await orch(repo, ['run', '--rerun-failed', String(second.run)]);
  const origins = (events: typeof third.events): unknown =>
    Object.fromEntries(eventsOf(events, 'job.finished').map(({ job, reusedFrom }) => [job, reusedFrom]));
  const before = { survey: first.run, extra: first.run, 'migration-proposal': first.run };
  const behind = { migration: second.run, apply: second.run, aside: second.run, flaky: undefined };
  expect(origins(third.events)).toEqual({ ...before, ...behind });

  await orch(repo, ['approve', 'migration', '--revoke']);
  await orch(repo, ['approve', 'migration', '--by', 'Bob']);
  const fourth = await orch(repo, ['run', '--rerun-failed', String(third.run)]);
  expect(origins(fourth.events)).toEqual({ ...before, ...behind, migration: undefined, apply: undefined });
}, 60_000);

it('a proposal outlasts the runs that come while nobody has approved it; approving a newer one is told', async () => {
  const repo = migrating(migration());
  const proposed = await orch(repo, ['run']);
  // More than are remembered, and all of them newer.
  for (let n = 10; n < 35; n += 1) mkdirSync(join(repo.root, 'logs/runs', `20991231-2359${n}-aaaa`));
  expect((await orch(repo, ['run', '--only', 'aside'])).exitCode).toBe(0);
  const approved = await orch(repo, ['approve', 'migration', '--by', 'Ada']);
  expect(approved).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`what run ${proposed.run} proposes`) });

  // Of another worktree: the record is the repository's, the runs are not.
  const linked = join(repo.place.top, 'linked');
  repo.git('worktree', 'add', '-q', '-b', 'linked', linked);
  const there = await orch(repo, ['run'], { cwd: linked });
  expect(there.stdout).toContain(`the run ${proposed.run} is not in logs/runs`);
  expect((await orch(repo, ['approve', 'migration', '--by', 'Bob'], { cwd: linked })).stdout).toMatch(
    new RegExp(`It replaces the approval by Ada on .* UTC of what run ${proposed.run} proposed`),
  );
}, 60_000);

it('who approves after a crash ends what the crashed run has left running', async () => {
  const span = `${500_000 + Math.floor(Math.random() * 400_000)}.${process.pid}`;
  const repo = migrating({
    migration: { tasks: [{ name: 'survey', command: `${FOUND}; ${PLANNED} rollback-plan` }] },
    tasks: [{ name: 'long', command: `tell running; sleep ${span}`, depends_on: ['migration'] }],
  });
  await orch(repo, ['run']);
  await orch(repo, ['approve', 'migration', '--by', 'Ada']);
  const killed = startOrch(repo, ['run']);
  await repo.heard('running');
  const run = await killed.run();
  killed.kill('SIGKILL');
  await killed.ended;
  const revoked = await orch(repo, ['approve', 'migration', '--revoke']);
  expect(revoked).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(`what run ${run} had left running`) });
  expect(processesNamed(span)).toEqual([]);
  expect(endings((await orch(repo, ['run'])).events)).toMatchObject({ migration: 'skipped: approval' });
});

const reason = whyNoContainers();

test('there is an engine for sandboxes', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

describe.skipIf(reason !== undefined)('in a sandbox', () => {
  test('a task of the migration can write to its folder, and to nothing else of the tree', async () => {
    const repo = migrating({
      migration: {
        sandbox: { image: BASE_IMAGE },
        tasks: [
          { name: 'survey', command: `${FOUND}; echo worse 2>&- > app || echo 'read only'; touch x || echo 'nor new'` },
        ],
      },
    });
    const { events, run } = await orch(repo, ['run']);
    expect(finished(events, 'survey').outcome).toBe('success');
    expect(repo.read(`logs/runs/${run}/survey.log`)).toMatch(/read only\n[^]*nor new\n/);
    expect(finished(events, 'migration-proposal').failure?.code).toBe('artifact-missing');
    expect(atEngine(repo)).toEqual([]);
  });
});
