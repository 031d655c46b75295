import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { FAILURE_CODES } from '../shared/failure.ts';
import schema from './schema.json' with { type: 'json' };
import { configOf } from './testing/marked.ts';
import { LATER_KEYS, PER_TASK_KEYS } from './vocabulary.ts';

type Part = { readonly [key: string]: unknown; readonly properties?: Readonly<Record<string, Part>> };

function resolve(part: Part): Part {
  const ref = part['$ref'];
  if (typeof ref !== 'string') return part;
  let target: unknown = schema;
  for (const segment of ref.split('/').slice(1)) target = (target as Record<string, unknown>)[segment];
  return { ...resolve(target as Part), ...part };
}

/** Every key that may be written, with what describes it. */
function keysOf(part: Part, path: string): readonly (readonly [string, Part])[] {
  const whole = resolve(part);
  const own = Object.entries(whole.properties ?? {}).flatMap(([key, inner]) => [
    [`${path}.${key}`, resolve(inner)] as const,
    ...keysOf(inner, `${path}.${key}`),
  ]);
  const nested = ['items', 'additionalProperties'].flatMap((key) => {
    const inner = whole[key];
    return typeof inner === 'object' && inner !== null ? keysOf(inner as Part, `${path}[]`) : [];
  });
  return [...own, ...nested];
}

const keys = keysOf(schema as unknown as Part, '');
const taskKeys = Object.keys(schema.definitions.task.properties);

