/** Files that are wrong give diagnostics with a place, exit 2, and start nothing. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Diagnostic } from '../../src/shared/diagnostic.ts';
import { branchesOf, CONFIG, createRepository, NO_TRACES, orch, tracesOf } from './rig/index.ts';

const GOOD = `version: 1
name: nightly
max_parallel: 4
on_failure: no-new
defaults: { timeout: 30m, retries: 1 }
env: { CI: "1", WHERE: "\${{ inputs.where }}" }
inputs: { where: here }
tasks:
  - name: schema
    command: make schema
    outputs: [url]
  - name: api
    depends_on: [schema]
    if: needs.schema.outputs.url != ''
    command: |
      npm ci
      npm run api
    verify: npm test
    expect: ["src/**"]
    retry_on: [75, timeout]
  - name: web
    depends_on: [api, schema]
    matrix: { shard: [1, 2], include: [{ shard: 3, slow: true }] }
    command: npm run web
`;

/** Numbers from 0 up to `limit`, the same for the same seed. */
function dice(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

type Damage = (roll: (limit: number) => number) => string;

const LINES = GOOD.trimEnd().split('\n');
const KEYS = [
  'max_parallel',
  'on_failure',
  'defaults',
  'inputs',
  'command',
  'outputs',
  'depends_on',
  'verify',
  'expect',
  'matrix',
  'retry_on',
];
const WRONG = ['[[]]', '{a: {b: c}}', '-1', '.nan', '1e999', '[1, 2, [3]]', '{}', '!!binary x', "'\\\\x00'"];
const MISTYPED = [
  ['command:', 'comand:'],
  ['depends_on', 'depend_on'],
  ['verify', 'verfy'],
  ['tasks:', 'task:'],
] as const;
const BROKEN = ['[', '{', '"', "'", '*nobody', '&', '!<', '\t- x', '%YAML 9', '@', '`', '}', ']'];

function pick<T>(from: readonly T[], roll: (limit: number) => number): T {
  const value = from[roll(from.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

function insert(line: number, ...lines: readonly string[]): string {
  return [...LINES.slice(0, line), ...lines, ...LINES.slice(line), ''].join('\n');
}

/** Each is wrong for certain, whatever the dice say. */
const DAMAGES: Readonly<Record<string, Damage>> = {
  'an unknown key at the top': (roll) => insert(1 + roll(7), `key_${roll(1e6)}: ${roll(9)}`),
  'an unknown key of a task': (roll) => insert(pick([9, 12, 22], roll), `    kee_${roll(1e6)}: x`),
  'a mistyped key': (roll) => {
    const [right, wrong] = pick(MISTYPED, roll);
    return GOOD.replace(right, wrong);
  },
  'a key twice': (roll) => insert(2 + roll(5), pick(['version: 1', 'name: again', 'tasks: []'], roll)),
  'a value of another kind': (roll) =>
    GOOD.replace(new RegExp(`(${pick(KEYS.slice(0, 4), roll)}:) .*`), `$1 ${pick(WRONG.slice(2, 6), roll)}`),
  'broken yaml': (roll) => insert(1 + roll(LINES.length - 9), `${' '.repeat(roll(3))}${pick(BROKEN, roll)} ${roll(9)}`),
  'cut off within brackets': (roll) =>
    GOOD.slice(0, GOOD.indexOf(pick(['30m', '"1"', 'url]', '**"]', 'timeout]', 'slow'], roll))),
  'a dependency that is nobody': (roll) => GOOD.replace('[schema]', `[schema, nobody-${roll(1e6)}]`),
  'a cycle': (roll) => insert(11, `    depends_on: [${pick(['schema', 'api', 'web'], roll)}]`),
  'a name twice': (roll) => `${GOOD}  - name: ${pick(['schema', 'API', 'Web', 'wEB'], roll)}\n    command: x\n`,
  'a name that is none': (roll) =>
    GOOD.replace(
      'name: schema',
      `name: ${pick(['"a b"', '../x', '"-x"', '"a/b"', '"\u202e"', '"é"', '""', '1x', `"${'x'.repeat(300)}"`], roll)}`,
    ),
  'a bad duration': (roll) =>
    GOOD.replace('30m', pick(['30', 'soon', '-1m', '30 minutes', '1e9h', '999999999999999999d'], roll)),
  'a bad expression': (roll) =>
    GOOD.replace(
      "needs.schema.outputs.url != ''",
      pick(['needs.', "'", '((', 'nope()', 'needs.api.result', 'needs.web.outputs.x', '1 +', 'env.X'], roll),
    ),
  'a bad expression in a value': (roll) =>
    GOOD.replace('inputs.where', pick(['inputs.', 'nothing.at.all', 'fromJSON(', "'", 'secrets.X', 'steps.x'], roll)),
  'another version': (roll) =>
    GOOD.replace('version: 1', `version: ${pick(['2', '"1"', '1.5', 'x', '[]', '0'], roll)}`),
  'not a mapping': (roll) => pick(['', '[]', '42', 'text', '- a\n- b', '~', '--- a\n--- b\n', '# nothing'], roll),
  'no tasks': (roll) =>
    GOOD.slice(0, GOOD.indexOf('tasks:')) + pick(['tasks: []\n', 'tasks: {}\n', 'tasks: x\n', ''], roll),
  'bytes that are no text': (roll) => `${GOOD.slice(0, 50 + roll(300))}\u0000\u0001${GOOD.slice(400)}`,
  'a prompt that is not there': (roll) => insert(11, `    prompt: docs/${roll(1e6)}.md`),
  'paths that leave the repository': (roll) =>
    insert(11, `    ${pick(['working_directory', 'prompt'], roll)}: ${pick(['/etc', '../..', 'a/../../b'], roll)}`),
};

const FILES = Object.entries(DAMAGES).flatMap(([name, damage]) =>
  Array.from({ length: 10 }, (_, seed) => ({ name, text: damage(dice(seed * 7919 + name.length)) })),
);

it('the file they are made from is good', async () => {
  const repo = createRepository();
  repo.write(CONFIG, GOOD);
  expect(await orch(repo, ['validate'])).toMatchObject({ exitCode: 0, stderr: '' });
});

it('200 damaged files: an error with a place for each, and never a stack', async () => {
  const repo = createRepository();
  expect(FILES).toHaveLength(200);
  const paths = FILES.map(({ text }, index) => {
    const path = `file-${index}.yaml`;
    writeFileSync(join(repo.root, path), text);
    return path;
  });
  const { exitCode, stdout, stderr } = await orch(repo, ['validate', '--format', 'json', ...paths]);
  expect([exitCode, stderr]).toEqual([2, '']);
  const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Diagnostic[] };
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  // There is no place in an empty file.
  const placeless = errors.filter(({ at, code }) => at?.range === undefined && code !== 'empty-file');
  expect(placeless).toEqual([]);
  const told = new Set(errors.map(({ at }) => at?.file));
  const missed = FILES.flatMap(({ name, text }, index) =>
    told.has(`file-${index}.yaml`) ? [] : [`${name}:\n${text.slice(0, 900)}`],
  );
  expect(missed).toEqual([]);
});

it('each way of showing them ends with 2, and a run with such a file starts nothing', async () => {
  const repo = createRepository();
  for (const [index, { name, text }] of FILES.filter((_, at) => at % 20 === 3).entries()) {
    repo.write(CONFIG, text);
    const args =
      [['validate'], ['validate', '--format', 'github'], ['run'], ['plan'], ['run', '--dry-run']][index % 5] ?? [];
    const { exitCode, stdout, stderr } = await orch(repo, args);
    expect([name, exitCode]).toEqual([name, 2]);
    expect(`${stdout}${stderr}`).toContain(CONFIG);
    expect(`${stdout}${stderr}`).not.toMatch(/\n\s+at .*:\d+:\d+|internal error/);
  }
  expect([repo.runs(), tracesOf(repo), branchesOf(repo)]).toEqual([[], NO_TRACES, ['main']]);
});

it('a file that is not there, a folder, and one that is far too large', async () => {
  const repo = createRepository();
  writeFileSync(join(repo.root, 'large.yaml'), `version: 1\nname: ${'x'.repeat(20_000_000)}\n`);
  writeFileSync(
    join(repo.root, 'laughs.yaml'),
    `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
      .join('\n')}\n`,
  );
  for (const file of ['missing.yaml', '.', 'large.yaml', 'laughs.yaml']) {
    const { exitCode, stdout, stderr } = await orch(repo, ['validate', file]);
    expect([file, exitCode]).toEqual([file, 2]);
    expect(`${stdout}${stderr}`).not.toMatch(/\n\s+at .*:\d+:\d+|internal error/);
    expect(`${stdout}${stderr}`.length).toBeLessThan(20_000);
  }
});

it('workflows of three gigabytes: an error, and nothing is read that is too long anyway', async () => {
  const repo = createRepository({ files: { '.github/workflows/big.yml': 'on: push\njobs:\n' } });
  truncateSync(join(repo.root, '.github/workflows/big.yml'), 3 * 1024 ** 3);
  for (const words of [['validate', 'big'], ['run', 'big'], ['validate'], ['run', '--event', 'push']]) {
    const { exitCode, stdout, stderr } = await orch(repo, words);
    expect([words, exitCode]).toEqual([words, 2]);
    expect(`${stdout}${stderr}`).toContain('The maximum file size of 1048576 characters has been exceeded');
  }
});

it('outside a repository, in an empty one and in a bare one: a sentence and exit 2', async () => {
  const repo = createRepository({ config: { tasks: [{ name: 'a', command: 'true' }] } });
  const places = {
    none: join(repo.place.top, 'none'),
    empty: join(repo.place.top, 'empty'),
    bare: join(repo.place.top, 'bare'),
  };
  repo.write('../none/x', '');
  repo.git('init', '-q', places.empty);
  repo.git('init', '-q', '--bare', places.bare);
  for (const cwd of Object.values(places)) {
    const { exitCode, stderr } = await orch(repo, ['run'], { cwd });
    expect([cwd, exitCode]).toEqual([cwd, 2]);
    expect(stderr).toMatch(/^orch: [^\n]+\n {2}[^\n]+\n$/);
  }
});
