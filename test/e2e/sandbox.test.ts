/** Tasks in sandboxes, on a real engine: what they get, what they are kept from, and what is told of it. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  atEngine,
  attemptsOf,
  BASE_IMAGE,
  CONFIG,
  createRepository,
  docker,
  endings,
  finished,
  NO_TRACES,
  orch,
  type Repository,
  readOnlyRun,
  SMALL_IMAGE,
  startOrch,
  taskOf,
  tracesOf,
  waitUntil,
  warningsOf,
  whyNoContainers,
} from './rig/index.ts';

const reason = whyNoContainers();
const image = BASE_IMAGE;
const logOf = (repo: Repository, task: string): string => readOnlyRun(repo).text(`${task}.log`);

test('there is an engine for sandboxes', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

describe.skipIf(reason !== undefined)('a sandboxed task', () => {
  test('has its tree, its repository and its files; what it leaves is verified in another box, and arrives', async () => {
    const repo = createRepository({
      files: { 'docs/a.md': 'the prompt\n', '.gitignore': 'logs/\nmodules\n/docs/orchestrator-run-summary.md\n' },
      config: {
        worktrees: { link: ['modules'] },
        tasks: [
          {
            name: 'api',
            prompt: 'docs/a.md',
            secrets: ['KEY'],
            outputs: ['x', 'who'],
            env: { MINE: 'yes' },
            expect: ['made.txt'],
            changes: 'required',
            sandbox: { image, ca: 'host' },
            command: `
cat "$ORCH_PROMPT"; echo "mine=$MINE key=\${#KEY} home=$HOME at=$PWD tree=$ORCH_WORKTREE"
env | grep -c -e GIT_CONFIG_NOSYSTEM -e XDG_CACHE -e TMPDIR || true
head -c 20 "$SSL_CERT_FILE"; echo
cat modules/m.js; echo x 2>&- > modules/y || echo 'no writing'
echo one > made.txt; git add made.txt; git commit -qm 'by the box'; echo two > more.txt; git status --short
setsid sleep 1000 & echo kept > "$HOME/kept"; echo "who=$(id -u)" >> "$ORCH_OUTPUT"; echo x=1 >> "$ORCH_OUTPUT"`,
            verify: `cat made.txt more.txt "$HOME/kept"; ps -e | grep -c sleep || true
echo changed > by-verify.txt; echo x=2 2>&- > "$ORCH_OUTPUT" || echo 'no second word'`,
          },
          {
            name: 'next',
            depends_on: ['api'],
            shell: 'perl {0}',
            command:
              'system("git log --format=%s | cat; cat made.txt more.txt; ls -A /work/by-verify.txt"); print "$0\\n";',
            sandbox: { image },
          },
        ],
      },
    });
    mkdirSync(join(repo.root, 'modules'));
    repo.write('modules/m.js', 'm\n');
    const { exitCode, events, run, stderr } = await orch(repo, ['run'], { env: { KEY: 'very-secret' } });
    const log = logOf(repo, 'api');
    expect(stderr).toBe('');
    expect(log).toMatch(
      /the prompt\nmine=yes key=11 home=\/home\/task at=\/work tree=\/work\n0\n-----BEGIN CERTIFICA\nm\n.*no writing\n\?\? more\.txt\n/s,
    );
    expect(log).toMatch(/one\ntwo\nkept\n0\n.*no second word\n/s);
    expect(log).toContain('the command left 1 process running, which orch has ended');
    expect(logOf(repo, 'next')).toMatch(
      /task: api\nby the box\nfirst\none\ntwo\n[^]*\/__o\/files\/script-\w+\/command\n/,
    );
    expect([exitCode, endings(events)]).toEqual([0, { api: 'success', next: 'success' }]);
    expect(taskOf(events, 'api')).toMatchObject({ contained: { by: ['container'], reaped: 1 }, changed: { total: 2 } });
    expect(repo.git('log', '--format=%s', `orch/${run}/api`)).toBe('task: api\nby the box\nfirst');
    expect(finished(events, 'api').outputs).toMatchObject({ x: '1', who: expect.stringMatching(/^[1-9]\d*$/) });
    expect(repo.read('docs/orchestrator-run-summary.md')).toContain('by container');
    expect(tracesOf(repo)).toMatchObject(NO_TRACES);
    expect(atEngine(repo)).toEqual([]);
  });

  test('reaches the hosts of its list and no others, and what was refused is in the report', async () => {
    const server = createServer((_, response) => response.end('from the host'));
    await new Promise<void>((resolve) => void server.listen(0, '0.0.0.0', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const ask = (host: string) =>
      `(exec 3<>/dev/tcp/127.0.0.1/3128; printf 'GET http://${host}/ HTTP/1.0\\r\\n\\r\\n' >&3; tail -n 1 <&3; echo)`;
    // Of this machine, the bridge of the engine among them: the gateways of a container that has a network.
    const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const gateways = own.flatMap(({ address, family, internal }) => (family === 'IPv4' && !internal ? [address] : []));
    const past = gateways.map((address) => `(exec 3<>/dev/tcp/${address}/${port}) 2>&- && echo 'past it'`).join('; ');
    const byAddress = ['127.1', ...gateways].map((address) => ask(`${address}:${port}`)).join('; ');
    const direct = `(exec 3<>/dev/tcp/127.0.0.1/${port}) 2>&- || echo 'no way beside it'`;
    const links = 'cut -d: -f1 /proc/net/dev | tail -n +3 | xargs';
    const repo = createRepository({
      config: {
        tasks: [
          {
            name: 'listed',
            command: `${ask(`127.0.0.1:${port}`)}; ${ask('evil.test:80')}; ${ask(`localhost:${port}`)}; ${byAddress}; ${past}; ${direct}; ${links}`,
            sandbox: { image, network: [`127.0.0.1:${port}`] },
          },
          { name: 'named', command: ask(`localhost:${port}`), sandbox: { image, network: [`localhost:${port}`] } },
          {
            name: 'none',
            command: `echo "proxy=$HTTPS_PROXY"; ${links}; getent hosts example.com && exit 1; true`,
            sandbox: { image },
          },
          { name: 'full', command: `${links}`, sandbox: { image, network: 'full' } },
        ],
      },
    });
    const { events, exitCode } = await orch(repo, ['run']);
    expect([exitCode, endings(events)]).toEqual([
      0,
      { listed: 'success', named: 'success', none: 'success', full: 'success' },
    ]);
    expect(logOf(repo, 'listed')).toMatch(
      /from the host\n.*evil\.test:80 refused: not in the network list\n.*no way beside it\nlo\n/s,
    );
    expect(gateways).not.toEqual([]);
    expect(logOf(repo, 'listed')).not.toContain('past it');
    expect(logOf(repo, 'none')).toMatch(/proxy=\nlo\n/);
    expect(logOf(repo, 'full')).toMatch(/\beth0\b/);
    const refused = warningsOf(events, 'host-refused');
    expect(refused).toHaveLength(4 + gateways.length);
    expect(refused).toContain('the sandbox refused a connection to evil.test:80: not in the network list');
    expect(refused).toContainEqual(
      expect.stringMatching(/localhost:\d+: it resolves to (127\.0\.0\.1|::1) \(loopback\)/),
    );
    const summary = repo.read('docs/orchestrator-run-summary.md');
    for (const host of ['evil.test:80', ...['localhost', '127.1', ...gateways].map((name) => `${name}:${port}`)])
      expect(summary).toContain(`\`host-refused\` in \`listed\`: the sandbox refused a connection to ${host}`);
    expect(atEngine(repo)).toEqual([]);
  });

  test('is stopped by its limits and its clocks, says which, and starts clean again', async () => {
    const repo = createRepository({
      config: {
        tasks: [
          {
            name: 'hungry',
            command: 'head -c 600M /dev/zero | tail -c 599M | wc -c',
            sandbox: { image, memory: '96m' },
          },
          {
            name: 'many',
            shell: 'sh',
            command: 'for i in $(seq 300); do sleep 1000 & done',
            sandbox: { image, pids: 64 },
          },
          { name: 'slow', timeout: '1s', command: 'setsid sleep 1000 & exec sleep 1000', sandbox: { image } },
          {
            name: 'again',
            retries: 1,
            retry_delay: '0s',
            command:
              'test ! -e left.txt; echo "$ORCH_ATTEMPT" > left.txt; git add .; git commit -qm "attempt $ORCH_ATTEMPT"; test "$ORCH_ATTEMPT" = 2',
            sandbox: { image },
          },
        ],
      },
    });
    const { events, run } = await orch(repo, ['run']);
    expect(endings(events)).toEqual({
      hungry: 'exit-code',
      many: expect.any(String),
      slow: 'timeout',
      again: 'success',
    });
    expect(finished(events, 'hungry').failure?.message).toBe(
      "the command ended with exit code 137; the sandbox's memory limit of 96 MiB was reached",
    );
    expect(finished(events, 'many').failure?.message).toContain(
      "the sandbox's limit of 64 processes and threads was reached",
    );
    const summary = repo.read('docs/orchestrator-run-summary.md').replaceAll(/\s+/g, ' ');
    expect(summary).toContain('memory limit of 96 MiB was reached');
    expect(summary).toContain('limit of 64 processes and threads was reached');
    expect(finished(events, 'slow').failure?.message).toContain('it ran longer than 1.0s');
    expect(attemptsOf(events, 'again')[0]?.leftovers).toBeDefined();
    expect(repo.git('show', `orch/${run}/again:left.txt`)).toBe('2');
    expect(repo.git('log', '-2', '--format=%s', `orch-attempts/${run}/again/1`)).toMatch(/^wip: .*\nattempt 1$/);
    expect(atEngine(repo)).toEqual([]);
  });

  test.skipIf(process.getuid?.() !== 0)('does not fill the disk that it works on unseen', async () => {
    const repo = createRepository({});
    const disk = join(repo.place.top, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'none', disk]);
    onTestFinished(() => void execFileSync('umount', ['--lazy', disk]));
    const command = `trap 'rm big; exit 0' TERM; head -c 97M /dev/zero > big; sleep 1000 & wait`;
    repo.configure({ worktrees: { root: disk }, tasks: [{ name: 'box', command, sandbox: { image } }] });
    const { events } = await orch(repo, ['run']);
    expect(finished(events, 'box').failure).toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/^the command was ended: less than 5 MiB is free where .*disk.* is/),
    });
  });

  test('changes nothing outside, reads nothing of this machine, and shows its secrets to no one', async () => {
    const repo = createRepository({});
    const data = join(repo.place.top, 'data');
    const out = join(repo.place.top, 'out');
    for (const path of [data, out]) mkdirSync(path);
    chmodSync(out, 0o777);
    writeFileSync(join(data, 'file'), 'as it was');
    repo.configure({
      tasks: [
        {
          name: 'box',
          secrets: ['KEY'],
          sandbox: {
            image,
            mounts: [
              { source: data, target: '/data' },
              { source: data, target: '/home/task/.cache/deep' },
              { source: out, target: '/out', read_only: false },
            ],
          },
          command: `
for path in / /usr/bin /etc /__e/orch /__o /__o/objects/0 /data; do echo x 2>&- > $path/x && echo "wrote $path"; done
echo x 2>&- > .git && echo 'wrote .git'
cat ~/.cache/deep/file; touch ~/.cache/beside || echo 'no room beside a mount'; echo mine > /out/file
ls /var/run/docker.sock /run/docker.sock ${repo.root} 2>&- && echo 'saw this machine'
tr '\\0' '\\n' < /proc/1/environ | grep -c -e SECRET -e KEY= || true
echo "the key has \${#KEY}" > /out/ready; until [ -e /data/go ]; do sleep 0.05; done; env | grep -c "KEY=very"`,
        },
      ],
    });
    repo.commit('tasks');
    const started = startOrch(repo, ['run'], { env: { KEY: 'very-secret', HOST_SECRET: 'not-for-tasks' } });
    await waitUntil('the box', () => existsSync(join(out, 'ready')) && true);
    const ids = docker('ps', '-q', `--filter=label=dev.orch.run=${await started.run()}`);
    const seen = docker('inspect', ids) + docker('top', ids);
    expect(ids).toMatch(/^[0-9a-f]+$/);
    writeFileSync(join(data, 'go'), '');
    const { exitCode, stdout, stderr } = await started.ended;
    const log = logOf(repo, 'box');
    expect(seen).not.toMatch(/very-secret|not-for-tasks/);
    expect(log).not.toMatch(/wrote|saw this machine|no room/);
    expect(log).toMatch(/as it was0\n1\n$/);
    expect(readFileSync(join(data, 'file'), 'utf8')).toBe('as it was');
    expect(readFileSync(join(out, 'file'), 'utf8')).toBe('mine\n');
    expect([exitCode, stdout.includes('very-secret'), stderr]).toEqual([0, false, '']);
  });

  test('is not made of an image whose volume would take the place of its files', async () => {
    const made = `orch-test-volume-${process.pid}`;
    const container = docker('create', image, 'true');
    onTestFinished(() => void docker('image', 'rm', '--force', made));
    docker('commit', '--change', 'VOLUME /work/src', container, made);
    docker('rm', container);
    const tasks = [{ name: 'box', command: 'true', sandbox: { image: made } }];
    const repo = createRepository({ files: { 'src/a': 'a\n' }, config: { tasks } });
    const { events } = await orch(repo, ['run']);
    expect(finished(events, 'box').failure?.message).toBe(
      `the image ${made} cannot be a sandbox: it has a volume at /work/src, over the files of the task`,
    );
    expect(atEngine(repo)).toEqual([]);
  });

  test('ten at once, each with its own', async () => {
    const tasks = Array.from({ length: 10 }, (_, at) => ({
      name: `t${at}`,
      command: `echo ${at} > file; git add file; git commit -qm ${at}`,
      verify: `test "$(cat file)" = ${at}`,
    }));
    const repo = createRepository({
      config: { max_parallel: 10, defaults: { sandbox: { image, network: ['a.test'] } }, tasks },
    });
    const { exitCode, events, run } = await orch(repo, ['run']);
    expect([exitCode, new Set(Object.values(endings(events)))]).toEqual([0, new Set(['success'])]);
    for (let at = 0; at < 10; at++) expect(repo.git('show', `orch/${run}/t${at}:file`)).toBe(String(at));
    expect(atEngine(repo)).toEqual([]);
    expect(tracesOf(repo)).toMatchObject(NO_TRACES);
  });

  test('is gone when orch was killed, with everything of it at the next start', async () => {
    const repo = createRepository({
      config: {
        tasks: [
          {
            name: 'box',
            command: `mkdir a; cp /bin/sh a/set; chmod 6755 a/set a; ln -s a link; echo begun; sleep 1000`,
            sandbox: { image, network: ['a.test'] },
          },
        ],
      },
    });
    const started = startOrch(repo, ['run']);
    const run = await started.run();
    await waitUntil(
      'the box',
      () => repo.exists(`logs/runs/${run}/box.log`) && repo.read(`logs/runs/${run}/box.log`).includes('begun'),
    );
    expect(readdirSync(repo.place.temporary)).not.toEqual([]);
    started.kill('SIGKILL');
    await started.ended;
    await waitUntil('the end of its container', () => atEngine(repo).length === 0);
    const tree = repo.git('worktree', 'list', '--porcelain').match(/^worktree (.*box)$/m)?.[1] ?? '';
    const seen = () => ['', 'a', 'a/set', 'link'].map((path) => lstatSync(join(tree, path)));
    // Root has lent it to another.
    expect(seen().map(({ uid }) => uid === process.getuid?.())).toEqual(Array(4).fill(process.getuid?.() !== 0));
    repo.configure({ tasks: [{ name: 'box', command: 'true', sandbox: { image } }] });
    expect(await orch(repo, ['run'])).toMatchObject({ exitCode: 0 });
    expect(seen().map(({ uid, gid }) => [uid, gid])).toEqual(Array(4).fill([process.getuid?.(), process.getgid?.()]));
    expect(seen().map(({ mode }) => mode & 0o6000)).toEqual([0, 0, 0, 0]);
    expect(readdirSync(repo.place.temporary)).toEqual([]);
    expect(await orch(repo, ['clean'])).toMatchObject({ exitCode: 0 });
    expect(tracesOf(repo)).toMatchObject(NO_TRACES);
  });

  test('has the same box in an exported workflow', async () => {
    const repo = createRepository({
      config: {
        name: 'boxed',
        tasks: [
          {
            name: 'box',
            command: `echo x > made; echo "at $PWD"; (exec 3<>/dev/tcp/127.0.0.1/3128; printf 'CONNECT a.test:443 HTTP/1.0\\r\\n\\r\\n' >&3; head -n 1 <&3)`,
            verify: 'test -s made',
            sandbox: { image, network: ['example.com'] },
          },
          { name: 'after', command: 'cp made found', depends_on: ['box'], expect: ['found'] },
        ],
      },
    });
    expect(await orch(repo, ['export-gha'])).toMatchObject({ exitCode: 0 });
    repo.commit('exported');
    const { exitCode, events } = await orch(repo, ['run', '.github/workflows/boxed.yml', '--job', 'after']);
    expect(logOf(repo, 'box')).toMatch(/at \/work\n.*HTTP\/1\.1 403 Forbidden/s);
    expect(logOf(repo, 'box')).toContain('##[warning]the sandbox refused a connection to a.test:443');
    expect([exitCode, endings(events)]).toEqual([0, { box: 'success', after: 'success' }]);
  });

  test('runs in an image of busybox alone, and gives the files back to whoever runs orch', async () => {
    const repo = createRepository({
      config: {
        tasks: [
          {
            name: 'small',
            shell: 'sh',
            command:
              'mkdir -p a/b; echo x > a/b/c; chmod 700 a; id -u; cd ~; i=0; while [ $i -lt 1500 ]; do mkdir deep; cd deep; i=$((i + 1)); done; chmod 000 .; exit 3',
            sandbox: { image: SMALL_IMAGE, user: process.getuid?.() === 0 ? 4321 : undefined },
          },
          { name: 'bash', command: 'true', sandbox: { image: SMALL_IMAGE } },
        ],
      },
    });
    const { events } = await orch(repo, ['run']);
    expect(endings(events)).toEqual({ small: 'exit-code', bash: 'not-started' });
    const { worktree = '' } = taskOf(events, 'small');
    expect(['', 'a', 'a/b', 'a/b/c', '.git'].map((path) => statSync(join(worktree, path)).uid)).toEqual(
      Array.from({ length: 5 }, () => process.getuid?.()),
    );
    expect(finished(events, 'bash').failure?.message).toContain('bash');
  });
});

test('a sandbox needs an engine, and says so before anything starts', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        { name: 'a', command: 'true' },
        { name: 'b', command: 'true', sandbox: { image: 'node:22' } },
      ],
    },
  });
  const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const { exitCode, stderr, run } = await orch(repo, ['run'], { env });
  expect(stderr).toMatch(/nothing was started: a container engine is needed: DOCKER_HOST=unix:\/\/\/nowhere/);
  expect(stderr).toMatch(new RegExp(`b \\(${CONFIG}:\\d+\\): the sandbox of node:22`));
  expect(stderr).not.toMatch(/\ba \(/);
  expect([exitCode, run]).toEqual([1, undefined]);
  expect(await orch(repo, ['validate'], { env })).toMatchObject({ exitCode: 0 });
  expect((await orch(repo, ['plan'], { env })).stdout).toContain('in a sandbox of node:22 (network: none)');
  expect(await orch(repo, ['run', '--only', 'a'], { env })).toMatchObject({ exitCode: 0 });
});