describe('the schema', () => {
  it.each(keys)('%s has a description, and a title to stand after "must be"', (_path, part) => {
    expect(part['description']).toMatch(/^[A-Zc-k].+[.]$/);
    expect(part['title']).toMatch(/^\S.*[^.]$/);
  });

  it('has all keys of the format, and none that is to come', () => {
    expect(keys.length).toBeGreaterThan(70);
    expect(keys.map(([path]) => path.split('.').at(-1)).filter((key) => LATER_KEYS.has(key ?? ''))).toEqual([]);
  });

  it('lets every task key have a default but those that name a task', () => {
    const expected = taskKeys.filter((key) => !PER_TASK_KEYS.includes(key));
    expect(Object.keys(schema.definitions.defaults.properties)).toEqual(expected);
  });

  it('offers for retry_on only failures that there are', () => {
    const [, codes] = schema.definitions.task.properties.retry_on.items.anyOf;
    expect(codes?.enum?.filter((code) => !(FAILURE_CODES as readonly string[]).includes(code))).toEqual([]);
  });

  it('is a schema that the strictest reading accepts', () => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
    ajv.addKeyword({ keyword: 'x-diagnostic', schemaType: 'string' });
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  it('is the file that editors get', () => {
    const text = readFileSync(new URL('./schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(text)).toEqual(schema);
  });
});

const EVERY_TASK_KEY = `
  - name: b
    description: d
    command: c
    prompt: p
    depends_on: [a]
    if: always()
    matrix: { x: [1] }
    fail_fast: false
    max_parallel: 2
    outputs: [o]
    env: { E: 1 }
    env_from: [F]
    secrets: [S]
    timeout: 2m
    idle_timeout: 3m
    startup_timeout: 4m
    retries: 5
    retry_delay: 6s
    retry_on: [7, timeout]
    retry_from: last
    continue_on_error: true
    sandbox: { image: node }
    working_directory: w
    shell: sh
    expect: [x]
    verify: v
    verify_timeout: 8m
    changes: required
    commit: false
    artifacts: [r]
    review: false
    mutex: m`;

describe('what the schema allows reaches the config', () => {
  const config = configOf(`$schema: s
version: 1
name: n
base: main
max_parallel: 3
on_failure: kill
defaults: {}
env: { TOP: x, e: 0 }
env_from: [G]
inputs: { i: 1 }
vars: { v: 2 }
worktrees: { root: ../w, copy: [c], link: [l], setup: s, setup_timeout: 1m }
platforms: { BIG: host, ubuntu-latest: 'node:22' }
on_finish: f
tasks:
  - { name: a, command: x }${EVERY_TASK_KEY}`);

  it('at the top', () => {
    expect(config).toMatchObject({
      file: 'o.yaml',
      name: 'n',
      base: 'main',
      maxParallel: 3,
      onFailure: 'kill',
      inputs: { i: 1 },
      vars: { v: '2' },
      worktrees: { root: '../w', copy: ['c'], link: ['l'], setup: 's', setupTimeout: 60_000 },
      platforms: { big: 'host', 'ubuntu-latest': 'node:22' },
      onFinish: 'f',
    });
    expect(config.keys?.['base']).toEqual({ start: { line: 4, column: 1 }, end: { line: 4, column: 5 } });
  });

  it('in a task', () => {
    const written = [...EVERY_TASK_KEY.matchAll(/^ {4}(\w+):/gm)].map(([, key]) => key);
    expect(new Set(['name', ...written])).toEqual(new Set(taskKeys));
    const task = config.tasks[1];
    const { at: _at, env: _env, matrix: _matrix, ...rest } = task ?? {};
    expect(rest).toMatchObject({
      name: 'b',
      description: 'd',
      command: 'c',
      prompt: 'p',
      dependsOn: ['a'],
      if: { value: 'always()' },
      failFast: { value: false },
      maxParallel: { value: 2 },
      outputs: ['o'],
      envFrom: ['G', 'F'],
      secrets: ['S'],
      timeout: 120_000,
      idleTimeout: 180_000,
      startupTimeout: 240_000,
      retries: 5,
      retryDelay: 6000,
      retryOn: [7, 'timeout'],
      retryFrom: 'last',
      continueOnError: { value: true },
      sandbox: { text: '{"image":"node"}', settings: { image: 'node', network: 'none', pids: 512 } },
      workingDirectory: 'w',
      shell: 'sh',
      expect: ['x'],
      verify: 'v',
      verifyTimeout: 480_000,
      changes: 'required',
      commit: false,
      artifacts: ['r'],
      mutex: 'm',
    });
    expect(task?.env.entries.map(({ key, value }) => [key.value, value.kind === 'scalar' && value.value])).toEqual([
      ['TOP', 'x'],
      ['E', 1],
    ]);
    expect(task?.matrix?.kind).toBe('mapping');
  });
});

describe('defaults', () => {
  const head = 'version: 1\ndefaults: { env: { A: 1, B: 2 }, expect: [x], idle_timeout: 5m, retries: 2 }\n';

  it('a value of the task replaces the default whole', () => {
    const { tasks } = configOf(`${head}env: { TOP: 1 }
tasks:
  - { name: a, command: x }
  - { name: b, command: x, env: { B: 3 }, expect: [], idle_timeout: off }`);
    const names = tasks.map(({ env }) => env.entries.map(({ key }) => key.value));
    expect(names).toEqual([
      ['TOP', 'A', 'B'],
      ['TOP', 'B'],
    ]);
    expect(tasks.map((task) => task.expect)).toEqual([['x'], []]);
    expect(tasks.map((task) => task.idleTimeout)).toEqual([300_000, undefined]);
    expect(tasks.map((task) => task.retries)).toEqual([2, 2]);
  });

  it('without a word, a task is as the format says', () => {
    const [task] = configOf('version: 1\ntasks: [{ name: a, command: x }]').tasks;
    expect(task).toMatchObject({
      timeout: 3_600_000,
      retries: 0,
      retryDelay: 10_000,
      retryFrom: 'start',
      verifyTimeout: 600_000,
      changes: 'allowed',
      commit: true,
      dependsOn: [],
      outputs: [],
    });
    expect(task).not.toHaveProperty('idleTimeout');
    expect(task).not.toHaveProperty('retryOn');
  });
});
