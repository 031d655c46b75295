import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  atEngine,
  BASE_IMAGE,
  createWorkflowRepository,
  orch,
  readOnlyRun,
  SMALL_IMAGE,
  whyNoContainers,
} from './rig/index.ts';

const reason = whyNoContainers();

test('there is an engine for container tests', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

describe.skipIf(reason !== undefined)('jobs in containers', () => {
  test('have the history of a clone that borrows its objects from another repository', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    container: ${BASE_IMAGE}
    steps:
      - uses: actions/checkout@v4
      - run: git log --format=%s && git fsck --connectivity-only
`,
    });
    repository.commit('a workflow');
    const clone = join(repository.place.top, 'borrowing');
    repository.git('clone', '-q', '--shared', repository.root, clone);
    expect(await orch(repository, ['run', 'ci'], { cwd: clone })).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test("see GitHub's paths, the image's programs, and what steps leave each other", async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
env: { TREE: '\${{ github.workspace }}' }
jobs:
  test:
    runs-on: ubuntu-latest
    container:
      image: docker://${BASE_IMAGE}
      env: { FROM_CONTAINER: 'yes', WHO: '\${{ github.actor }}' }
      options: --cpus 1 --hostname box
      volumes: ['/data']
    steps:
      - uses: actions/checkout@v4
      - id: one
        run: |
          echo "at $PWD, home $HOME, temp $RUNNER_TEMP, tree $TREE, box $(hostname)"
          echo "$FROM_CONTAINER $WHO $GITHUB_EVENT_PATH $0"
          test -s "$GITHUB_EVENT_PATH" && test -d /data && git status --short
          echo "n=3" >> "$GITHUB_OUTPUT"; echo "V=w" >> "$GITHUB_ENV"; mkdir /opt/mine; echo /opt/mine >> "$GITHUB_PATH"
          printf '#!/bin/sh\\necho tool' > /opt/mine/tool; chmod +x /opt/mine/tool
      - shell: bash
        working-directory: sub
        run: |
          echo "$V \${{ steps.one.outputs.n }} $(tool) $PWD \${{ hashFiles('sub/a') != '' }}"
          echo made > "\${{ runner.temp }}/../repository-file" 2>/dev/null || true
          echo new > made
      - run: cat sub/made; test -n "\${{ job.container.id }}" && echo "net \${{ job.container.network }}"
      - run: |
          ln -s /etc/hostname link && echo "::add-matcher::link"
          rm -rf "$RUNNER_TEMP/_runner_file_commands" 2>&1 | tail -1
        continue-on-error: true
      - uses: ./act
        with: { who: world, fetch-depth: '0' }
      - uses: me/folder@v1
`,

      'sub/a': 'x',
      'act/action.yml':
        'name: a\ndescription: b\ninputs: { who: { default: x }, fetch-depth: {} }\nruns: { using: node20, main: main.js }\n',
      'act/main.js':
        "const { execFileSync } = require('node:child_process');\n" +
        "console.log('hello ' + process.env.INPUT_WHO + ' at ' + process.cwd() + ' in ' + __dirname + ', depth ' + process.env['INPUT_FETCH-DEPTH']);\n" +
        "console.log(execFileSync(process.execPath, ['-p', '6 * 7']) + '');\n",
    });
    // It lies where nothing else of the job does.
    const folder = join(repository.place.top, 'folder');
    mkdirSync(folder);
    writeFileSync(join(folder, 'action.yml'), 'runs: { using: node20, main: main.js }\n');
    writeFileSync(join(folder, 'main.js'), "console.log('from a folder');\n");
    const result = await orch(repository, ['run', 'ci', '--action', `me/folder@v1=${folder}`]);
    const log = readOnlyRun(repository).text('test.log');
    expect(log).toMatch(/at (\/__w\/([^/]+)\/\2), home \/github\/home, temp \/__w\/_temp, tree \1, box box\n/);
    expect(log).toMatch(/yes \S+ \/github\/workflow\/event\.json \/__w\/_temp\/\S+\.sh\n/);
    expect(log).toMatch(/w 3 tool \/__w\/([^/]+)\/\1\/sub true\n/);
    expect(log).toMatch(/new\nnet orch-\S+-test-network\n/);
    expect(log).toMatch(/hello world at \/__w\/([^/]+)\/\1 in \/__w\/\1\/\1\/act, depth 0\n42\n/);
    expect(log).toContain('from a folder\n');
    expect(log).toContain('shell: sh -e {0}');
    expect(log).toMatch(/link lies in no folder that the container shares/);
    expect(log).toMatch(/rm: cannot remove '\/__w\/_temp\/_runner_file_commands'.*busy/);
    expect(result).toMatchObject({ exitCode: 0 });
    expect(atEngine(repository)).toEqual([]);
  });

  test('run in an image without anything of Debian, as another user, by a label; a step that is too slow ends whole', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  small:
    runs-on: tiny
    steps:
      - run: echo "$(id -u) $(cat /etc/os-release 2>&1)"
      - { timeout-minutes: 0.01, continue-on-error: true, run: "sleep 4242 & exec sleep 4242" }
      - run: ps | grep -c 'sleep [4]242' || true; echo done
      - uses: ./act
  other:
    runs-on: ubuntu-latest
    container: { image: '${BASE_IMAGE}', options: '--user 1234 --cap-drop ALL' }
    steps:
      - run: id -u; echo x > made; mkdir -p deep; echo "s=1" >> "$GITHUB_OUTPUT"; git log --oneline | wc -l
`,
      'act/action.yml': 'name: a\ndescription: b\nruns: { using: node20, main: main.js }\n',
      'act/main.js': "console.log('node ' + process.version);\n",
    });
    const result = await orch(repository, ['run', 'ci', '--platform', `tiny=${SMALL_IMAGE}`]);
    const { text } = readOnlyRun(repository);
    expect(text('small.log')).toMatch(/0 cat: can't open '\/etc\/os-release'/);
    expect(text('small.log')).toMatch(/\n0\ndone\n[^]*node v\d+/);
    expect(text('other.log')).toMatch(/1234\n[12]\n/);
    expect(result).toMatchObject({ exitCode: 0 });
    expect(atEngine(repository)).toEqual([]);
  });

  test('fail before their first step for an option or an image that cannot be, and without an engine', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  option: { runs-on: ubuntu-latest, container: { image: '${BASE_IMAGE}', options: --network host }, steps: [{ run: echo begun }] }
  image: { runs-on: ubuntu-latest, container: '-v/:/host', steps: [{ run: echo begun }] }
`,
    });
    const result = await orch(repository, ['run', 'ci']);
    const { text } = readOnlyRun(repository);
    expect(text('option.log')).toContain('container: options: the option --network is not supported');
    expect(text('image.log')).toMatch(/the image -v\/:\/host cannot be had: this is no name/);
    expect(text('option.log') + text('image.log')).not.toContain('begun');
    expect(result.exitCode).toBe(1);
    expect(atEngine(repository)).toEqual([]);
  });
});

