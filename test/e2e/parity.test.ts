/** What an export is worth: the workflow does what the tasks do, without them; and `orch parity` tells when it does not. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import {
  CONFIG,
  type ConfigSource,
  checkoutOf,
  createRepository,
  endings,
  eventsOf,
  filesBelow,
  NO_TRACES,
  orch,
  type Repository,
  startOrch,
  taskOf,
  tracesOf,
} from './rig/index.ts';

const DIAMOND: ConfigSource = {
  name: 'diamond',
  tasks: [
    { name: 'base', command: 'echo base > base.txt' },
    { name: 'left', depends_on: ['base'], command: 'cp base.txt left.txt', artifacts: ['left.txt'] },
    { name: 'right', depends_on: ['base'], command: 'echo right > right.sh && chmod +x right.sh' },
    {
      name: 'join',
      depends_on: ['left', 'right'],
      matrix: { v: ['a', 'b'] },
      env: { V: '${{ matrix.v }}' },
      command: 'cat left.txt right.sh > "join-$V.txt"',
    },
    { name: 'last', depends_on: ['join'], command: 'cat join-*.txt > all.txt' },
  ],
};

const PARALLEL =
  'on GitHub as many jobs run at once as there are runners, not 4; to keep tasks apart, give them a "mutex"';

/** With the export of the config committed. */
async function exported(config: ConfigSource): Promise<Repository> {
  const repository = createRepository({ config });
  expect(await orch(repository, ['export-gha'])).toMatchObject({ exitCode: 0 });
  repository.commit('export');
  return repository;
}

/** Without the config itself, which one of both has not. */
function treeIn(cwd: string, commit: string): readonly string[] {
  const lines = execFileSync('git', ['ls-tree', '-r', commit], { cwd, encoding: 'utf8' }).split('\n');
  return lines.filter((line) => !line.endsWith(CONFIG));
}

it('an exported workflow runs in a clone without the tasks, to the same results and trees', async () => {
  const repo = await exported(DIAMOND);
  const here = await orch(repo, ['run']);
  repo.git('rm', '-rqf', 'framework');
  repo.commit('only the workflow');
  const there = await orch(repo, ['run', '.github/workflows/diamond.yml']);
  expect(endings(here.events)).toEqual({
    base: 'success',
    left: 'success',
    right: 'success',
    'join+a': 'success',
    'join+b': 'success',
    last: 'success',
  });
  expect(there.exitCode).toBe(0);
  const legs = [
    ['base', 'orch-base-0'],
    ['left', 'orch-left-0'],
    ['right', 'orch-right-0'],
    ['join+a', 'orch-join-0'],
    ['join+b', 'orch-join-1'],
    ['last', 'orch-last-0'],
  ] as const;
  const stored = new Map(eventsOf(there.events, 'artifact.stored').map(({ name, path }) => [name, path]));
  expect([...stored.keys()].toSorted()).toEqual(['files-left', ...legs.map(([, name]) => name)].toSorted());
  for (const [leg, name] of legs) {
    const files = unzipSync(readFileSync(join(repo.root, stored.get(name) ?? '')));
    const { result } = JSON.parse(Buffer.from(files['result.json'] ?? []).toString()) as { readonly result: string };
    writeFileSync(join(repo.place.top, name), files['commits.bundle'] ?? '');
    repo.git('bundle', 'unbundle', join(repo.place.top, name));
    expect(treeIn(repo.root, result)).toEqual(treeIn(repo.root, taskOf(here.events, leg).result));
  }
}, 120_000);

interface Answer {
  readonly result: string;
  readonly checks: readonly {
    readonly name: string;
    readonly state: string;
    readonly diagnostics: readonly { readonly code: string; readonly message: string; readonly at?: object }[];
  }[];
}

/** By the name of the check, its state and what its diagnostics say. */
async function parity(repository: Repository, args: readonly string[] = [], env = {}) {
  const { exitCode, stdout, stderr, run } = await orch(repository, ['parity', '--format', 'json', ...args], { env });
  expect(run).toBeUndefined();
  expect(stderr).toBe('');
  const { checks } = JSON.parse(stdout) as Answer;
  const said = checks.map(({ name, state, diagnostics }) => [name, [state, ...diagnostics.map((d) => d.message)]]);
  return { exitCode, checks: Object.fromEntries(said) as Readonly<Record<string, readonly string[]>> };
}

/**
 * An act that says what the file beside it says and keeps what it was asked. It copies the repository as act does, without
 * folders that are empty, and its service of artifacts wants a folder `1`.
 */
function actThatSays(repository: Repository, log: string): Readonly<Record<string, string>> {
  const folder = join(repository.place.top, 'act');
  mkdirSync(folder);
  writeFileSync(join(folder, 'log'), log);
  const script = `#!/bin/sh
echo "$@" >${folder}/asked
cp -r . ${folder}/copy && find ${folder}/copy -type d -empty -delete
git -C ${folder}/copy fsck --full >&2 && ! test -e ${folder}/copy/.git/objects/info/alternates || exit 9
while [ "$1" != --artifact-server-path ]; do shift; done
ls "$2/1" || exit 9
cat ${folder}/log
rm -r ${folder}/copy
echo "Error: Job 'fails' failed" >&2
exit 1
`;
  writeFileSync(join(folder, 'act'), script);
  chmodSync(join(folder, 'act'), 0o755);
  return { PATH: `${folder}:${repository.env['PATH'] ?? ''}` };
}

