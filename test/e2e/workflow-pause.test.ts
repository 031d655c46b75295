import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, endings, eventsOf, type OrchResult, orch, type Repository } from './rig/index.ts';

const SECRET = 'hunter22-hunter22';

const CI = `
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: { v: "\${{ steps.make.outputs.v }}" }
    steps:
      - uses: ./act
      - id: one
        run: |
          echo "KEY=key-\${{ secrets.TOKEN }}" >> "$GITHUB_ENV"
          echo "o=\${{ secrets.TOKEN }}" >> "$GITHUB_OUTPUT"
          echo /opt/added >> "$GITHUB_PATH"
          echo one >> order.txt
      - id: make
        name: Make it
        run: |
          echo make >> order.txt
          test -e fixed.txt
          test "$KEY \${{ steps.one.outputs.o }}" = "key-\${{ secrets.TOKEN }} \${{ secrets.TOKEN }}"
          echo "$PATH" | grep -q ^/opt/added
          echo "v=$(wc -l < order.txt)" >> "$GITHUB_OUTPUT"
      - run: echo last >> order.txt; cat order.txt
  other:
    runs-on: ubuntu-latest
    steps: [{ run: echo other }]
  after:
    needs: [build, other]
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "got \${{ needs.build.outputs.v }}"' }]
`;

function create(): Repository {
  return createRepository({
    files: {
      '.github/workflows/ci.yml': CI,
      'act/action.yml': 'name: a\ndescription: a\nruns: { using: node20, main: main.js, post: post.js }\n',
      'act/main.js': "require('fs').appendFileSync(process.env.GITHUB_STATE, 'k=saved\\n');",
      'act/post.js': "console.log('post with ' + process.env.STATE_k);",
    },
  });
}

const TOKEN = { env: { TOKEN: SECRET } };

function pause(repository: Repository): Promise<OrchResult> {
  return orch(repository, ['run', 'ci', '--secret', 'TOKEN', '--pause-on-failure'], TOKEN);
}

/** Where the job stands, from the journal. */
function standing({ events }: OrchResult): {
  readonly workspace: string;
  readonly enter: string;
  readonly run: string;
} {
  const [paused] = eventsOf(events, 'job.paused');
  const [started] = eventsOf(events, 'run.started');
  if (paused === undefined || started === undefined) throw new Error('nothing is paused');
  return { ...paused, run: started.run };
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a workflow run that is paused, without a terminal', () => {
  test('stays as it is, for its owner alone and without secrets, and is taken up where it failed', async () => {
    const repository = create();
    const first = await pause(repository);
    expect(first.exitCode).toBe(77);
    const { workspace, enter, run } = standing(first);
    expect(first.stdout).toContain(`orch retry ${run}`);
    expect(endings(first.events)).toEqual({ other: 'success' });
    const kept = dirname(dirname(dirname(enter)));
    expect(statSync(kept).mode & 0o777).toBe(0o700);
    expect(statSync(enter).mode & 0o777).toBe(0o700);
    expect(statSync(join(dirname(enter), 'state.json')).mode & 0o777).toBe(0o600);
    const written = [...filesBelow(kept), ...filesBelow(join(repository.root, 'logs'))];
    expect(written.filter((file) => readFileSync(file, 'latin1').includes(SECRET))).toEqual([]);
    expect((await orch(repository, ['status', '--format', 'json'])).stdout).toMatch(/"state": ?"paused"/);

    const bare = await orch(repository, ['retry']);
    expect(bare).toMatchObject({ exitCode: 2 });
    expect(bare.stderr).toContain('asked for again: TOKEN');
    expect((await orch(repository, ['clean'])).stdout).toContain('nothing to clean up');

    writeFileSync(join(workspace, 'fixed.txt'), '');
    const again = await orch(repository, ['retry', run], TOKEN);
    expect(again.exitCode).toBe(0);
    const events = repository.events(run);
    expect(endings(events)).toEqual({ build: 'success', other: 'success', after: 'success' });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    const log = (leg: string): string => readFileSync(join(repository.root, 'logs/runs', run, `${leg}.log`), 'utf8');
    expect(log('build')).toContain('one\nmake\nmake\nlast\n');
    expect(log('build').match(/post with saved/g)).toHaveLength(1);
    expect(log('after')).toContain('got 3');
    expect(existsSync(kept)).toBe(false);
    const late = await orch(repository, ['retry', run], TOKEN);
    expect(late).toMatchObject({ exitCode: 2 });
    expect(late.stderr).toContain('is not paused');
  });

  test('is ended by abort: the last stages run, the failure stands, dependents are skipped', async () => {
    const repository = create();
    const { run } = standing(await pause(repository));
    expect((await orch(repository, ['retry', '--job', 'bild'], TOKEN)).stderr).toContain('did you mean "build"?');
    const ended = await orch(repository, ['abort']);
    expect(ended.exitCode).toBe(0);
    expect(endings(repository.events(run))).toMatchObject({ build: 'exit-code', after: 'skipped: needs' });
    const log = readFileSync(join(repository.root, 'logs/runs', run, 'build.log'), 'utf8');
    expect(log.match(/post with saved/g)).toHaveLength(1);
    expect(log).not.toContain('last');
  });

  test('is removed by clean when somebody insists, and cannot go on then', async () => {
    const repository = create();
    const { run } = standing(await pause(repository));
    expect((await orch(repository, ['clean', '--force'])).stdout).toContain(run);
    const late = await orch(repository, ['retry', run], TOKEN);
    expect(late).toMatchObject({ exitCode: 2 });
    expect(late.stderr).toContain('not there any more');
  });
});