test('without an engine nothing is started, and what needs one is named', async () => {
  const repository = createWorkflowRepository({
    '.github/workflows/ci.yml': `
on: push
jobs:
  plain: { runs-on: ubuntu-latest, steps: [{ run: echo begun }] }
  boxed:
    runs-on: ubuntu-latest
    container: node:20
    steps: [{ run: echo begun }]
  served: { runs-on: [tiny], services: { store: { image: 'redis:7' } }, steps: [{ run: echo begun }] }
  acting: { runs-on: ubuntu-latest, steps: [{ uses: ./act }] }
  maybe: { runs-on: ubuntu-latest, container: '\${{ github.nothing }}', steps: [{ run: echo begun }] }
`,
    'act/action.yml': "name: a\ndescription: b\nruns: { using: composite, steps: [{ uses: 'docker://alpine:3' }] }\n",
  });
  const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const result = await orch(repository, ['run', 'ci', '--platform', 'tiny=host'], { env });
  expect(result.exitCode).toBe(1);
  expect(
    result.stderr,
  ).toBe(`orch: nothing was started: a container engine is needed: DOCKER_HOST=unix:///nowhere/docker.sock does not answer (connect ENOENT /nowhere/docker.sock)
  start Docker or Podman on this machine, or name its socket: DOCKER_HOST=unix:///path
  It is needed by
  boxed (.github/workflows/ci.yml:7): the container node:20
  served (.github/workflows/ci.yml:9): the service store, redis:7
  acting (.github/workflows/ci.yml:10): the action docker://alpine:3, by way of ./act
`);
  expect(repository.runs()).toEqual([]);
  // Jobs without containers need none.
  expect((await orch(repository, ['run', 'ci', '--job', 'plain', '--job', 'maybe'], { env })).exitCode).toBe(0);
});