it('parity of an export: nothing differs, nothing is left behind, and act is asked for the same', async () => {
  const repo = await exported({
    name: 'two',
    inputs: { who: 'you' },
    tasks: [
      { name: 'says', command: 'test "$WHO" = me', env: { WHO: '${{ inputs.who }}' } },
      { name: 'build', command: 'echo built > built.txt', artifacts: ['built.txt'], matrix: { v: ['x', 'y'] } },
      { name: 'fails', command: 'exit 3' },
      { name: 'after', depends_on: ['fails'], command: 'true' },
    ],
  });
  const before = checkoutOf(repo);
  const said = (jobID: string, jobResult: string): string =>
    JSON.stringify({
      dryrun: false,
      job: `two/${jobID}  `,
      jobID,
      jobResult,
      level: 'info',
      matrix: {},
      msg: 'Job ended',
    });
  const log = [
    said('says', 'success'),
    said('build', 'success'),
    said('build', 'success'),
    said('fails', 'success'),
  ].join('\n');
  expect(await parity(repo, ['--with', 'act', '--input', 'who=me'], actThatSays(repo, log))).toEqual({
    exitCode: 1,
    checks: {
      files: ['good'],
      workflow: ['good'],
      runs: ['good'],
      act: ['bad', 'fails ended as failure, with act as success'],
      github: ['warning', PARALLEL],
    },
  });
  expect(readFileSync(join(repo.place.top, 'act/asked'), 'utf8')).toContain(
    'workflow_dispatch --workflows .github/workflows/two.yml --json --rm --artifact-server-path /',
  );
  expect(checkoutOf(repo)).toEqual(before);
  expect(tracesOf(repo)).toEqual(NO_TRACES);
  expect(filesBelow(repo.place.temporary)).toEqual([]);
}, 120_000);

it('parity names what differs: files that have drifted, results, trees, kept files', async () => {
  const repo = await exported({
    name: 'differs',
    on_finish: 'touch "$HOME/was-told"',
    tasks: [
      { name: 'tree', command: 'pwd > where.txt', artifacts: ['where.txt'] },
      { name: 'same', command: 'echo same > same.txt' },
      { name: 'mode', command: 'echo x > x.sh; chmod +x x.sh' },
      { name: 'fails', command: 'echo begun > part.txt; exit 3' },
      { name: 'machine', command: 'claude --version || cat /home/somebody/x || true' },
    ],
  });
  const workflow = repo.read('.github/workflows/differs.yml');
  const edited = workflow
    .replace('echo same', 'exit 1; echo')
    .replace('chmod +x', 'chmod -x')
    .replace('exit 3', 'exit 4');
  repo.write('.github/workflows/differs.yml', edited);
  repo.write('.github/actions/run-task/action.yml', `${repo.read('.github/actions/run-task/action.yml')} `);
  repo.git('rm', '-q', '--cached', '.github/actions/summarize-tasks/THIRD-PARTY-LICENSES.txt');
  repo.write('.gitignore', 'THIRD-PARTY-LICENSES.txt\n');
  const { exitCode, checks } = await parity(repo);
  expect(exitCode).toBe(1);
  expect(checks).toEqual({
    files: [
      'bad',
      'is another than the tasks say, from here on',
      'is another than the tasks say, from here on',
      'git ignores it, so GitHub will not have it',
    ],
    workflow: ['good'],
    runs: [
      'bad',
      'tree committed other contents in the exported workflow: where.txt',
      'tree kept other contents in the exported workflow: where.txt',
      expect.stringMatching(/^same ended as success, in the exported workflow as failure/),
      'mode committed another mode or kind in the exported workflow: x.sh',
      'fails failed by exit code 3, in the exported workflow by exit code 4',
    ],
    github: [
      'warning',
      PARALLEL,
      'on GitHub nothing runs "on_finish"',
      'task "machine" calls claude, which GitHub\'s Ubuntu image does not have',
      'task "machine" names /home/somebody/x, a path of this machine',
    ],
  });
  expect(filesBelow(repo.place.home)).not.toContain('was-told');
}, 120_000);

it('a signal ends what it runs, and leaves nothing behind', async () => {
  const repo = await exported({ name: 'long', tasks: [{ name: 'a', command: 'tell begun; await-note never' }] });
  const started = startOrch(repo, ['parity']);
  await repo.heard('begun');
  started.kill('SIGINT');
  expect((await started.ended).exitCode).toBe(130);
  expect(filesBelow(repo.place.temporary)).toEqual([]);
  expect(tracesOf(repo)).toEqual(NO_TRACES);
}, 60_000);

it('without an export, without act, and with what does not go together there is a clear answer', async () => {
  const repo = createRepository({ config: { name: 'none', tasks: [{ name: 'a', command: 'true' }] } });
  const { exitCode, checks } = await parity(repo);
  expect(exitCode).toBe(1);
  expect(checks['files']).toContain('is not there');
  expect(checks['runs']).toEqual(['bad']);
  const act = await orch(repo, ['parity', '--with', 'act'], { env: { PATH: '/usr/bin:/bin' } });
  expect(act).toMatchObject({ exitCode: 2, stdout: '' });
  expect(act.stderr).toContain('there is no program act in the PATH');
  const both = await orch(repo, ['parity', '--with', 'act', '--static']);
  expect(both.exitCode).toBe(2);
  const text = await orch(repo, ['parity', '--static']);
  expect(text.stdout).toContain('orch export-gha writes them again');
  expect(text.stdout).toContain('Not the same: files.');
  await orch(repo, ['export-gha']);
  repo.write('.github/workflows/none.yml', repo.read('.github/workflows/none.yml').replace('steps:', 'stairs:'));
  const broken = await parity(repo);
  expect([broken.exitCode, broken.checks['runs'], broken.checks['github']?.[0]]).toEqual([1, ['bad'], 'bad']);
  repo.git('rm', '-q', '--cached', CONFIG);
  repo.write('.gitignore', 'framework/\n');
  expect(await orch(repo, ['parity'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('git ignores') });
}, 60_000);
