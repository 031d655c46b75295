/** The bundled actions of tasks as a runner starts them: each a process of its own, jobs on machines of their own. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openScene } from '../../src/runner/services/testing/scene.ts';

const ACTIONS = resolve(process.env['ORCH_DIST'] ?? 'dist', 'action-templates');

let top = '';
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'orch-actions-')));
  mkdirSync(join(top, 'o'));
  git(top, 'init', '-q', '--bare', '-b', 'main', 'o/r.git');
  git(top, 'clone', '-q', 'o/r.git', 'first');
  writeFileSync(join(top, 'first/README.md'), 'a repository\n');
  git(join(top, 'first'), 'add', '.');
  git(join(top, 'first'), 'commit', '-qm', 'first');
  git(join(top, 'first'), 'push', '-q', 'origin', 'HEAD:main');
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
}

type Inputs = Readonly<Record<string, string>>;

interface Step {
  readonly code: number | null;
  readonly output: string;
}

/** A machine with the repository checked out, and the steps of one job on it. */
async function openJob(scene: ReturnType<typeof openScene>, job: string) {
  const root = join(top, job);
  const temporary = join(top, `${job}-temp`);
  git(top, 'clone', '-q', 'o/r.git', job);
  mkdirSync(temporary);
  const { origin, token } = await scene.job(job);
  const files = { GITHUB_OUTPUT: join(temporary, 'output'), GITHUB_STEP_SUMMARY: join(temporary, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: temporary,
    GITHUB_JOB: job,
    GITHUB_RUN_ID: '17',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKSPACE: root,
    GITHUB_SERVER_URL: `file://${top}`,
    GITHUB_REPOSITORY: 'o/r',
    RUNNER_TEMP: temporary,
    ACTIONS_RESULTS_URL: origin,
    ACTIONS_RUNTIME_TOKEN: token,
    'INPUT_LEG-INDEX': '0',
    INPUT_MATRIX: 'null',
    ...files,
  };
  const step = (action: string, inputs: Inputs = {}, more: Inputs = {}): Promise<Step> => {
    const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
    const child = spawn(process.execPath, [join(ACTIONS, action, 'index.mjs')], {
      cwd: root,
      env: { ...env, ...more, ...Object.fromEntries(given) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    return new Promise((done, fail) => {
      child.once('error', fail);
      child.once('close', (code) => done({ code, output }));
    });
  };
  const read = (file: keyof typeof files): string => readFileSync(files[file], 'utf8');
  return { root, temporary, step, read };
}

it.each(['artifacts', 'branches'])(
  'what a task has done gets to those behind it by %s',
  async (transport) => {
    const scene = openScene();
    const way = transport === 'artifacts' ? {} : { transport, token: 't0ken' };
    const one = await openJob(scene, 'one');
    expect((await one.step('prepare-task', { ...way, setup: 'echo set up > .git-less; rm .git-less' })).code).toBe(0);
    const command = [
      'echo "::error::this is text"; env | sed "s/=.*//" > seen.txt; echo "n=1" >> "$ORCH_OUTPUT"',
      'test "$KEY" = s3cret && echo one > one.txt && git config remote.origin.url /nowhere',
    ].join('\n');
    const ran = await one.step('run-task', { command, outputs: 'n', secrets: 'KEY' }, { KEY: 's3cret' });
    expect([ran.code, ran.output]).toEqual([0, expect.stringMatching(/^::stop-commands::([\w-]+)\n[^]*\n::\1::\n/)]);
    expect(one.read('GITHUB_OUTPUT')).toMatch(/\bn<<(.+)\n1\n\1\n/);
    const finished = await one.step('finish-task', { ...way, artifacts: 'one.txt', description: 'The first' });
    expect(finished).toMatchObject({ code: 0, output: expect.not.stringContaining('t0ken') });
    const branches = git(join(top, 'o/r.git'), 'for-each-ref', '--format=%(refname:short)', 'refs/heads/orch');
    expect(branches).toBe(transport === 'branches' ? 'orch/17-1/one' : '');

    const two = await openJob(scene, 'two');
    expect((await two.step('prepare-task', { ...way, dependencies: '["one"]' })).code).toBe(0);
    expect(
      (await two.step('run-task', { command: 'cat one.txt && ! grep -E "ACTIONS_|INPUT_|GITHUB_" seen.txt' })).code,
    ).toBe(0);
    const failing = await two.step('run-task', { command: 'cat one.txt', changes: 'required' });
    expect([failing.code, failing.output]).toEqual([1, expect.stringMatching(/\n::error::empty: .+\n$/)]);
    expect((await two.step('finish-task', way)).code).toBe(0);

    const last = await openJob(scene, 'summary');
    const needs = JSON.stringify({ one: { result: 'success' }, two: { result: 'failure' } });
    expect((await last.step('summarize-tasks', { needs })).code).toBe(0);
    const summary = last.read('GITHUB_STEP_SUMMARY');
    expect(summary).toMatch(/^## 1 of 2 tasks failed\n/);
    expect(summary.indexOf('| two |')).toBeLessThan(summary.indexOf('| one |'));
    expect(summary).toContain('<code>orch/17-1/one</code>');
    const reader = await scene.job('reader');
    const { artifacts } = await reader.call('ListArtifacts');
    expect((artifacts as readonly { name: string }[]).map(({ name }) => name).toSorted()).toEqual([
      'files-one',
      'orch-one-0',
      'orch-two-0',
    ]);
    // No credential is left where a later job of the machine could read it.
    for (const { root, temporary } of [one, two]) {
      const found = spawnSync('grep', ['-rlaE', 't0ken|s3cret', join(root, '.git'), temporary], { encoding: 'utf8' });
      expect([found.status, found.stdout]).toEqual([1, '']);
    }
  },
  120_000,
);

it('what is missing is said in a sentence, and nothing is left to guess', async () => {
  const scene = openScene();
  const job = await openJob(scene, 'one');
  const wrong: readonly (readonly [string, Inputs, Inputs, string])[] = [
    ['prepare-task', {}, { ACTIONS_RUNTIME_TOKEN: '' }, 'ACTIONS_RUNTIME_TOKEN or ACTIONS_RESULTS_URL is not set'],
    ['prepare-task', { transport: 'branches' }, {}, 'pass ${{ github.token }} as `token`'],
    ['prepare-task', { dependencies: 'a b' }, {}, 'input-invalid: dependencies is "a b", not a JSON list of names'],
    ['run-task', { command: 'true' }, {}, 'input-invalid: there is no working tree: prepare-task has to run before'],
    ['run-task', { command: 'true' }, { GITHUB_WORKSPACE: top }, 'check the repository out before this step'],
    [
      'run-task',
      { command: 'true' },
      { GITHUB_RUN_ID: '' },
      'GITHUB_RUN_ID is not set: this is an action for a runner',
    ],
    ['summarize-tasks', { needs: 'x' }, {}, 'needs wants the JSON'],
  ];
  for (const [action, inputs, env, message] of wrong) {
    const { code, output } = await job.step(action, inputs, env);
    const said = decodeURIComponent(output.replace(/%(?![0-9A-F]{2})/g, '%25'));
    expect([action, code, said]).toEqual([action, 1, expect.stringContaining(message)]);
    expect(said).not.toMatch(/^ +at /m);
  }
  expect(existsSync(join(job.temporary, 'orch-worktrees'))).toBe(false);
}, 60_000);
