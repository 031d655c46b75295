/** An engine on another machine: the real one of this machine, over the network, which is all that orch knows of it. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  atEngine,
  BASE_IMAGE,
  createWorkflowRepository,
  ENGINE_SOCKET,
  endings,
  eventsOf,
  orch,
  overNetwork,
  readOnlyRun,
  SMALL_IMAGE,
  startOrch,
  waitUntil,
  whyNoContainers,
} from './rig/index.ts';

const reason = whyNoContainers();

test('there is an engine for tests of one on another machine', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const MAKE = `
          mkdir deep && echo made > deep/file && chmod 700 deep && ln -s /etc/hostname link && rm gone
          echo "n=3" >> "$GITHUB_OUTPUT"; echo "V=w" >> "$GITHUB_ENV"; echo /opt/mine >> "$GITHUB_PATH"`;

describe.skipIf(reason !== undefined)('an engine on another machine', () => {
  test('has the job’s files copied there and back; what is too slow is ended inside', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    container: ${BASE_IMAGE}
    services: { other: { image: '${SMALL_IMAGE}', command: sleep 600 } }
    steps:
      - uses: actions/checkout@v4
      - id: one
        run: |
          pwd; git status --short; test -s "$GITHUB_EVENT_PATH" && test -d /__t && ls "$HOME"${MAKE}
      - run: echo "$V \${{ steps.one.outputs.n }} $PATH" && cat deep/file && cat link
      - run: echo "hash \${{ hashFiles('deep/file') != '' }} \${{ hashFiles('gone') == '' }}"
      - run: |
          mkdir made; printf 'name: m\\ndescription: m\\nruns: { using: composite, steps: [{ shell: sh, run: echo composite }] }\\n' > made/action.yml
          rm -rf "$RUNNER_TEMP/_runner_file_commands" 2>&- || ln -s /etc "$RUNNER_TEMP/_runner_file_commands/etc"
      - uses: ./made
      - { timeout-minutes: 0.02, continue-on-error: true, run: 'sleep 4243 & exec sleep 4243' }
      - run: 'cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep -c "sleep 424[3]" || true; exit 3'
  other:
    runs-on: ubuntu-latest
    container: { image: '${BASE_IMAGE}', options: '--user 1234' }
    steps:
      - run: id -u; echo x > made; git log --oneline | wc -l; echo "s=1" >> "$GITHUB_OUTPUT"
`,
      gone: 'x',
    });
    const env = await overNetwork();
    const result = await orch(repository, ['run', 'ci'], { env });
    const log = readOnlyRun(repository).text('test.log');
    expect(
      log.match(/the engine at 127\.0\.0\.1:\d+ is on another machine: files are copied there and back/g),
    ).toHaveLength(1);
    expect(log).toMatch(/\n(\/__w\/([^/]+)\/\2)\n/);
    expect(log).toMatch(/\nw 3 \/opt\/mine:\S+\nmade\n\w+\n/);
    expect(log).toContain('hash true true');
    expect(log).toContain('\ncomposite\n');
    expect(log).toMatch(/\n0\n.*exit code 3/s);
    expect(readOnlyRun(repository).text('other.log')).toMatch(/1234\n[12]\n/);
    expect(result.exitCode).toBe(1);
    expect(atEngine(repository)).toEqual([]);
  });

  test('runs Docker actions, for jobs here and in containers there, and takes their files along', async () => {
    const act = `
echo "in $PWD: $(cat made) $(cat "$GITHUB_EVENT_PATH" | head -c 1) $1"; mkdir -p by-action && echo acted > by-action/file
rm made; ln -s by-action/file link; echo "o=$1" >> "$GITHUB_OUTPUT"; echo "E=set" >> "$GITHUB_ENV"
echo kept > "$HOME/mine"; id -u; (exec 3<>/dev/tcp/127.0.0.1/3129) && echo reached`;
    const steps = `
      - uses: actions/checkout@v4
      - run: echo before > made
      - { id: act, uses: ./act, with: { word: said } }
      - run: 'echo "$E \${{ steps.act.outputs.o }} $(cat by-action/file) $(cat link)"; test ! -e made && echo more > by-action/file'
      - { uses: 'docker://${SMALL_IMAGE}', with: { entrypoint: sh, args: '-c "cat by-action/file /github/home/mine; echo last > last"' } }
      - run: cat last && git status --short
      - uses: ./asks`;
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  here:
    runs-on: ubuntu-latest
    steps:${steps}
  there:
    runs-on: ubuntu-latest
    container: { image: '${BASE_IMAGE}', options: --user 4321 }
    steps:${steps}
`,
      'act/action.yml':
        'name: a\ndescription: b\ninputs: { word: {} }\nruns: { using: docker, image: Dockerfile, args: ["${{ inputs.word }}"] }\n',
      'act/Dockerfile': `FROM ${BASE_IMAGE}\nCOPY act.sh /act.sh\nUSER 1234\nENTRYPOINT ["bash", "-e", "/act.sh"]\n`,
      'act/act.sh': act,
      'asks/action.yml': 'name: a\ndescription: b\nruns: { using: node20, main: main.js }\n',
      'asks/main.js': 'fetch(process.env.ACTIONS_RESULTS_URL).then(({ status }) => console.log(`services: ${status}`))',
    });
    const env = await overNetwork();
    const result = await orch(repository, ['run', 'ci'], { env });
    for (const job of ['here', 'there']) {
      const log = readOnlyRun(repository).text(`${job}.log`);
      expect(log).toMatch(/the engine at 127\.0\.0\.1:\d+ is on another machine: files are copied there and back/);
      expect(log).toMatch(/\nin \/github\/workspace: before \{ said\n1234\nreached\n/);
      expect(log).toMatch(/\nset said acted acted\n/);
      expect(log).toMatch(/\nmore\nkept\n[^]*\nlast\n[^]*\?\? by-action\/\n\?\? last\n\?\? link\n/);
      expect(log).toMatch(/\nservices: 4\d\d\n/);
    }
    expect(result.exitCode).toBe(0);
    expect(atEngine(repository)).toEqual([]);
  });

  test('has services that a job on this machine reaches by its own ports', async () => {
    const [fixed, taken] = [await freePort(), await freePort()];
    const ask = (port: string) => `exec 3<>/dev/tcp/localhost/${port} && echo PING >&3 && head -n 1 <&3`;
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  served:
    runs-on: ubuntu-latest
    services:
      store:
        image: ${BASE_IMAGE}
        command: redis-server --protected-mode no
        ports: [6379, '${fixed}:6379']
        options: --health-cmd "redis-cli ping" --health-interval 1s
    steps:
      - shell: bash
        run: |
          ${ask("${{ job.services.store.ports['6379'] }}")}
          echo "then $(${ask(String(fixed))})"
  other: { runs-on: ubuntu-latest, services: { a: { image: '${SMALL_IMAGE}', command: sleep 9, ports: ['53/udp'] } }, steps: [{ run: echo begun }] }
  taken: { runs-on: ubuntu-latest, services: { a: { image: '${SMALL_IMAGE}', command: sleep 9, ports: ['${taken}:80'] } }, steps: [{ run: echo begun }] }
`,
    });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
    const env = await overNetwork();
    const result = await orch(repository, ['run', 'ci'], { env });
    await new Promise((resolve) => server.close(resolve));
    const { text } = readOnlyRun(repository);
    expect(text('served.log')).toMatch(/is on another machine: ports of services lead there/);
    expect(text('served.log')).toMatch(/\n\+PONG\r?\nthen \+PONG\r?\n/);
    expect(text('other.log')).toMatch(/the service a: the port 53\/udp is on another machine/);
    expect(text('taken.log')).toMatch(/the service a: the port \d+ of this machine: listen EADDRINUSE/);
    expect(text('other.log') + text('taken.log')).not.toContain('begun\n');
    expect(endings(result.events)).toEqual({ served: 'success', other: 'setup-failed', taken: 'setup-failed' });
    expect(atEngine(repository)).toEqual([]);
  });

  test('keeps nothing of an orch that was killed', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    container: ${BASE_IMAGE}
    steps: [{ run: echo begun; sleep 1000 }]
  next: { runs-on: ubuntu-latest, if: github.actor == 'next', container: '${BASE_IMAGE}', steps: [{ run: echo next }] }
`,
    });
    const env = await overNetwork();
    const started = startOrch(repository, ['run', 'ci', '--job', 'test'], { env });
    const log = `logs/runs/${await started.run()}/test.log`;
    await started.event('step.started');
    await waitUntil('the step', () => /^begun$/m.test(repository.read(log)));
    expect(atEngine(repository).length).toBeGreaterThan(0);
    started.kill('SIGKILL');
    await started.ended;
    await orch(repository, ['run', 'ci', '--job', 'next', '--actor', 'next'], { env });
    await waitUntil('the end of the container', () => atEngine(repository).length === 0);
  });

  test('gives back the files of a job that is paused, and gets them again', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    container: ${SMALL_IMAGE}
    steps:
      - run: echo one > order; echo kept > "$RUNNER_TEMP/kept"
      - run: test -e fixed; echo "$(cat order) $(cat "$RUNNER_TEMP/kept")"
`,
    });
    const env = await overNetwork();
    const { run = '', events } = await orch(repository, ['run', 'ci', '--pause-on-failure'], { env });
    const workspace = eventsOf(events, 'job.paused')[0]?.workspace ?? '';
    expect(readFileSync(join(workspace, 'order'), 'utf8')).toBe('one\n');
    expect(atEngine(repository)).toEqual([]);
    writeFileSync(join(workspace, 'fixed'), '');
    const again = await orch(repository, ['retry', run], { env });
    expect(repository.read(`logs/runs/${run}/test.log`)).toContain('\none kept\n');
    expect(again.exitCode).toBe(0);
    expect(atEngine(repository)).toEqual([]);
  });

  test('is reached over ssh, by the program that the user has', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs: { test: { runs-on: ubuntu-latest, container: '${SMALL_IMAGE}', steps: [{ run: echo "a=$(cat file)" }, { uses: ./act }, { run: echo last }] } }
`,
      file: 'x',
      'act/action.yml': 'name: a\ndescription: b\nruns: { using: node20, main: main.js }\n',
      'act/main.js': 'console.log(`acted on ${process.version}`)',
    });
    const programs = join(repository.place.top, 'programs');
    mkdirSync(programs);
    const ssh = join(programs, 'ssh');
    const asked = '-T -o BatchMode=yes -o ConnectTimeout=30 -l me -p 99 -- far docker system dial-stdio';
    writeFileSync(
      ssh,
      `#!/bin/sh\ntest "$*" = '${asked}' || { echo "asked for $*" >&2; exit 255; }\nexec docker -H unix://${ENGINE_SOCKET} system dial-stdio\n`,
    );
    chmodSync(ssh, 0o755);
    const env = { PATH: `${programs}:${process.env['PATH']}`, DOCKER_HOST: 'ssh://me@far:99' };
    const result = await orch(repository, ['run', 'ci'], { env });
    expect(readOnlyRun(repository).text('test.log')).toMatch(
      /engine at far is on another machine[^]*\na=x\n[^]*\nacted on v\d+[^]*\nlast\n/,
    );
    expect(result.exitCode).toBe(0);
    const refused = await orch(repository, ['run', 'ci'], { env: { ...env, DOCKER_HOST: 'ssh://nobody@far' } });
    expect(refused.stderr).toMatch(
      /DOCKER_HOST=ssh:\/\/far does not answer \(ssh to far: asked for .* -l nobody -- far/,
    );
    expect(atEngine(repository)).toEqual([]);
  });
});
