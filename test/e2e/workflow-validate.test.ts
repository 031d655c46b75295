/** `orch validate` of workflows and actions: what is good is accepted, and nothing that is damaged ends it or holds it up. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, orch } from './rig/index.ts';

const BUILD = `
name: Build
run-name: \${{ github.actor }} builds
on:
  push: { branches: [main, 'v*', '!v0*'], paths: ['src/**'] }
  pull_request: { types: [opened] }
  schedule: [{ cron: '0 3 * * 1' }]
  workflow_dispatch: { inputs: { level: { type: choice, options: [a, b], default: a } } }
permissions: { contents: read, id-token: write }
env: { A: '1' }
defaults: { run: { shell: bash } }
concurrency: { group: "\${{ github.ref }}", cancel-in-progress: true }
jobs:
  plan:
    runs-on: ubuntu-latest
    outputs: { list: "\${{ steps.x.outputs.list }}" }
    steps: &steps
      - uses: actions/checkout@v4
      - { id: x, run: 'echo list=[1,2] >> "$GITHUB_OUTPUT"', if: "success() && github.ref != ''" }
  legs:
    needs: plan
    name: leg \${{ matrix.n }}
    runs-on: { group: g, labels: [self-hosted, linux] }
    environment: { name: "\${{ inputs.level }}", url: "\${{ steps.x.outputs.url }}" }
    strategy:
      fail-fast: false
      max-parallel: 2
      matrix: { n: "\${{ fromJSON(needs.plan.outputs.list) }}", include: [{ n: 3, more: true }] }
    timeout-minutes: 5
    cancel-timeout-minutes: 1
    continue-on-error: \${{ matrix.more == true }}
    steps: *steps
  call:
    needs: [plan, legs]
    if: always()
    uses: ./.github/workflows/called.yml
    with: { text: x }
    secrets: inherit
`;
const CALLED = `
on:
  workflow_call:
    inputs: { text: { type: string, required: true } }
    outputs: { done: { value: "\${{ jobs.work.outputs.done }}" } }
jobs:
  work:
    runs-on: ubuntu-latest
    outputs: { done: 'yes' }
    steps:
      - parallel: [{ run: a }, { run: b }]
      - { run: server, background: true, id: server }
      - wait: server
`;
const ACTION = `
name: mine
description: does
inputs: { who: { default: "\${{ github.actor }}" } }
outputs: { said: { value: "\${{ steps.s.outputs.said }}" } }
runs:
  using: composite
  steps: [{ id: s, shell: bash, run: 'echo "said=$WHO" >> "$GITHUB_OUTPUT"', env: { WHO: "\${{ inputs.who }}" } }]
`;
const GOOD = {
  '.github/workflows/build.yml': BUILD,
  '.github/workflows/called.yml': CALLED,
  'mine/action.yml': ACTION,
};

const PIECES = [
  '${{',
  '}}',
  '[',
  ']',
  '{',
  '}',
  ': ',
  '&a ',
  '*a ',
  '*steps',
  '!!int ',
  '|\n',
  '\n',
  '\t',
  '- ',
  '"',
  "'",
  '\u0000',
  '\ufeff',
  '__proto__: 1\n',
  '<<: ',
  '? ',
  '%YAML 1.1\n',
  '---\n',
  '\u001b[31m',
  '💥',
];

interface Found {
  readonly message: string;
  readonly at?: { readonly file: string };
}

/** Numbers that are the same in every run of the test. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function damaged(text: string, seed: number): string {
  const next = numbers(seed);
  let now = text;
  for (let edits = 1 + next(5); edits > 0; edits--) {
    const from = next(now.length + 1);
    now = now.slice(0, from) + (PIECES[next(PIECES.length)] ?? '') + now.slice(from + next(12));
  }
  return now;
}

describe('good files', () => {
  test('are accepted, all at once', async () => {
    const result = await orch(createRepository({ files: GOOD }), ['validate', ...Object.keys(GOOD)]);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toContain('called.yml: valid\nmine/action.yml: valid\n');
  });
});

const SAMPLES = join(import.meta.dirname, '../../src/orchestrator/export/samples');

test('the exports that are compared with are workflows that nothing is said against', async () => {
  const names = readdirSync(SAMPLES).filter((name) => name.endsWith('.yml'));
  expect(names.length).toBeGreaterThanOrEqual(11);
  const texts = names.map((name) => [`.github/workflows/${name}`, readFileSync(join(SAMPLES, name), 'utf8')]);
  const result = await orch(createRepository({ files: Object.fromEntries(texts) as Record<string, string> }), [
    'validate',
    ...names.map((name) => `.github/workflows/${name}`),
  ]);
  const valid = names.map((name) => `.github/workflows/${name}: valid\n`).join('');
  expect(result).toMatchObject({ exitCode: 0, stdout: valid, stderr: '' });
});

describe('calls', () => {
  const callee = (inputs: string): string =>
    `on: { workflow_call: { inputs: ${inputs}, secrets: { token: { required: true } } } }\njobs: { a: { runs-on: x, steps: [{ run: x }] } }\n`;
  const calls = (uses: string, rest = ''): string => `on: push\njobs:\n  a:\n    uses: ${uses}\n${rest}`;
  const files = {
    '.github/workflows/called.yml': callee('{ n: { type: number }, text: { type: string, required: true } }'),
    '.github/workflows/broken.yml': callee('{ n: {} }'),
    '.github/workflows/wrong.yml': calls('./.github/workflows/called.yml', '    with: { n: many, other: 1 }\n'),
    '.github/workflows/right.yml': calls(
      './.github/workflows/called.yml',
      '    with: { text: x }\n    secrets: inherit\n',
    ),
    '.github/workflows/gone.yml': calls('./.github/workflows/none.yml'),
    '.github/workflows/circle.yml': `on: workflow_call\n${calls('./.github/workflows/circle.yml').slice('on: push\n'.length)}`,
    '.github/workflows/broken-call.yml': calls('./.github/workflows/broken.yml'),
    '.github/workflows/elsewhere.yml': calls('owner/repo/.github/workflows/x.yml@v1', '    with: { any: thing }\n'),
  };
  const check = async (cwd: string, ...names: readonly string[]) => {
    const repository = createRepository({ files: { ...files, 'sub/x': '' } });
    const named = names.map((name) => join(relative(cwd, '.github/workflows'), `${name}.yml`));
    return orch(repository, ['validate', ...named], { cwd: join(repository.root, cwd) });
  };

  test('are checked against the files of the repository, and those of others are passed over', async () => {
    const good = await check('.', 'right', 'elsewhere');
    expect([good.exitCode, good.stdout]).toEqual([
      0,
      '.github/workflows/right.yml: valid\n.github/workflows/elsewhere.yml: valid\n',
    ]);
    const bad = await check('sub', 'wrong', 'gone', 'circle');
    expect(bad.exitCode).toBe(2);
    const places = bad.stdout.split('\n').filter((line) => line.includes(' (Line: '));
    const at = '../.github/workflows';
    expect(places).toEqual([
      `${at}/wrong.yml (Line: 4, Col: 11): Input text is required, but not provided while calling.`,
      `${at}/wrong.yml (Line: 4, Col: 11): Secret token is required, but not provided while calling.`,
      `${at}/wrong.yml (Line: 5, Col: 16): Unexpected value 'many'`,
      `${at}/wrong.yml (Line: 5, Col: 29): Invalid input, other is not defined in the referenced workflow.`,
      `${at}/gone.yml (Line: 4, Col: 11): error parsing called workflow: workflow was not found: .github/workflows/none.yml`,
      `${at}/circle.yml (Line: 4, Col: 11): Nested reusable workflow depth exceeded 9.`,
    ]);
    expect(bad.stdout).toContain('6 errors in 3 files');
  });

  test('a file of another repository calls those beside it', async () => {
    const other = createRepository({ files });
    const file = join(other.root, '.github/workflows/right.yml');
    const result = await orch(createRepository(), ['validate', file]);
    expect([result.exitCode, result.stdout]).toEqual([0, expect.stringContaining('right.yml: valid')]);
  });

  test('a file with mistakes has those of what its other jobs call beside them, when it is to run too', async () => {
    const text = `${calls('./.github/workflows/broken.yml')}  b: { runs_on: x, steps: [{ run: x }] }\n`;
    const repository = createRepository({ files: { ...files, '.github/workflows/both.yml': text } });
    const expected = [
      '.github/workflows/both.yml (Line: 5, Col: 6): Required property is missing: runs-on',
      ".github/workflows/both.yml (Line: 5, Col: 8): Unexpected value 'runs_on'",
      '.github/workflows/broken.yml (Line: 1, Col: 37): Required property is missing: type',
    ];
    const lines = (output: string): readonly string[] => output.split('\n').filter((line) => line.includes(' (Line: '));
    expect(lines((await orch(repository, ['validate', 'both'])).stdout)).toEqual(expected);
    const run = await orch(repository, ['run', 'both']);
    expect([run.exitCode, lines(run.stderr)]).toEqual([2, expected]);
  });

  test('a mistake in the file that is called is told once, with the place and what stands there', async () => {
    const { stdout } = await check('.', 'broken-call', 'broken');
    expect(stdout.match(/Required property is missing: type/g)).toHaveLength(1);
    expect(stdout).toContain('.github/workflows/broken.yml (Line: 1, Col: ');
    expect(stdout).toContain('1 error in .github/workflows/broken.yml');
    expect(stdout).toMatch(/1 \| .*n: \{\}/);
  });
});

describe('damaged files', () => {
  test.each([1, 2, 3, 4])('batch %i of sixty: each is read or told of, never more', async (batch) => {
    const texts = Object.values(GOOD);
    const files = Array.from({ length: 60 }, (_, n) => {
      const text = damaged(texts[n % texts.length] ?? '', batch * 1000 + n);
      const name = n % texts.length === 2 ? `a${n}/action.yml` : `.github/workflows/w${n}.yml`;
      return [name, text] as const;
    });
    const repository = createRepository({ files: Object.fromEntries(files) });
    const begun = performance.now();
    const result = await orch(repository, ['validate', '--format', 'json', ...files.map(([name]) => name)]);
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect([result.exitCode, result.stderr]).toEqual([2, '']);
    const { diagnostics } = JSON.parse(result.stdout) as { readonly diagnostics: readonly Found[] };
    expect(diagnostics.length).toBeGreaterThan(30);
    for (const { message, at } of diagnostics) {
      expect(message.length).toBeGreaterThan(0);
      expect(files.some(([name]) => at?.file.endsWith(name))).toBe(true);
    }
  });

  const bomb = `a0: &a0 [x]\n${Array.from({ length: 25 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}*a${n}]`).join('\n')}\non: push\njobs: {}\n`;
  test.each<[string, string, string]>([
    ['an alias bomb', bomb, 'Maximum'],
    ['more than a mebibyte', `on: push\njobs: {}\n# ${'x'.repeat(1024 * 1024)}\n`, 'The maximum file size'],
    [
      'a mebibyte of keys',
      `on: push\njobs:\n${Array.from({ length: 50_000 }, (_, n) => `  j${n}: {a: b}\n`).join('')}`,
      'Maximum',
    ],
    ['deep brackets', `on: push\njobs: ${'['.repeat(100_000)}`, 'Maximum object depth exceeded'],
    [
      'deep blocks',
      `on: push\njobs:\n${Array.from({ length: 600 }, (_, n) => `${' '.repeat(n + 1)}a:\n`).join('')}`,
      'Maximum object depth exceeded',
    ],
    [
      'a long expression',
      `on: push\njobs: { a: { runs-on: x, if: "${'('.repeat(20_000)}", steps: [{ run: a }] } }\n`,
      '',
    ],
    [
      'a long expression of operators',
      `on: push\njobs: { a: { runs-on: x, if: "${'!'.repeat(20_000)}true", steps: [{ run: a }] } }\n`,
      '',
    ],
  ])('%s gives an error within a second', async (_, text, message) => {
    const repository = createRepository({ files: { '.github/workflows/w.yml': text } });
    const empty = await timed(repository, ['validate', '.github/workflows/none.yml']);
    const { result, took } = await timed(repository, ['validate', '.github/workflows/w.yml']);
    expect([result.exitCode, result.stderr]).toEqual([2, '']);
    expect(result.stdout).toContain(message);
    // What starting costs on a busy machine is not the reader's.
    expect(took - empty.took).toBeLessThan(1000);
  });
});

async function timed(repository: ReturnType<typeof createRepository>, args: readonly string[]) {
  const begun = performance.now();
  const result = await orch(repository, args);
  return { result, took: performance.now() - begun };
}

test('for GitHub, messages cannot begin commands of their own', async () => {
  const text =
    'on: push\njobs: { a: { runs-on: x, "::error::%0A\\r\\n::set-env name=A::b": 1, steps: [{ run: a }] } }\n';
  const repository = createRepository({ files: { '.github/workflows/a,b:c.yml': text } });
  const result = await orch(repository, ['validate', '--format', 'github', '.github/workflows/a,b:c.yml']);
  expect(result.exitCode).toBe(2);
  const lines = result.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^::error file=\.github\/workflows\/a%2Cb%3Ac\.yml,line=2,[^:]*::.*%250A ::set-env/);
});
