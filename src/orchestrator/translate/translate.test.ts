import { describe, expect, it } from 'vitest';
import { AVAILABILITY, checkNode, evaluateNode, type Node, type Step } from '../../workflow/index.ts';
import { jsonOf, valueOf } from '../nodes.ts';
import { configOf } from '../testing/marked.ts';
import { type TranslateOptions, type Translation, translate } from './translate.ts';

const translated = (tasks: string, top = '', options?: TranslateOptions): Translation =>
  translate(configOf(`version: 1\n${top}\ntasks:\n${tasks}`), options);

const jobOf = (task: string, top = '') => {
  const [job] = translated(`  - { name: a, command: x${task === '' ? '' : `, ${task}`} }`, top).workflow.jobs;
  if (job === undefined) throw new Error('no job');
  return job;
};

const withOf = (step: Step | undefined): unknown => {
  const inputs = step?.kind === 'action' ? step.with : undefined;
  return inputs && jsonOf(inputs);
};

const json = (node: Node | undefined): unknown => node && jsonOf(node);

describe('a task with nothing but a command', () => {
  const job = jobOf('');

  it('is a job of four steps', () => {
    expect(job).toMatchObject({ kind: 'steps', id: 'a', needs: [], runsOn: { value: 'ubuntu-latest' } });
    expect(job.steps.map((step) => step.kind === 'action' && step.uses)).toEqual([
      expect.stringMatching(/^actions\/checkout@[0-9a-f]{40}$/),
      './.github/actions/prepare-task',
      './.github/actions/run-task',
      './.github/actions/finish-task',
    ]);
    expect(job.steps.map(withOf)).toEqual([
      { 'fetch-depth': 0, 'persist-credentials': false },
      undefined,
      { command: 'x' },
      undefined,
    ]);
  });

  it('always finishes, and its outputs are those of the step that runs', () => {
    expect(job.steps.map((step) => step.if?.value)).toEqual([undefined, undefined, undefined, 'always()']);
    expect(job.steps.map((step) => step.id)).toEqual([undefined, undefined, 'run', undefined]);
  });

  it('has no key without need', () => {
    for (const key of ['if', 'strategy', 'env', 'concurrency', 'outputs', 'continueOnError']) {
      expect(job).not.toHaveProperty(key);
    }
  });
});

describe('one construct at a time', () => {
  it.each([
    [
      'outputs: [url, n-1]',
      { outputs: { url: '${{ steps.run.outputs.url }}', 'n-1': '${{ steps.run.outputs.n-1 }}' } },
    ],
    ['mutex: db', { concurrency: { group: 'db', queue: 'max' } }],
    ['mutex: "x ${{ y"', { concurrency: { group: "x ${{ '${{' }} y", queue: 'max' } }],
    ['env: { A: 1, B: "${{ github.sha }}", C: }', { env: { A: 1, B: '${{ github.sha }}', C: '' } }],
  ])('%s', (task, expected) => {
    const job = jobOf(task);
    const [[key, value] = ['', undefined]] = Object.entries(expected);
    expect(json({ outputs: job.outputs, concurrency: job.concurrency, env: job.env }[key])).toEqual(value);
  });

  it('if, matrix and continue_on_error are taken over as written', () => {
    const job = jobOf(
      'if: always(), matrix: { x: [1, "2"] }, fail_fast: false, max_parallel: 2, continue_on_error: true',
    );
    expect(job.if?.value).toBe('always()');
    expect(job.continueOnError?.value).toBe(true);
    expect(json(job.strategy?.matrix)).toEqual({ x: [1, '2'] });
    expect([job.strategy?.failFast?.value, job.strategy?.maxParallel?.value]).toEqual([false, 2]);
  });

  it('what run-task is told', () => {
    const job = jobOf(
      'shell: sh, working_directory: w, prompt: p.md, env: { A: 1 }, env_from: [B, A], secrets: [S, T], outputs: [o, p], ' +
        'timeout: 90m, idle_timeout: 90s, startup_timeout: 1m, retries: 2, retry_delay: 0s, retry_on: [7, timeout], ' +
        'retry_from: last, expect: ["a/**", b], verify: npm test, verify_timeout: 500ms, changes: required',
    );
    expect(withOf(job.steps[2])).toEqual({
      command: 'x',
      shell: 'sh',
      'working-directory': 'w',
      prompt: 'p.md',
      environment: 'A B',
      secrets: 'S T',
      outputs: 'o p',
      timeout: '1h30m',
      'idle-timeout': '1m30s',
      'startup-timeout': '1m',
      retries: '2',
      'retry-delay': '0s',
      'retry-on': '7 timeout',
      'retry-from': 'last',
      expect: 'a/**\nb',
      verify: 'npm test',
      'verify-timeout': '500ms',
      changes: 'required',
    });
  });

  it('secrets are in the environment of the one step that runs the command', () => {
    const job = jobOf('secrets: [S]');
    expect(job.steps.map(({ env }) => json(env))).toEqual([undefined, undefined, { S: '${{ secrets.S }}' }, undefined]);
    expect(job.env).toBeUndefined();
  });

  it('what finish-task is told', () => {
    expect(withOf(jobOf('commit: false, artifacts: [a, b], description: d').steps[3])).toEqual({
      commit: 'false',
      artifacts: 'a\nb',
      description: 'd',
    });
  });

  it('setup sees variables, and never secrets', () => {
    const job = jobOf('env: { A: 1 }, env_from: [B], secrets: [S]', 'worktrees: { setup: npm ci }');
    expect(withOf(job.steps[1])).toEqual({ setup: 'npm ci', environment: 'A B' });
  });
});

