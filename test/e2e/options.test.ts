/** What the options of `orch run` change: where tasks start from, which of them run, and what is taken from before. */
import { expect, it } from 'vitest';
import {
  branchesOf,
  CONFIG,
  checkoutOf,
  createRepository,
  endings,
  eventsOf,
  finished,
  NO_TRACES,
  orch,
  taskOf,
  tracesOf,
} from './rig/index.ts';

const LOOK = '{ cat README.md; ls; }';

it('a dirty checkout does not matter, unless it is asked for: then it is seen whole and stays as it is', async () => {
  const repo = createRepository({
    files: { 'staged.txt': 'old\n', 'gone.txt': 'here\n' },
    config: { tasks: [{ name: 'look', command: `${LOOK} > look.txt; cat staged.txt >> look.txt` }] },
  });
  repo.write('README.md', 'edited\n');
  repo.write('staged.txt', 'new\n');
  repo.git('add', 'staged.txt');
  repo.git('rm', '-q', 'gone.txt');
  repo.write('untracked.txt', 'u\n');
  repo.write('logs/own-output', 'x\n');
  const before = checkoutOf(repo);
  const clean = await orch(repo, ['run']);
  expect(clean.exitCode).toBe(0);
  const seen = (run: string | undefined): string => repo.git('show', `orch/${run}/look:look.txt`);
  expect(seen(clean.run)).toMatch(/^a repository\n/);
  expect(seen(clean.run)).toContain('gone.txt');
  expect(seen(clean.run)).not.toContain('untracked.txt');
  expect(checkoutOf(repo)).toEqual(before);

  const dirty = await orch(repo, ['run', '--include-uncommitted']);
  expect(dirty.exitCode).toBe(0);
  expect(seen(dirty.run)).toMatch(/^edited\n/);
  expect(seen(dirty.run)).toContain('untracked.txt');
  expect(seen(dirty.run)).not.toContain('gone.txt');
  expect(seen(dirty.run)).toMatch(/new$/);
  expect(eventsOf(dirty.events, 'run.started')[0]?.base).toMatchObject({ uncommitted: true });
  expect(repo.git('ls-tree', '-r', '--name-only', `orch/${dirty.run}/look`)).not.toContain('own-output');
  expect(checkoutOf(repo)).toEqual(before);
  expect(repo.git('stash', 'list')).toBe('');
});

it('--base starts from any commit; a name that is none is refused', async () => {
  const repo = createRepository({ config: { tasks: [{ name: 'look', command: `${LOOK} > look.txt` }] } });
  repo.git('tag', 'v1');
  repo.write('later.txt', 'x\n');
  repo.commit('later');
  const { exitCode, run, events } = await orch(repo, ['run', '--base', 'v1']);
  expect(exitCode).toBe(0);
  expect(repo.git('show', `orch/${run}/look:look.txt`)).not.toContain('later.txt');
  expect(taskOf(events, 'look').start).toBe(repo.git('rev-parse', 'v1'));
  for (const base of ['nonsense', '--upload-pack=x', '']) {
    const refused = await orch(repo, ['run', `--base=${base}`]);
    expect([base, refused.exitCode]).toEqual([base, 2]);
  }
  expect(repo.runs()).toHaveLength(1);
});

it('--only takes along what a task depends on; --dry-run starts nothing', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        { name: 'a', command: 'tell a' },
        { name: 'b', depends_on: ['a'], command: 'true' },
        { name: 'c', command: 'tell c' },
        { name: 'd', depends_on: ['b'], command: 'tell d' },
      ],
    },
  });
  const before = { checkout: checkoutOf(repo), branches: branchesOf(repo) };
  const dry = await orch(repo, ['run', '--dry-run', '--only', 'b']);
  expect(dry.exitCode).toBe(0);
  expect(dry.stdout).toContain('a');
  expect({ checkout: checkoutOf(repo), branches: branchesOf(repo) }).toEqual(before);
  expect([repo.hasHeard('a'), repo.exists('logs'), tracesOf(repo)]).toEqual([false, false, NO_TRACES]);

  const { exitCode, events } = await orch(repo, ['run', '--only', 'B']);
  expect([exitCode, endings(events)]).toEqual([0, { a: 'success', b: 'success' }]);
  const wrong = await orch(repo, ['run', '--only', 'bb']);
  expect([wrong.exitCode, wrong.stderr.includes('"b"')]).toEqual([2, true]);
});

