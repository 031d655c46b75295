/** Tasks in sandboxes of an engine on another machine, which sees none of this one's files and sockets. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  atEngine,
  BASE_IMAGE,
  createRepository,
  endings,
  finished,
  NO_TRACES,
  orch,
  overNetwork,
  readOnlyRun,
  startOrch,
  tracesOf,
  waitUntil,
  warningsOf,
  whyNoContainers,
} from './rig/index.ts';

const reason = whyNoContainers();
const image = BASE_IMAGE;

test('there is an engine for sandboxes on another machine', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

describe.skipIf(reason !== undefined)('a sandbox on another machine', () => {
  test('has copies of its files; what it leaves comes back, is verified in another box, and arrives', async () => {
    const server = createServer((_, response) => response.end('from here'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const ask = (line: string) =>
      `(exec 3<>/dev/tcp/127.0.0.1/3128; printf '${line} HTTP/1.0\\r\\n\\r\\n' >&3; tail -n 1 <&3; echo)`;
    const repo = createRepository({
      files: {
        'docs/a.md': 'the prompt\n',
        gone: 'x',
        tool: '#!/bin/sh\n',
        '.gitignore': 'logs/\nmodules\n/docs/orchestrator-run-summary.md\n',
      },
      config: {
        worktrees: { link: ['modules'] },
        tasks: [
          {
            name: 'far',
            prompt: 'docs/a.md',
            secrets: ['KEY'],
            outputs: ['x'],
            sandbox: {
              image,
              ca: 'host',
              network: [`127.0.0.1:${port}`],
              mounts: [
                { source: 'docs', target: '/opt/docs' },
                { source: 'tool', target: '/home/task/tool' },
              ],
            },
            command: `
cat "$ORCH_PROMPT"; echo "key=\${#KEY} $PWD $HOME"; head -c 11 "$SSL_CERT_FILE"; echo
cat modules/m.js /opt/docs/a.md; ls "$HOME"; echo x 2>&- > /opt/docs/y || echo 'no writing'
${ask(`GET http://127.0.0.1:${port}/`)}; ${ask('CONNECT evil.test:443')}; cut -d: -f1 /proc/net/dev | tail -n +3 | xargs
mkdir made; echo x > made/run; chmod 755 made/run; ln -s made/run link; rm gone; echo mine > "$HOME/kept"
git add -A; git commit -qm 'in the box'; echo late > late; mkfifo pipe; echo gitdir: /elsewhere > .git
echo x=1 >> "$ORCH_OUTPUT"; setsid sleep 1000 &`,
            verify: `cat made/run late "$HOME/kept"; test -x made/run && test ! -e gone && test ! -e pipe && echo checked
git log --format=%s -1; echo x=2 2>&- > "$ORCH_OUTPUT" || echo 'no second word'`,
          },
          {
            name: 'next',
            depends_on: ['far'],
            command: 'cat made/run late && git log --format=%s | head -n 2; false',
            retries: 1,
            retry_delay: '0s',
            sandbox: { image },
          },
        ],
      },
    });
    mkdirSync(join(repo.root, 'modules'));
    repo.write('modules/m.js', 'm\n');
    const env = { KEY: 'very-secret', ...(await overNetwork()) };
    const { exitCode, events, run } = await orch(repo, ['run'], { env });
    const log = readOnlyRun(repo).text('far.log');
    expect(log).toMatch(/the engine at 127\.0\.0\.1:\d+ is on another machine: files are copied there and back/);
    expect(log).toMatch(
      /\nthe prompt\nkey=11 \/work \/home\/task\n-----BEGIN \nm\nthe prompt\ntool\n.*no writing\nfrom here\n.*evil\.test:443 refused: .*\nlo\n/s,
    );
    expect(log).toMatch(/\nx\nlate\nmine\nchecked\nin the box\n.*no second word\n/s);
    expect(readOnlyRun(repo).text('next.log')).toMatch(/\nx\nlate\ntask: far\nin the box\n/);
    expect([exitCode, endings(events)]).toEqual([1, { far: 'success', next: 'exit-code' }]);
    expect(finished(events, 'far').outputs).toMatchObject({ x: '1' });
    expect(warningsOf(events)).toEqual(
      expect.arrayContaining([expect.stringContaining('refused a connection to evil.test:443')]),
    );
    const tree = repo.git('ls-tree', '-r', `orch/${run}/far`);
    expect(tree).toMatch(/100755 blob \w+\tmade\/run/);
    expect(tree).toMatch(/120000 blob \w+\tlink/);
    expect(tree).not.toContain('gone');
    expect(repo.git('log', '--format=%s', `orch/${run}/far`)).toBe('task: far\nin the box\nfirst');
    expect(atEngine(repo)).toEqual([]);
  });

  test('keeps nothing when orch was killed, and the next run has a box again', async () => {
    const repo = createRepository({
      config: { tasks: [{ name: 'box', command: 'echo begun; sleep 1000', sandbox: { image } }] },
    });
    const env = await overNetwork();
    const started = startOrch(repo, ['run'], { env });
    const log = `logs/runs/${await started.run()}/box.log`;
    await waitUntil('the box', () => repo.exists(log) && repo.read(log).includes('begun'));
    expect(atEngine(repo)).not.toEqual([]);
    started.kill('SIGKILL');
    await started.ended;
    repo.configure({ tasks: [{ name: 'box', command: 'true', sandbox: { image } }] });
    expect(await orch(repo, ['run'], { env })).toMatchObject({ exitCode: 0 });
    expect(atEngine(repo)).toEqual([]);
    expect(await orch(repo, ['clean'], { env })).toMatchObject({ exitCode: 0 });
    expect(tracesOf(repo)).toMatchObject(NO_TRACES);
  });

  test('is refused a folder that it may write: it would have a copy of that', async () => {
    const mounts = [{ source: 'docs', target: '/opt/docs', read_only: false }];
    const repo = createRepository({
      files: { 'docs/a.md': 'x' },
      config: { tasks: [{ name: 'box', command: 'echo begun', sandbox: { image, mounts } }] },
    });
    const { events } = await orch(repo, ['run'], { env: await overNetwork() });
    expect(endings(events)).toEqual({ box: 'setup-failed' });
    expect(readOnlyRun(repo).text('box.log')).toMatch(
      /docs cannot be written: the engine at \S+ is on another machine/,
    );
    expect(readFileSync(join(repo.root, 'docs/a.md'), 'utf8')).toBe('x');
    expect(atEngine(repo)).toEqual([]);
  });
});
