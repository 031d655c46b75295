import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  atEngine,
  BASE_IMAGE,
  createServer,
  createWorkflowRepository,
  docker,
  filesBelow,
  orch,
  readOnlyRun,
  SMALL_IMAGE,
  startOrch,
  waitUntil,
  whyNoContainers,
} from './rig/index.ts';

const reason = whyNoContainers();

test('there is an engine for tests of Docker actions', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

const KIT = {
  'action.yml': `
name: kit
description: d
inputs: { who: { default: world }, unused: { description: d } }
runs:
  using: docker
  image: build/Dockerfile
  entrypoint: /main.sh
  pre-entrypoint: /stage.sh
  post-entrypoint: /stage.sh
  post-if: success()
  args: ['hello \${{ inputs.who }}', '', "it's"]
  env: { OF_ACTION: '\${{ inputs.who }}!', TREE: never }
`,
  'build/.dockerignore': '**\n!*.sh\nleft-out.sh\n',
  'build/Dockerfile': `FROM ${SMALL_IMAGE}\nENV OF_IMAGE=image\nCOPY . /\nRUN chmod +x /*.sh\nCMD ["never"]\n`,
  'build/main.sh':
    '#!/bin/sh\n' +
    'echo "$# $1,$2,$3 $OF_ACTION $OF_IMAGE $INPUT_WHO at $PWD of $HOME; $GITHUB_WORKSPACE $TREE $RUNNER_TEMP"\n' +
    'echo "$GITHUB_OUTPUT $GITHUB_EVENT_PATH $STATE_seen $(ls /left-out.sh /other 2>&1 | wc -l)"\n' +
    'test -s "$GITHUB_EVENT_PATH" && test -f "$GITHUB_WORKSPACE/here" && ! test -e /var/run/docker.sock || exit 9\n' +
    'echo "n=3" >> "$GITHUB_OUTPUT"; echo "V=w" >> "$GITHUB_ENV"; echo "# told" >> "$GITHUB_STEP_SUMMARY"\n' +
    'echo "::add-mask::hidden-$INPUT_WHO"; echo "hidden-$INPUT_WHO"; echo "::warning file=here,line=2::careful"\n' +
    'echo x > made\n',
  'build/stage.sh': '#!/bin/sh\necho "stage ${STATE_seen:-first}"; echo "seen=yes" >> "$GITHUB_STATE"\n',
  'build/left-out.sh': '',
  'build/other': '',
};

describe.skipIf(reason !== undefined)('Docker actions', () => {
  test('are built once, and see what GitHub says: stages, inputs, files, the job’s network, on the host and in containers', async () => {
    const use = (uses: string) => `
      - { id: kit, uses: ${uses}, env: { TREE: '\${{ github.workspace }}' }, with: { who: me } }
      - run: echo "then $V \${{ steps.kit.outputs.n }} $(cat made)"`;
    const repository = createWorkflowRepository({
      here: '1\n2\n',
      '.github/workflows/ci.yml': `
on: push
jobs:
  host: { runs-on: ubuntu-latest, steps: [ { uses: $/both } ] }
  inside:
    runs-on: ubuntu-latest
    needs: host
    container: ${BASE_IMAGE}
    services: { store: { image: '${BASE_IMAGE}', command: redis-server --bind 0.0.0.0 --protected-mode no } }
    steps:${use('me/kit@main')}
      - uses: docker://${BASE_IMAGE}
        with:
          entrypoint: sh
          args: -c "until redis-cli -h store ping; do sleep 0.1; done; git -C . log --oneline | wc -l; exit 7"
`,
      'both/action.yml': `
name: b
description: d
runs:
  using: composite
  steps:
    - { id: kit, uses: me/kit@main, env: { TREE: '\${{ github.workspace }}' }, with: { who: me, args: x, more: y } }
    - { shell: sh, run: 'echo "then $V \${{ steps.kit.outputs.n }} $(cat made)"' }
`,
    });
    const server = createServer(repository);
    server.repository('me/kit', KIT);
    const result = await orch(repository, ['run', 'ci', '--action-source', server.source]);
    const { text, events } = readOnlyRun(repository);
    const host = text('host.log');
    const inside = text('inside.log');
    expect(host).toContain('##[group]Building docker image\nDockerfile for action: ');
    expect(inside).not.toContain('Building docker image');
    expect(host).toContain("Unexpected input(s) 'more', valid inputs are ['entryPoint', 'args', 'who', 'unused']");
    for (const log of [host, inside]) {
      expect(log).toContain(
        "3 hello me,,it's me! image me at /github/workspace of /github/home; /github/workspace /github/workspace /github/runner_temp\n",
      );
      expect(log).toMatch(/\/github\/file_commands\/\S+ \/github\/workflow\/event\.json yes 2\n/);
      expect(log).toContain('***\n##[warning]careful\n');
      expect(log).toContain('then w 3 x\n');
    }
    expect(host).toMatch(/stage first\n[^]*3 hello me[^]*stage yes\n/);
    expect(inside).toMatch(/PONG\n2\n##\[error\]The action completed with exit code 7\.\n/);
    // Its `post-if`.
    expect(inside).not.toContain('stage yes');
    expect(
      events.flatMap((event) => (event.type === 'annotation' && event.file === 'here' ? [event.line] : [])),
    ).toEqual([2, 2]);
    expect(result.exitCode).toBe(1);
    expect(atEngine(repository)).toEqual([]);
  });

  test('that are too slow or cancelled end with their container, and nobody reads their secrets off it', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  slow:
    runs-on: ubuntu-latest
    steps:
      - uses: docker://${SMALL_IMAGE}
        timeout-minutes: 0.02
        continue-on-error: true
        with: { args: sh -c "sleep 4343 & exec sleep 4343" }
      - { uses: 'docker://${SMALL_IMAGE}', env: { KEY: '\${{ secrets.KEY }}' }, with: { args: 'sh -c "echo $KEY; touch begun; sleep 4343" \${{ secrets.KEY }}' } }
`,
    });
    const started = startOrch(repository, ['run', 'ci', '--secret', 'KEY'], { env: { KEY: 'quite-a-secret' } });
    const begun = () => filesBelow(join(repository.place.cache, 'orch/work')).some((file) => file.endsWith('/begun'));
    await waitUntil('the second', begun);
    const [container = ''] = docker('ps', '-q', `--filter=label=dev.orch.run=${await started.run()}`).split('\n');
    const inspected = docker('inspect', container);
    expect(inspected).toContain('/github/workspace');
    expect(inspected).not.toContain('quite-a-secret');
    started.kill('SIGINT');
    expect((await started.ended).exitCode).toBe(130);
    const { text, events } = readOnlyRun(repository);
    expect(text('slow.log')).toContain(`The action 'Run docker://${SMALL_IMAGE}' has timed out after 0.02 minutes.`);
    expect(text('slow.log')).toContain('\n***\n');
    expect(JSON.stringify(events) + text('slow.log')).not.toContain('quite-a-secret');
    expect(atEngine(repository)).toEqual([]);
  });

  test('run as the image’s own user, and what they leave belongs to whoever runs orch', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{ uses: ./act }, { run: 'stat -c %u made && echo "then $V"' }]
`,
      'act/Dockerfile': `FROM ${SMALL_IMAGE}\nUSER 1234\nENTRYPOINT ["sh", "-c"]\nCMD ["id -u; echo x > made; echo V=w >> $GITHUB_ENV"]\n`,
    });
    const result = await orch(repository, ['run', 'ci']);
    expect(readOnlyRun(repository).text('a.log')).toMatch(/\n1234\n[^]*\nthen w\n/);
    expect(result).toMatchObject({ exitCode: 0 });
  });

  test('that cannot be built or do not lie in the action fail, those of other repositories before the first step', async () => {
    const jobs = {
      wrong: 'me/kit/wrong@main',
      kind: 'me/kit/kind@main',
      none: 'me/kit/none@main',
      link: './link',
      ignored: './ignored',
    };
    const body = Object.entries(jobs).map(
      ([id, uses]) =>
        `  ${id}: { runs-on: ubuntu-latest, steps: [{ run: echo begun; ln -s /etc/hostname link/Dockerfile; ln -s /dev/zero ignored/.dockerignore }, { uses: ${uses} }] }\n`,
    );
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `on: push\njobs:\n${body.join('')}`,
      'link/action.yml': 'name: n\ndescription: d\nruns: { using: docker, image: Dockerfile }\n',
      'ignored/action.yml': 'name: n\ndescription: d\nruns: { using: docker, image: Dockerfile }\n',
      'ignored/Dockerfile': `FROM ${SMALL_IMAGE}\n`,
    });
    const runs = (image: string) => `name: n\ndescription: d\nruns: { using: docker, image: ${image} }\n`;
    const server = createServer(repository);
    server.repository('me/kit', {
      'wrong/action.yml': runs('Dockerfile'),
      'wrong/Dockerfile': `FROM ${SMALL_IMAGE}\nRUN echo no room; exit 5\n`,
      'kind/action.yml': runs('alpine'),
      'none/action.yml': runs('sub/Dockerfile'),
    });
    const result = await orch(repository, ['run', 'ci', '--action-source', server.source]);
    const { text } = readOnlyRun(repository);
    const wrong = text('wrong.log');
    expect(wrong).toMatch(
      /\nno room\n[^]*##\[endgroup\]\n##\[error\]the image of me\/kit\/wrong@main could not be built: /,
    );
    expect(wrong).toContain('exit 5');
    expect(text('kind.log')).toContain("'alpine' should be either '[path]/Dockerfile' or 'docker://image[:tag]'");
    expect(text('none.log')).toMatch(/there is no sub\/Dockerfile in /);
    for (const id of ['wrong', 'kind', 'none']) expect(text(`${id}.log`)).not.toContain('begun');
    expect(text('link.log')).toMatch(/begun\n[^]*Dockerfile cannot be read: it leads out of the repository/);
    expect(text('ignored.log')).toMatch(/begun\n[^]*\.dockerignore cannot be read: it leads out of the repository/);
    expect(result.exitCode).toBe(1);
  });
});
