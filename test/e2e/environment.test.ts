/** What a task finds around it: variables, shared files, a tree made ready; and what is kept of it afterwards. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository, endings, filesBelow, finished, orch, taskOf, warningsOf } from './rig/index.ts';

it('nothing of the host leaks into a task: only the short list, what it asks for, and what orch adds', async () => {
  const host = {
    HOST_ONLY: 'no',
    WANTED: 'yes',
    ALSO: 'too',
    GITHUB_TOKEN: 'ghs_none',
    GITHUB_ENV: '/tmp/x',
    ACTIONS_RUNTIME_TOKEN: 'none',
    INPUT_SOMETHING: 'none',
    ORCH_SOMETHING: 'none',
    NODE_OPTIONS: '--no-warnings',
    GIT_DIR: '/nonsense',
    LC_TIME: 'C',
    TZ: 'UTC',
    BASH_ENV: '/nonsense/bashrc',
    https_proxy: 'http://proxy.invalid:1',
  };
  const repo = createRepository({
    config: {
      env: { SHARED: 'for all', OVER: 'file' },
      env_from: ['WANTED'],
      tasks: [
        {
          name: 'look',
          env: { OWN: '${{ github.ref_name }}', OVER: 'task' },
          env_from: ['ALSO', 'MISSING'],
          command: 'env -0 > env.bin',
        },
        { name: 'bare', command: 'env -0 > env.bin; test ! -t 0; if read -r line; then exit 9; fi' },
      ],
    },
  });
  const { exitCode, events, run } = await orch(repo, ['run'], { env: host, stdin: 'typed\n' });
  expect([exitCode, endings(events)]).toEqual([0, { look: 'success', bare: 'success' }]);
  const variables = (leg: string): Readonly<Record<string, string>> => {
    const entries = repo.git('show', `orch/${run}/${leg}:env.bin`).split('\0').filter(Boolean);
    return Object.fromEntries(
      entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    );
  };
  const look = variables('look');
  expect(look).toMatchObject({
    SHARED: 'for all',
    OVER: 'task',
    OWN: 'main',
    WANTED: 'yes',
    ALSO: 'too',
    ORCH_TASK: 'look',
    ORCH_RUN: run,
    ORCH_ATTEMPT: '1',
    TZ: 'UTC',
    LC_TIME: 'C',
    https_proxy: 'http://proxy.invalid:1',
  });
  const bare = variables('bare');
  expect(bare).toMatchObject({ SHARED: 'for all', OVER: 'file', WANTED: 'yes' });
  const expected =
    /^(PATH|HOME|USER|LANG|LC_.*|TZ|TERM|https_proxy|SHARED|OVER|WANTED|ORCH_(RUN|TASK|LEG|ATTEMPT|OUTPUT|WORKTREE|START|TASK_COOKIE_\d+)|PWD|OLDPWD|SHLVL|_)$/;
  expect(Object.keys(bare).filter((name) => !expected.test(name))).toEqual([]);
  for (const name of [
    'HOST_ONLY',
    'GITHUB_TOKEN',
    'ACTIONS_RUNTIME_TOKEN',
    'INPUT_SOMETHING',
    'ORCH_SOMETHING',
    'NODE_OPTIONS',
    'GIT_DIR',
    'BASH_ENV',
  ]) {
    expect(look).not.toHaveProperty(name);
  }
  expect(warningsOf(events, 'variable-missing').join()).toContain('MISSING');
});

it('copies, links, .worktreeinclude and setup make a tree fit for work, and none of it is committed', async () => {
  const repo = createRepository({
    files: {
      '.gitignore': 'logs/\n/docs/orchestrator-run-summary.md\n.env*\nnode_modules/\ncache/\nbuilt/\n',
      '.worktreeinclude': '.env.local\ncache/**\nREADME.md\nsecret-not-ignored.txt\n',
      'lock.json': '{}\n',
    },
    config: {
      worktrees: {
        copy: ['.env', 'data'],
        link: ['node_modules'],
        setup:
          'echo "$ORCH_TASK $WANTED ${TOKEN-none}" > built-by-setup.txt; mkdir built; echo x > built/x; echo "{1}" > lock.json',
      },
      env: { WANTED: 'here' },
      tasks: [
        {
          name: 'reader',
          changes: 'forbidden',
          secrets: ['TOKEN'],
          command:
            'cat .env .env.local cache/deep/c data/d node_modules/m built-by-setup.txt; test ! -e secret-not-ignored.txt; test -L node_modules',
        },
        {
          name: 'writer',
          command: 'echo changed > .env; echo more > data/more; echo shared > node_modules/from-task; echo x > own.txt',
        },
        { name: 'after', depends_on: ['writer'], command: 'cat .env; ls' },
      ],
    },
  });
  repo.write('.env', 'A=1\n');
  repo.write('.env.local', 'B=2\n');
  repo.write('cache/deep/c', 'C\n');
  repo.write('data/d', 'D\n');
  repo.write('node_modules/m', 'M\n');
  repo.write('secret-not-ignored.txt', 'not to be copied\n');
  const { exitCode, events, run } = await orch(repo, ['run'], { env: { TOKEN: 'a-secret-value' } });
  expect(endings(events)).toEqual({ reader: 'success', writer: 'success', after: 'success' });
  expect(exitCode).toBe(0);
  expect(repo.read('logs/reader.log').split('\n')).toEqual(
    expect.arrayContaining(['A=1', 'B=2', 'C', 'D', 'M', 'reader here none']),
  );
  expect(repo.read('logs/after.log')).toMatch(/A=1/);
  expect(taskOf(events, 'reader').commits).toEqual([]);
  const names = repo.git('ls-tree', '-r', '--name-only', `orch/${run}/writer`).split('\n');
  expect(names).toContain('own.txt');
  expect(names.filter((name) => /^(\.env|data|node_modules|cache|built\/)/.test(name))).toEqual([]);
  // Copies are the task's own, a link is shared.
  expect(repo.read('.env')).toBe('A=1\n');
  expect(repo.exists('data/more')).toBe(false);
  expect(repo.read('node_modules/from-task')).toBe('shared\n');
});

it('a failing or endless setup fails the task before its command', async () => {
  const repo = createRepository({
    config: {
      worktrees: { setup: 'if [ "$ORCH_TASK" = slow ]; then await-note never; fi; exit 3', setup_timeout: '400ms' },
      tasks: [
        { name: 'quick', command: 'tell ran' },
        { name: 'slow', command: 'tell ran' },
      ],
    },
  });
  const { exitCode, events } = await orch(repo, ['run']);
  expect([exitCode, endings(events)]).toEqual([1, { quick: 'setup-failed', slow: 'setup-failed' }]);
  expect(finished(events, 'quick').failure?.message).toContain('exit code 3');
  expect(repo.hasHeard('ran')).toBe(false);
});

it('artifacts are kept with the run, links and folders of git left out', async () => {
  const repo = createRepository({
    files: { '.gitignore': 'logs/\ndocs/\nout/\n' },
    config: {
      tasks: [
        {
          name: 'make',
          artifacts: ['out/**/*.txt', 'never/*'],
          command:
            'mkdir -p out/a; echo 1 > out/1.txt; echo 2 > out/a/2.txt; echo 3 > out/3.md; ln -s /etc/passwd out/p.txt; ln -s .. out/up',
        },
        { name: 'broken', artifacts: ['out/*'], command: 'mkdir out; echo why > out/why.txt; exit 1' },
        {
          name: 'legs',
          matrix: { n: [1, 2] },
          env: { N: '${{ matrix.n }}' },
          artifacts: ['out/*'],
          command: 'mkdir out; echo $N > out/n.txt',
        },
      ],
    },
  });
  const { events, run } = await orch(repo, ['run']);
  const kept = join(repo.root, 'logs', 'runs', String(run), 'artifacts');
  expect(filesBelow(kept)).toEqual([
    'broken/out/why.txt',
    'legs+_1/out/n.txt',
    'legs+_2/out/n.txt',
    'make/out/1.txt',
    'make/out/a/2.txt',
  ]);
  expect(readFileSync(join(kept, 'make/out/a/2.txt'), 'utf8')).toBe('2\n');
  expect(taskOf(events, 'make').artifacts).toEqual([
    { path: 'out/1.txt', bytes: 2 },
    { path: 'out/a/2.txt', bytes: 2 },
  ]);
  expect(warningsOf(events, 'artifact-missing').join()).toContain('never/*');
  expect(repo.read('docs/orchestrator-run-summary.md')).toContain('out/a/2.txt');
});

it('on_finish is told how it went, after the summary and whatever the result', async () => {
  const command =
    'printf "%s\\n" "$ORCH_RESULT" "$ORCH_EXIT_CODE" "$ORCH_RUN" "$ORCH_SUMMARY" "$PWD" > "$HOME/finish"; head -1 "$ORCH_SUMMARY" >> "$HOME/finish"; echo from-the-notification; exit 3';
  const repo = createRepository({ config: { on_finish: command, tasks: [{ name: 'bad', command: 'exit 1' }] } });
  const { exitCode, run, stderr } = await orch(repo, ['run']);
  // Its own failure is told and changes nothing.
  expect(exitCode).toBe(1);
  expect(stderr).toContain('from-the-notification');
  expect(stderr).toContain('exit code 3');
  expect(readFileSync(join(repo.place.home, 'finish'), 'utf8').split('\n').slice(0, 5)).toEqual([
    'failure',
    '1',
    run,
    'docs/orchestrator-run-summary.md',
    repo.root,
  ]);
  expect(readFileSync(join(repo.place.home, 'finish'), 'utf8')).toContain('FAILED');
});

it('shells, folders and prompts', async () => {
  const repo = createRepository({
    files: { 'sub/dir/x.txt': 'x\n', 'docs/tasks/p.md': 'do it\n' },
    config: {
      tasks: [
        {
          name: 'in-folder',
          working_directory: 'sub/dir',
          command: 'cat x.txt; test "$PWD" = "$ORCH_WORKTREE/sub/dir"',
        },
        { name: 'in-node', shell: 'node', command: 'console.log([1, 2].map((n) => n * 2).join())' },
        { name: 'in-sh', shell: 'sh', command: 'echo "sh: ${BASH_VERSION-none}"' },
        { name: 'by-template', shell: 'bash -u {0}', command: 'echo templated $UNSET_NAME' },
        { name: 'prompted', prompt: 'docs/tasks/p.md', command: 'cat "$ORCH_PROMPT"' },
        { name: 'untracked-prompt', prompt: 'docs/tasks/new.md', command: 'cat "$ORCH_PROMPT"' },
      ],
    },
  });
  repo.write('docs/tasks/new.md', 'not committed yet\n');
  const { events } = await orch(repo, ['run']);
  expect(endings(events)).toEqual({
    'in-folder': 'success',
    'in-node': 'success',
    'in-sh': 'success',
    'by-template': 'exit-code',
    prompted: 'success',
    'untracked-prompt': 'success',
  });
  expect(repo.read('logs/in-node.log')).toBe('2,4\n');
  expect(repo.read('logs/prompted.log')).toBe('do it\n');
  expect(repo.read('logs/untracked-prompt.log')).toBe('not committed yet\n');
});