describe('dependencies', () => {
  const tasks = (condition: string): string => `
  - { name: a, command: x }
  - { name: b, command: x, depends_on: [A] }
  - { name: c, command: x, depends_on: [a] }
  - { name: d, command: x, depends_on: [c, b]${condition} }`;

  it.each([
    ['', undefined],
    [', if: github.sha', undefined],
    [', if: always()', { c: ['a'], a: [], b: ['a'] }],
    [', if: "!cancelled() && needs.b.result == \'success\'"', { c: ['a'], a: [], b: ['a'] }],
  ])('with%j: in declared order, and what stands behind them only where it may matter', (condition, ancestors) => {
    const job = translated(tasks(condition)).workflow.jobs[3];
    expect(job?.needs).toEqual(['c', 'b']);
    const inputs = withOf(job?.steps[1]) as Record<string, string>;
    expect(JSON.parse(inputs['dependencies'] ?? '')).toEqual(['c', 'b']);
    expect(inputs['ancestors'] && JSON.parse(inputs['ancestors'])).toEqual(ancestors);
  });
});

describe('texts that GitHub would evaluate', () => {
  const texts = ['echo ${{ github.sha }}', "${{ 'x' }}", '${{', "a }} ${{ b {0} } { '", '$${{${{ }}'];

  it.each(texts)('%j reaches the action as it was written', (text) => {
    const quoted = JSON.stringify(text);
    const job = jobOf(`verify: ${quoted}, description: ${quoted}`);
    for (const step of [job.steps[2], job.steps[3]]) {
      const inputs = step?.kind === 'action' ? step.with : undefined;
      expect(inputs && checkNode(inputs, AVAILABILITY.step)).toEqual([]);
      const value = inputs && evaluateNode(inputs, { contexts: {}, functions: {} });
      expect(value).toMatchObject({ ok: true });
      const given = value?.ok === true ? (value.value as Record<string, unknown>) : {};
      expect(given['verify'] ?? given['description']).toBe(text);
    }
  });
});

describe('limits', () => {
  it.each([
    ['', 61, 81],
    ['timeout: 90s', 3, 23],
    ['timeout: 10m, verify: v, verify_timeout: 5m', 16, 36],
    // Two delays of 1 and 2 minutes.
    ['timeout: 10m, retries: 2, retry_delay: 1m', 36, 56],
    // Delays stop growing at five minutes: 4 + 5 + 5.
    ['timeout: 10m, retries: 3, retry_delay: 4m', 58, 78],
    // A first delay that is longer than that stays.
    ['timeout: 10m, retries: 2, retry_delay: 20m', 73, 93],
  ])('%s: %i minutes for the step, %i for the job', (task, step, job) => {
    const translation = jobOf(task);
    expect(translation.steps[2]?.timeoutMinutes?.value).toBe(step);
    expect(translation.timeoutMinutes?.value).toBe(job);
  });

  it('setup takes its time as well', () => {
    expect(jobOf('', 'worktrees: { setup: x, setup_timeout: 30m }').timeoutMinutes?.value).toBe(111);
  });
});

