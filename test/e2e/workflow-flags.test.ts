/** The command line of workflow runs, as somebody from GitHub or from act would type it. */
import { expect, it } from 'vitest';
import { createRepository, eventsOf, orch, type Repository } from './rig/index.ts';

const CI = `
name: CI
on:
  push:
  workflow_dispatch: { inputs: { level: { default: low } } }
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: echo "act is [$ACT], level \${{ inputs.level }}, by \${{ github.actor }} on \${{ github.event_name }}"
  test:
    needs: lint
    runs-on: ubuntu-latest
    strategy: { matrix: { node: [18, 20] } }
    steps: [{ run: 'true' }]
  big: { runs-on: big, steps: [{ run: 'true' }] }
`;

function repository(): Repository {
  return createRepository({
    files: {
      '.github/workflows/ci.yml': CI,
      '.github/workflows/dev.yml':
        'on: { push: { branches: [dev] } }\njobs: { a: { runs-on: linux, steps: [{ run: x }] } }\n',
      'elsewhere/other.yml': 'name: Other\non: push\njobs: { o: { runs-on: linux, steps: [{ run: "true" }] } }\n',
      'event.json': '[1]',
      'broken.json': '{"ref": ',
      'inputs.txt': 'level=high\n',
    },
  });
}

it('runs what is named, with the options before or behind it', async () => {
  const repo = repository();
  // An option takes one value, and leaves the file alone.
  const words =
    'run -j lint ci --event workflow_dispatch --input-file inputs.txt -a ada --env ACT=true -s TOKEN=secret';
  const { exitCode, events, run = '' } = await orch(repo, words.split(' '));
  expect(exitCode).toBe(0);
  expect(repo.read(`logs/runs/${run}/lint.log`)).toContain(
    '\nact is [true], level high, by ada on workflow_dispatch\n',
  );
  const [started] = eventsOf(events, 'run.started');
  expect(started?.command.slice(-2)).toEqual(['-s', 'TOKEN=***']);
  expect(started?.title).toBeUndefined();

  const folder = await orch(repo, ['run', 'elsewhere', '--event', 'push']);
  expect([folder.exitCode, folder.stdout.includes('Other (first): 1 job')]).toEqual([0, true]);
  const both = await orch(repo, ['run', '-W', 'elsewhere/other.yml', '-j', 'o', '-n']);
  expect(both.stdout).toContain('Other (elsewhere/other.yml) on push, refs/heads/main: 1 job');
});

it("honours what act's users have said for all repositories", async () => {
  const repo = repository();
  repo.write('../home/.actrc', '-P big=-self-hosted\n--actor bob\n--reuse\n');
  const { exitCode, events, stderr } = await orch(repo, ['run', 'ci', '--matrix', 'node:20']);
  expect([exitCode, stderr]).toEqual([0, 'orch: .actrc: --reuse has no meaning here\n']);
  expect(
    eventsOf(events, 'job.finished')
      .map(({ leg }) => leg)
      .toSorted(),
  ).toEqual(['big', 'lint', 'test+_20']);
});

it('lists and plans, and runs nothing', async () => {
  const repo = repository();
  const listed = await orch(repo, ['run', '--list']);
  expect(listed.stdout).toBe(`CI (.github/workflows/ci.yml) on push, refs/heads/main
  lint
  test  after lint  2 legs
  big   not run here

.github/workflows/dev.yml on push, refs/heads/main
  a
`);
  const plan = await orch(repo, ['plan', 'ci', '--platform', 'big=host']);
  expect(plan.stdout).toContain('  big       1 step · on big\n');
  expect((await orch(repo, ['run', 'ci', '--dry-run', '--platform', 'big=host'])).stdout).toBe(plan.stdout);
  expect((await orch(repo, ['plan', 'ci', '--format', 'mermaid'])).stdout).toContain('  job0 --> job1\n');
  const json = JSON.parse((await orch(repo, ['plan', '--event', 'push', '--format', 'json'])).stdout) as object;
  expect(json).toMatchObject({ workflows: [{ name: 'CI', title: 'first', jobs: [{ id: 'lint' }, {}, {}] }] });
  expect(repo.runs()).toEqual([]);
});