describe('steps in the background', () => {
  test('pause their job where somebody waits for them, and begin again; so do those that nobody had waited for', async () => {
    const repository = createRepository({
      files: {
        '.github/workflows/ci.yml': `
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - { id: open, background: true, run: 'test -e fixed || exec sleep 60; echo "o=1" >> "$GITHUB_OUTPUT"' }
      - { id: server, name: Server, background: true, run: 'echo server >> order; test -e fixed' }
      - run: echo front >> order
      - wait: server
      - wait-all:
      - run: 'echo "got \${{ steps.server.outcome }} \${{ steps.open.outputs.o }}"; sort order | uniq -c | tr -s " \\n" " "'
`,
      },
    });
    const first = await orch(repository, ['run', 'ci', '--pause-on-failure']);
    expect(first.exitCode).toBe(77);
    const { workspace, enter, run } = standing(first);
    expect(eventsOf(first.events, 'job.paused')).toMatchObject([{ step: 'Server' }]);
    expect(readFileSync(enter, 'utf8')).toContain(`cd '${workspace}'`);
    writeFileSync(join(workspace, 'fixed'), '');
    expect((await orch(repository, ['retry'])).exitCode).toBe(0);
    const log = readFileSync(join(repository.root, 'logs/runs', run, 'a.log'), 'utf8');
    expect(log).toContain('got success 1\n 1 front 2 server');
  });
});

describe('--from', () => {
  test('leaves out the steps before', async () => {
    const repository = createRepository({
      files: {
        '.github/workflows/ci.yml':
          'on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: exit 1 }, { name: Second, run: echo two }] } }\n',
      },
    });
    const args = ['run', 'ci', '--job', 'a', '--from'];
    const { exitCode, events } = await orch(repository, [...args, 'second']);
    expect(exitCode).toBe(0);
    expect(eventsOf(events, 'step.finished').map(({ outcome }) => outcome)).toEqual(['skipped', 'success']);
    const wrong = await orch(repository, [...args, 'secnod']);
    expect(wrong).toMatchObject({ exitCode: 2 });
    expect(wrong.stderr).toContain('did you mean "Second"?');
    expect((await orch(repository, ['run', 'ci', '--shell-on-failure'])).stderr).toContain('needs a terminal');
  });
});
