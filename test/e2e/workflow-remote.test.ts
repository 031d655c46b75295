import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createRepository,
  createServer,
  endings,
  filesBelow,
  type OrchResult,
  orch,
  type Repository,
  startOrch,
} from './rig/index.ts';

const CI = '.github/workflows/ci.yml';

function logOf(repository: Repository, { run }: OrchResult, leg = 'a'): string {
  return repository.read(`logs/runs/${run}/${leg}.log`);
}

/** What the one `echo` of each action said. */
function heardIn(log: string): readonly string[] {
  return [...log.matchAll(/^heard (.*)$/gm)].map(([, text = '']) => text);
}

function saying(text: string): string {
  return `runs: { using: composite, steps: [{ run: "echo heard '${text}'", shell: sh }] }\n`;
}

function workflow(...uses: readonly string[]): string {
  return `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${uses.map((name) => `      - uses: ${name}\n`).join('')}`;
}

describe('actions of other repositories', () => {
  test('by tag, annotated tag, branch, commit and path, under each name of the manifest', async () => {
    const repository = createRepository();
    const server = createServer(repository);
    const kit = server.repository('me/kit', { 'action.yml': saying('first') });
    const first = kit.git('rev-parse', 'HEAD');
    kit.git('tag', 'v1');
    kit.commit({ 'action.yml': saying('second'), 'deep/er/action.yaml': saying('below') });
    kit.git('tag', '--annotate', '--message=two', 'v2');
    kit.commit({ 'action.yml': saying('third') });
    kit.git('branch', 'release/1.x', 'v2');
    const uses = ['v1', 'v2', 'main', 'release/1.x', 'refs/tags/v1', first].map((ref) => `me/kit@${ref}`);
    repository.write(CI, workflow(...uses, 'Me/Kit/deep/er@v2', 'actions/checkout@v4', './own'));
    repository.write('own/action.yml', saying('of this repository'));
    const result = await orch(repository, ['run', 'ci', '--action-source', server.source]);
    expect(result.exitCode).toBe(0);
    const expected = ['first', 'second', 'third', 'second', 'first', 'first', 'below', 'of this repository'];
    expect(heardIn(logOf(repository, result))).toEqual(expected);
  });

  test('that cannot be had or used say why, and what to do', async () => {
    const bad: Readonly<Record<string, readonly [uses: string, message: string]>> = {
      ref: ['me/kit@v9', 'Unable to resolve action `me/kit@v9`, unable to find version `v9`'],
      repository: ['me/none@v1', 'Unable to resolve action `me/none`, repository not found'],
      path: ['me/kit/none@v1', "Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under"],
      manifest: ['me/kit/wrong@v1', "Missing 'using' value."],
      docker: ['me/kit/docker@v1', 'me/kit/docker@v1: a container engine is needed: DOCKER_HOST='],
      main: ['me/kit/gone@v1', "##[error]File not found: '"],
      link: ['me/evil@v1', 'The action me/evil@v1 cannot be used: the link secret leaves the repository'],
      local: ['./none', 'Did you forget to run actions/checkout before running your local action?'],
    };
    const jobs = Object.entries(bad).map(([id, [uses]]) => `  ${id}: { runs-on: linux, steps: [{ uses: ${uses} }] }\n`);
    const repository = createRepository({ files: { [CI]: `on: push\njobs:\n${jobs.join('')}` } });
    const server = createServer(repository);
    const kit = server.repository('me/kit', {
      'wrong/action.yml': 'runs: { main: x }',
      'docker/Dockerfile': 'FROM scratch',
      'gone/action.yml': 'runs: { using: node20, main: dist/none.js }',
    });
    kit.git('tag', 'v1');
    const evil = server.repository('me/evil', { 'action.yml': saying('never'), secret: '-> /etc/passwd' });
    evil.git('tag', 'v1');
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const result = await orch(repository, ['run', 'ci', '--action-source', server.source], { env });
    expect(result.exitCode).toBe(1);
    for (const [id, [, message]] of Object.entries(bad)) expect(logOf(repository, result, id)).toContain(message);
    expect(result.stdout).toContain('--action me/kit@v9=DIR');
    expect(filesBelow(join(server.cache, 'me', 'evil')).filter((path) => !path.startsWith('refs-'))).toEqual([]);
  });

  test('are asked for again by each run; offline they are what they were last', async () => {
    const repository = createRepository({ files: { [CI]: workflow('me/kit@main') } });
    const server = createServer(repository);
    const kit = server.repository('me/kit', { 'action.yml': saying('one') });
    const run = async (...args: readonly string[]) => orch(repository, ['run', 'ci', '--action-source', ...args]);
    const offline = await run(server.source, '--offline');
    expect(offline.exitCode).toBe(1);
    const missing = 'The action me/kit@main is not in the cache, and --offline forbids to fetch it';
    expect(logOf(repository, offline)).toContain(`##[error]${missing}\n[orch] run once without --offline`);
    expect(heardIn(logOf(repository, await run(server.source)))).toEqual(['one']);
    kit.commit({ 'action.yml': saying('two') });
    expect(heardIn(logOf(repository, await run(server.source, '--offline')))).toEqual(['one']);
    expect(heardIn(logOf(repository, await run(server.source)))).toEqual(['two']);
    server.remove('me/kit');
    expect(heardIn(logOf(repository, await run(server.source, '--offline')))).toEqual(['two']);
    expect((await run(server.source)).exitCode).toBe(1);
    expect((await run('file:///elsewhere/{owner}/{repo}', '--offline')).exitCode).toBe(1);
  });

  test('may be folders of this machine, and are used where they are', async () => {
    const repository = createRepository({ files: { [CI]: workflow('me/kit@v1', 'me/kit/sub@v1') } });
    const folder = join(repository.place.top, 'mine');
    repository.write('../mine/action.yml', saying('mine'));
    repository.write('../mine/sub/action.yml', saying('below mine'));
    const args = ['run', 'ci', '--offline', '--action', 'Me/kit@v1=../mine'];
    const result = await orch(repository, args);
    expect(heardIn(logOf(repository, result))).toEqual(['mine', 'below mine']);
    expect(logOf(repository, result)).toContain(`[orch] me/kit@v1 is the folder ${folder}\n`);
    const wrong = await orch(repository, ['run', 'ci', '--action', 'me/kit@v1=nowhere']);
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toContain('--action me/kit@v1: there is no folder');
  });

  test('cannot change the cache, the repository or what git does', async () => {
    const repository = createRepository({ files: { [CI]: workflow('me/kit@v1', 'me/kit@v1') } });
    const server = createServer(repository);
    const steps = `{ shell: sh, run: 'echo heard "$(cat "$GITHUB_ACTION_PATH/note")"; echo changed > "$GITHUB_ACTION_PATH/note"' }`;
    const kit = server.repository('me/kit', {
      'action.yml': `runs: { using: composite, steps: [${steps}] }\n`,
      note: 'as fetched',
      '.gitattributes': '* filter=evil\n',
      '.gitmodules': '[submodule "s"]\n\tpath = s\n\turl = ../other\n',
      '.gitconfig': '[core]\n\tfsmonitor = touch fsmonitor-ran\n',
    });
    kit.git('tag', 'v1');
    kit.git('config', 'core.fsmonitor', `touch ${join(repository.place.top, 'ran')}`);
    writeFileSync(join(kit.directory, '.git/hooks/post-checkout'), `#!/bin/sh\ntouch ran\n`, { mode: 0o755 });
    const evil = `touch ${join(repository.place.top, 'ran')}; cat`;
    repository.write('../home/.gitconfig', `[filter "evil"]\n\tsmudge = ${evil}\n\tclean = ${evil}\n`);
    for (let i = 0; i < 2; i++) {
      const result = await orch(repository, ['run', 'ci', '--action-source', server.source]);
      expect(result.exitCode).toBe(0);
      // The steps of one job share a copy; the next run begins with what was fetched.
      expect(heardIn(logOf(repository, result))).toEqual(['as fetched', 'changed']);
    }
    expect(existsSync(join(repository.place.top, 'ran'))).toBe(false);
    expect(repository.git('status', '--porcelain')).toBe('');
  });
});