it.each<readonly [string, readonly string[], RegExp]>([
  ['nothing named', ['run'], /does not exist, and no workflow is named\n {2}workflows: --event push/],
  ['an event in place of a file', ['run', 'push', '-j', 'lint'], /--event push is for the workflows/],
  ['an event that is none', ['run', 'ci', '--event', 'pul_request'], /did you mean "pull_request"\?/],
  ['a payload that is not there', ['run', 'ci', '-e', 'no.json'], /--event-path no\.json cannot be read: no such file/],
  ['a payload that is cut off', ['run', 'ci', '-e', 'broken.json'], /--event-path broken\.json is not JSON: /],
  [
    'a payload that is a list',
    ['run', 'ci', '-e', 'event.json'],
    /holds no JSON object\n {2}a payload is a JSON object/,
  ],
  [
    'an unknown key of a matrix',
    ['run', 'ci', '--matrix', 'nod:3'],
    /no matrix has this key\n {2}did you mean "node"\?/,
  ],
  [
    'no image',
    ['run', 'ci', '-P', 'ubuntu-latest=no de'],
    /"no de" is no image\n {2}run its jobs on this machine: --platform ubuntu-latest=host/,
  ],
  ['a flag of act that is none here', ['run', 'ci', '--eventpath', 'x'], /Did you mean --event-path\?/],
  ['an option of tasks', ['plan', 'ci', '--config', 'x.yaml'], /--config is for tasks/],
])('%s', async (_, args, message) => {
  const { exitCode, stdout, stderr } = await orch(repository(), args);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

it('every example of the help works', async () => {
  const repo = repository();
  repo.write(
    '.github/workflows/release.yml',
    CI.replace('name: CI', 'name: Release').replace('push:', 'pull_request:'),
  );
  const help = await orch(repo, ['run', '--help']);
  const examples = [...help.stdout.matchAll(/^ {2}orch (run .*)$/gm)].flatMap(([, words]) => words ?? []);
  const ofWorkflows = examples.filter((words) => /workflow|ci\b|--event|--list/.test(words));
  expect(ofWorkflows.length).toBeGreaterThan(4);
  for (const words of ofWorkflows) {
    const { exitCode, stderr } = await orch(repo, [...words.split(' '), '--dry-run']);
    expect({ words, exitCode, stderr }).toEqual({ words, exitCode: 0, stderr: '' });
  }
});

const RELEASE = `
on: { push: { tags: [v*], paths: [nothing] } }
jobs:
  publish:
    runs-on: big
    steps:
      - run: |
          echo "$GITHUB_REF $GITHUB_REF_NAME $GITHUB_REF_TYPE"
          echo "\${{ github.event.ref }} \${{ github.event.created }}"
          git rev-parse --verify --quiet v2.0.0 && cat note
`;

it('runs for a tag that is still to come, on what orchestrator.yaml says of its label', async () => {
  const repo = createRepository({
    files: {
      '.github/workflows/release.yml': RELEASE,
      '.github/workflows/ci.yml': CI,
      'framework/orchestrator/orchestrator.yaml': 'version: 1\nplatforms: { BIG: host }\ntasks: []\n',
    },
  });
  repo.write('note', 'not committed\n');
  // Of the workflows that are started, one has the job.
  const words = ['run', '--event', 'push', '--ref', 'refs/tags/v2.0.0', '-j'];
  const other = await orch(repo, [...words, 'publsh']);
  expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining('did you mean "publish"?')]);
  const { exitCode, run = '', stderr } = await orch(repo, [...words, 'publish']);
  expect([exitCode, stderr]).toEqual([0, '']);
  const log = repo.read(`logs/runs/${run}/publish.log`);
  expect(log).toContain('\nrefs/tags/v2.0.0 v2.0.0 tag\nrefs/tags/v2.0.0 true\n');
  expect(log).toContain('\nnot committed\n');
  // Both are started by a tag; of the other no filter says that it is not.
  const listed = await orch(repo, ['run', '--event', 'push', '--ref', 'refs/tags/v2.0.0', '--list']);
  expect(listed.stdout).toContain('release.yml on push, refs/tags/v2.0.0\n  publish\n');
  const branch = await orch(repo, ['run', '--event', 'push', '--ref', 'main', '--list']);
  expect([branch.stdout.includes('publish'), branch.stdout.includes('refs/heads/main')]).toEqual([false, true]);
  // Who names it gets it, and is told what it is about.
  const named = await orch(repo, ['run', 'release', '--list']);
  expect([named.exitCode, named.stderr]).toEqual([
    0,
    expect.stringContaining('release.yml: warning: it waits for tags, and this run is about the branch main [no-tag]'),
  ]);
  expect((await orch(repo, ['run', 'release', '--ref', 'refs/tags/v3', '--list'])).stderr).toBe('');
  const nobody = await orch(repo, ['run', 'release', '--ref', 'v2']);
  expect(nobody.stderr).toContain('there is no branch or tag "v2"');

  repo.write('framework/orchestrator/orchestrator.yaml', 'version: 1\nplatform: { big: host }\ntasks: []\n');
  const mistyped = await orch(repo, ['run', 'release', '--ref', 'main']);
  expect([mistyped.exitCode, mistyped.stderr]).toEqual([2, expect.stringContaining('did you mean "platforms"?')]);
});

it('asks about a label that looks mistyped, and does not run its job', async () => {
  const repo = createRepository({
    files: { '.github/workflows/ci.yml': CI.replaceAll('runs-on: ubuntu-latest', 'runs-on: ubuntu-lates') },
  });
  const { exitCode, events, stdout } = await orch(repo, ['run', 'ci', '-j', 'lint']);
  const question = 'nobody here serves runs-on: ubuntu-lates; did you mean ubuntu-latest?';
  expect([exitCode, eventsOf(events, 'job.skipped')[0]?.message]).toEqual([4, question]);
  expect(stdout).toContain(question);
});