const RERUN = {
  tasks: [
    {
      name: 'base',
      outputs: ['word'],
      command: 'tell base-$ORCH_RUN; echo from-base > base.txt; echo word=hello >> $ORCH_OUTPUT',
    },
    {
      name: 'flaky',
      depends_on: ['base'],
      env: { WORD: '${{ needs.base.outputs.word }}' },
      command: 'cat base.txt; echo "$WORD" > flaky.txt; test -e "$HOME/mended"',
    },
    { name: 'top', depends_on: ['flaky'], command: 'cat base.txt flaky.txt' },
    { name: 'other', command: 'echo other > other.txt' },
    { name: 'always-last', depends_on: ['flaky', 'other'], if: 'always()', command: 'ls *.txt > last.txt' },
  ],
};

it('--rerun-failed reuses what went well, with its files and outputs, and runs the rest', async () => {
  const repo = createRepository({ config: RERUN });
  const first = await orch(repo, ['run']);
  expect(endings(first.events)).toEqual({
    base: 'success',
    flaky: 'exit-code',
    top: 'skipped: needs',
    other: 'success',
    'always-last': 'success',
  });
  repo.write('../home/mended', '');
  const second = await orch(repo, ['run', '--rerun-failed', String(first.run)]);
  expect(endings(second.events)).toEqual({
    base: 'success',
    flaky: 'success',
    top: 'success',
    other: 'success',
    'always-last': 'success',
  });
  expect(second.exitCode).toBe(0);
  const reused = eventsOf(second.events, 'job.finished').filter(({ reusedFrom }) => reusedFrom !== undefined);
  expect(reused.map(({ leg, reusedFrom }) => [leg, reusedFrom])).toEqual([
    ['base', first.run],
    ['other', first.run],
  ]);
  expect(repo.hasHeard(`base-${second.run}`)).toBe(false);
  expect(repo.git('show', `orch/${second.run}/flaky:flaky.txt`)).toBe('hello');
  expect(repo.git('show', `orch/${second.run}/flaky:base.txt`)).toBe('from-base');
  expect(repo.git('show', `orch/${second.run}/always-last:last.txt`)).toBe('base.txt\nflaky.txt\nother.txt');
  expect(repo.read('docs/orchestrator-run-summary.md')).toMatch(/reused/);

  // Nothing is left to do, and that is done.
  const third = await orch(repo, ['run', '--rerun-failed', String(second.run)]);
  expect(third.exitCode).toBe(0);
  expect(finished(third.events, 'base').reusedFrom).toBe(first.run);
  expect(finished(third.events, 'top').reusedFrom).toBe(second.run);
});

it('the command to run again, typed as it is shown, has what the first run was given, secrets by name', async () => {
  const repo = createRepository({
    config: {
      inputs: { who: 'nobody' },
      tasks: [
        { name: 'good', command: 'true' },
        {
          name: 'late',
          env: { WHO: '${{ inputs.who }}' },
          secrets: ['TOKEN'],
          command: 'echo "for $WHO"; test -e now',
        },
      ],
    },
  });
  repo.write('host.env', 'SOME=thing\n');
  const given = ['--input', 'who=you & me', '--env-file', 'host.env'];
  const env = { TOKEN: 'very-secret' };
  const first = await orch(repo, ['run', '--secret', 'TOKEN=very-secret', ...given], { env });
  expect(first.exitCode).toBe(1);
  const shown = `orch run --input 'who=you & me' --secret TOKEN --env-file host.env --rerun-failed ${first.run}`;
  expect(first.stdout).toContain(shown);
  expect(repo.read('docs/orchestrator-run-summary.md')).toContain(`\n${shown}\n`);
  const again = [...given, '--secret', 'TOKEN', '--rerun-failed', String(first.run)];
  const second = await orch(repo, ['run', ...again], { env });
  expect(endings(second.events)).toMatchObject({ good: 'success', late: 'exit-code' });
  expect(repo.read('logs/late.log')).toContain('for you & me');
});