describe('the cache', () => {
  /** An `ssh` that runs what it is asked for on this machine; the fetch itself waits for the note `go`. */
  const SSH = `#!/bin/sh
for last; do :; done
if [ -n "$HOLD_FETCH" ] && [ -e "$0.asked" ]; then tell fetching; await-note go; fi
touch "$0.asked"
exec sh -c "$last"
`;

  function overSsh() {
    const repository = createRepository({ untidy: true, files: { [CI]: workflow('me/kit@main') } });
    const server = createServer(repository);
    server.repository('me/kit', { 'action.yml': saying('whole') });
    const ssh = join(repository.place.top, 'ssh');
    writeFileSync(ssh, SSH, { mode: 0o755 });
    const source = server.source.replace('file://', 'ssh://host');
    const env = { GIT_SSH_COMMAND: ssh, GIT_SSH_VARIANT: 'simple' };
    const start = (wait: boolean) =>
      startOrch(repository, ['run', 'ci', '--action-source', source], {
        env: { ...env, ...(wait ? { HOLD_FETCH: '1' } : {}) },
      });
    const entries = (): readonly string[] =>
      readdirSync(join(server.cache, 'me', 'kit')).filter((name) => !name.startsWith('refs-'));
    return { repository, start, entries, server };
  }

  test('is shared by two runs at once', async () => {
    const { repository, start, entries } = overSsh();
    const slow = start(true);
    await repository.heard('fetching');
    const quick = await start(false).ended;
    expect(heardIn(logOf(repository, quick))).toEqual(['whole']);
    repository.tell('go');
    expect((await slow.ended).exitCode).toBe(0);
    expect(entries()).toHaveLength(1);
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('holds nothing of a run that got %s while it fetched', async (signal) => {
    const { repository, start, entries, server } = overSsh();
    const killed = start(true);
    await repository.heard('fetching');
    killed.kill(signal);
    const { exitCode } = await killed.ended;
    expect(exitCode).toBe(signal === 'SIGINT' ? 130 : null);
    expect(entries()).toEqual([]);
    repository.tell('go');
    const next = await start(false).ended;
    expect(endings(next.events)).toEqual({ a: 'success' });
    expect(heardIn(logOf(repository, next))).toEqual(['whole']);
    if (signal === 'SIGINT') expect(readdirSync(join(server.cache, 'unfinished'))).toEqual([]);
  });
});