describe('the workflow', () => {
  it('has the name, starts by hand and may only read', () => {
    const { workflow } = translated('  - { name: a, command: x }', 'name: nightly');
    expect(workflow.name?.value).toBe('nightly');
    expect(json(workflow.on)).toEqual({ workflow_dispatch: null });
    expect(json(workflow.permissions)).toEqual({ contents: 'read' });
  });

  it('asks for inputs with the values of the file', () => {
    const { workflow } = translated('  - { name: a, command: x }', 'inputs: { s: x, n: 2, b: false }');
    expect(json(valueOf(valueOf(workflow.on, 'workflow_dispatch'), 'inputs'))).toEqual({
      s: { type: 'string', default: 'x' },
      n: { type: 'number', default: 2 },
      b: { type: 'boolean', default: false },
    });
  });

  it('finds the actions in a repository when told so', () => {
    const source = { kind: 'repository', repository: 'me/orch', ref: 'v1' } as const;
    const [job] = translated('  - { name: a, command: x }', '', { actions: source }).workflow.jobs;
    expect(job?.steps.map((step) => step.kind === 'action' && step.uses).slice(1)).toEqual([
      'me/orch/action-templates/prepare-task@v1',
      'me/orch/action-templates/run-task@v1',
      'me/orch/action-templates/finish-task@v1',
    ]);
  });
});

describe('the local policy', () => {
  it('holds what this machine decides', () => {
    const top = 'max_parallel: 2\non_failure: kill\nbase: main\nworktrees: { copy: [.env] }\non_finish: notify';
    expect(translated('  - { name: a, command: x }', top).policy).toEqual({
      maxParallel: 2,
      onFailure: 'kill',
      base: 'main',
      worktrees: { copy: ['.env'], link: [], setupTimeout: 600_000 },
      onFinish: 'notify',
    });
  });
});

describe('what GitHub would do differently', () => {
  it.each([
    ['', '', []],
    ['', 'max_parallel: 1', ['2:1']],
    ['', 'on_failure: kill', ['2:1']],
    ['', 'base: main', ['2:1']],
    ['', 'worktrees: { setup: x }', []],
    ['', 'worktrees: { copy: [a], link: [b] }', ['2:1']],
    ['', 'on_finish: x', ['2:1']],
    ['', 'vars: { A: 1 }', ['2:1']],
    ['', `inputs: { ${Array.from({ length: 26 }, (_, i) => `i${i}: 1`).join()} }`, ['2:1']],
    [', timeout: 6h', '', ['4:5']],
    [', env_from: [A]', '', ['4:5']],
    [', sandbox: { image: x, network: [a.test] }', '', []],
    [', sandbox: { image: x, mounts: [{ source: fixtures, target: /f }] }', '', []],
    [', sandbox: { image: x, mounts: [{ source: ~/.agent, target: /f }] }', '', ['4:5']],
    [', sandbox: { image: x, memory: 32g, ca: host }', '', ['4:5', '4:5']],
  ])('%j %j', (task, top, places) => {
    const { diagnostics } = translated(`  - { name: a, command: x${task} }`, top);
    expect(diagnostics.map(({ at }) => `${at?.range?.start.line}:${at?.range?.start.column}`)).toEqual(places);
    for (const { code, severity } of diagnostics) expect([code, severity]).toEqual(['differs-on-github', 'warning']);
  });

  it('a mutex that more than a hundred tasks wait for', () => {
    const tasks = (count: number) =>
      Array.from({ length: count }, (_, n) => `  - { name: t${n}, command: x, mutex: ${n % 2 ? 'db' : 'DB'} }`).join(
        '\n',
      );
    expect(translated(tasks(101), '').diagnostics).toEqual([]);
    expect(translated(tasks(102), '').diagnostics.map(({ message }) => message)).toEqual([
      'on GitHub at most 100 jobs wait for the "mutex" "db", and who comes later is cancelled; 102 tasks have it',
    ]);
  });
});