it('--rerun-failed runs what is defined otherwise now, and all that stands on it', async () => {
  const repo = createRepository({ config: RERUN });
  const first = await orch(repo, ['run']);
  repo.write('../home/mended', '');
  const changed = RERUN.tasks.map((task) =>
    task.name === 'base' ? { ...task, command: `${task.command}; echo more` } : task,
  );
  repo.configure({ tasks: changed });
  const second = await orch(repo, ['run', '--rerun-failed', String(first.run)]);
  expect(second.exitCode).toBe(0);
  const reused = eventsOf(second.events, 'job.finished').filter(({ reusedFrom }) => reusedFrom !== undefined);
  expect(reused.map(({ leg }) => leg)).toEqual(['other']);
  expect(repo.hasHeard(`base-${second.run}`)).toBe(true);

  // Another base is another start: nothing stands.
  repo.write('new.txt', 'x\n');
  repo.commit('new');
  const third = await orch(repo, ['run', '--rerun-failed', String(second.run), '--base', 'HEAD']);
  expect(eventsOf(third.events, 'job.finished').filter(({ reusedFrom }) => reusedFrom !== undefined)).toEqual([]);

  // Nothing is taken from branches that are gone.
  expect((await orch(repo, ['clean'])).exitCode).toBe(0);
  for (const branch of branchesOf(repo).filter((name) => name.includes('/'))) repo.git('branch', '-q', '-D', branch);
  repo.git('gc', '-q', '--prune=now');
  const fourth = await orch(repo, ['run', '--rerun-failed', String(third.run)]);
  expect(Object.values(endings(fourth.events))).toEqual(Array(5).fill('success'));
  expect(eventsOf(fourth.events, 'job.finished').filter(({ reusedFrom }) => reusedFrom !== undefined)).toEqual([]);

  const unknown = await orch(repo, ['run', '--rerun-failed', '20200101-000000-none']);
  expect(unknown.exitCode).toBe(2);
});

it('--rerun-failed: legs of a matrix stand by themselves, but what depends on the matrix needs all of them', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        {
          name: 'part',
          matrix: { n: [1, 2] },
          fail_fast: false,
          env: { N: '${{ matrix.n }}' },
          command: 'echo "$N" > part$N.txt; test "$N" = 1 || test -e "$HOME/mended"',
        },
        { name: 'join', depends_on: ['part'], if: 'always()', command: 'ls part* > join.txt || true' },
      ],
    },
  });
  const first = await orch(repo, ['run']);
  expect(Object.values(endings(first.events)).toSorted()).toEqual(['exit-code', 'success', 'success']);
  expect(repo.git('show', `orch/${first.run}/join:join.txt`)).toBe('part1.txt');
  repo.write('../home/mended', '');
  const second = await orch(repo, ['run', '--rerun-failed', String(first.run)]);
  expect(second.exitCode).toBe(0);
  const ends = eventsOf(second.events, 'job.finished');
  const reused = ends.filter(({ reusedFrom }) => reusedFrom !== undefined).map(({ leg }) => leg);
  expect([ends.length, reused]).toEqual([3, ['part+_1']]);
  expect(repo.git('show', `orch/${second.run}/join:join.txt`)).toBe('part1.txt\npart2.txt');
});

it('inputs and vars reach conditions and environments, from the file and from the command line', async () => {
  const repo = createRepository({
    config: {
      inputs: { deploy: false, target: 'staging' },
      vars: { REGION: 'eu' },
      tasks: [
        { name: 'show', env: { WHERE: '${{ inputs.target }}-${{ vars.REGION }}' }, command: 'echo "$WHERE"' },
        { name: 'deploy', if: 'inputs.deploy', command: 'true' },
        { name: 'branch', if: "github.ref_name == 'main' && startsWith(github.sha, github.sha)", command: 'true' },
      ],
    },
  });
  const { events } = await orch(repo, ['run']);
  expect(endings(events)).toEqual({ show: 'success', deploy: 'skipped: condition', branch: 'success' });
  expect(repo.read('logs/show.log')).toBe('staging-eu\n');
  const other = await orch(repo, [
    'run',
    '--input',
    'deploy=true',
    '--input',
    'target=live',
    '--var',
    'REGION=us=east',
    '--config',
    CONFIG,
  ]);
  expect(endings(other.events)['deploy']).toBe('success');
  expect(repo.read('logs/show.log')).toBe('live-us=east\n');
  expect((await orch(repo, ['run', '--input', 'nothing'])).exitCode).toBe(2);
});
