import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './load.ts';
import { translate } from './translate/translate.ts';

const SMALL = `version: 1
tasks:
  - name: a
    command: make
`;

const LARGE = `# a comment
version: 1
name: framework-run
base: main
max_parallel: 4
on_failure: no-new
defaults: { timeout: 30m, retries: 1, env: { CI: "1" } }
env: &env
  REGION: eu
  STAGE: \${{ inputs.stage }}
env_from: [LANG]
inputs: { stage: test, count: 3 }
vars: { TEAM: red }
worktrees: { link: [node_modules], setup: npm ci, setup_timeout: 5m }
on_finish: ./notify.sh
tasks:
  - name: db-schema
    command: >-
      ./agent.sh
      "docs/tasks/db.md"
    outputs: [url]
    mutex: database
    retry_on: [75, timeout]
  - name: api
    depends_on: [db-schema]
    if: needs.db-schema.outputs.url != '' && vars.TEAM == 'red'
    env: *env
    secrets: [TOKEN]
    command: |
      npm ci
      npm run api
    verify: npm test
    expect: ["src/{api,db}/**"]
    sandbox: host
  - name: web
    depends_on: [api, db-schema]
    matrix: { shard: [1, 2], include: [{ shard: 3, slow: true }] }
    fail_fast: false
    continue_on_error: \${{ matrix.slow == true }}
    command: npm run web -- $SHARD
    artifacts: ["dist/**"]
`;

/** One way of doing damage to a text, steered by two numbers. */
type Damage = (text: string, where: number, what: number) => string;

const FRAGMENTS = [
  '[',
  ']',
  '{',
  '}',
  ':',
  '- ',
  '? ',
  '"',
  "'",
  '|',
  '>',
  '&x ',
  '*x',
  '!!int ',
  '\t',
  '#',
  '%',
  '@',
  '`',
  '---\n',
  '...\n',
  '\0',
  '\u001b[31m',
  '\u202e',
  '\ud800',
  '${{',
  '}}',
  '<<: ',
  '__proto__: ',
  '~',
  '.nan',
  '1e999',
  '0x',
  '-',
  ',',
  '\r',
  '\u2028',
  '💥',
];
const VALUES = [
  '',
  'null',
  'true',
  '-1',
  '0',
  '1e400',
  '[]',
  '{}',
  '[[[]]]',
  '{ a: { b: { c: [1] } } }',
  '"${{"',
  '${{ needs.x.outputs.y }}',
  '*env',
  '&a [*a]',
  '9'.repeat(400),
  'x'.repeat(5000),
  '!!binary aGk=',
  '"\\u0000"',
  '../..',
  "''",
];

function pick<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

function onLines(change: (lines: string[], at: number, what: number) => void): Damage {
  return (text, where, what) => {
    const lines = text.split('\n');
    change(lines, where % lines.length, what);
    return lines.join('\n');
  };
}

const DAMAGE: Readonly<Record<string, Damage>> = {
  drop: onLines((lines, at) => void lines.splice(at, 1)),
  duplicate: onLines((lines, at) => void lines.splice(at, 0, lines[at] ?? '')),
  move: onLines((lines, at, what) => void lines.splice(what % lines.length, 0, ...lines.splice(at, 1))),
  indent: onLines((lines, at, what) => void lines.splice(at, 1, ' '.repeat(what % 9) + (lines[at] ?? ''))),
  misspell: onLines((lines, at) => void lines.splice(at, 1, (lines[at] ?? '').replace(/(\w)(\w)(?=\w*:)/, '$2$1'))),
  value: onLines(
    (lines, at, what) =>
      void lines.splice(
        at,
        1,
        (lines[at] ?? '').replace(/: .*/, () => `: ${pick(VALUES, what)}`),
      ),
  ),
  insert: (text, where, what) => {
    const at = where % text.length;
    return text.slice(0, at) + pick(FRAGMENTS, what) + text.slice(at);
  },
  garble: (text, where, what) => {
    const at = where % text.length;
    return text.slice(0, at) + String.fromCharCode(what) + text.slice(at + 1);
  },
  cut: (text, where) => text.slice(0, where % text.length),
  nest: (text, where, what) => {
    const at = where % text.length;
    return text.slice(0, at) + pick(['[', '{a: ', '- ', '? ', '&a [', '('], what).repeat(2000) + text.slice(at);
  },
  repeat: (text, where, what) => text + text.slice(where % text.length).repeat(what % 200),
};

const damaged = fc
  .record({
    text: fc.constantFrom(SMALL, LARGE),
    damage: fc.array(fc.tuple(fc.constantFrom(...Object.keys(DAMAGE)), fc.nat(100_000), fc.nat(0xffff)), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ text, damage }) => applyDamage(text, damage));

function applyDamage(text: string, damage: readonly (readonly [string, number, number])[]): string {
  let result = text;
  for (const [name, where, what] of damage) {
    if (result !== '') result = DAMAGE[name]?.(result, where, what) ?? result;
  }
  return result;
}

/** Loads, translates what loads, and holds every diagnostic to what a reader of it may expect. */
function survive(text: string): 'refused' | 'loaded' {
  const { result, diagnostics } = loadConfig({ file: 'o.yaml', text, root: '/nonexistent' });
  for (const { message, code, at } of diagnostics) {
    expect(code).toMatch(/^[a-z-]+$/);
    expect(message.length).toBeGreaterThan(5);
    expect(message).not.toMatch(/undefined|\[object|NaN must|must NOT|must match pattern/);
    const range = at?.range;
    if (range === undefined) continue;
    expect(range.start.line).toBeGreaterThan(0);
    expect(range.start.column).toBeGreaterThan(0);
    expect(range.end.line * 1e7 + range.end.column).toBeGreaterThanOrEqual(range.start.line * 1e7 + range.start.column);
  }
  expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(!result.ok);
  if (result.ok) translate(result.value);
  return result.ok ? 'loaded' : 'refused';
}

/** Of the processor: what else the machine does must not fail a test. */
function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

describe('damaged files', () => {
  it('the undamaged ones are good', () => {
    for (const text of [SMALL, LARGE]) {
      expect(loadConfig({ file: 'o.yaml', text, root: '/nonexistent' }).diagnostics).toEqual([]);
    }
  });

  it('end in diagnostics, within a second each', () => {
    const seen = { refused: 0, loaded: 0 };
    let slowest = 0;
    fc.assert(
      fc.property(damaged, (text: string) => {
        const before = process.cpuUsage();
        seen[survive(text)]++;
        slowest = Math.max(slowest, secondsSince(before));
      }),
      { numRuns: 240, seed: 1 },
    );
    expect(seen.refused).toBeGreaterThan(200);
    expect(slowest).toBeLessThan(1);
  });

  it('random bytes are no file', () => {
    const seen = { refused: 0, loaded: 0 };
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        (bytes) => void seen[survive(Buffer.from(bytes).toString('latin1'))]++,
      ),
      { numRuns: 200, seed: 1 },
    );
    expect(seen).toEqual({ refused: 200, loaded: 0 });
  });
});

describe('files made to be slow', () => {
  const tasks = (count: number, make: (index: number) => string): string =>
    `version: 1\ntasks:\n${Array.from({ length: count }, (_, index) => `  - ${make(index)}\n`).join('')}`;

  it.each([
    ['unknown names everywhere', tasks(2000, (i) => `{ name: task-${i}, command: x, depends_on: [tusk-${i}x] }`)],
    ['one great circle', tasks(3000, (i) => `{ name: t${i}, command: x, depends_on: [t${(i + 1) % 3000}] }`)],
    [
      'long names',
      tasks(
        2,
        (i) =>
          `{ name: ${(i === 0 ? 'a' : 'b').repeat(400_000)}, command: x, depends_on: [${'c'.repeat(400_000 - i)}] }`,
      ),
    ],
    [
      'shared expressions',
      `env: { ${Array.from({ length: 300 }, (_, i) => `A${i}: "\${{ needs.x${i}.result }}"`).join()} }\n${tasks(2000, (i) => `{ name: t${i}, command: x }`)}`,
    ],
    ['a long command with braces', tasks(1, () => `{ name: a, command: "${'${{ '.repeat(20_000)}" }`)],
    [
      'a long list of patterns',
      tasks(1, () => `{ name: a, command: x, expect: [${'"[[[[[[[[[[[[[[[[{{{{{{{{",'.repeat(10_000)}] }`),
    ],
    ['many keys', `version: 1\n${Array.from({ length: 20_000 }, (_, i) => `key${i}: 1\n`).join('')}`],
    [
      'an expression of great depth',
      tasks(1, () => `{ name: a, command: x, if: "${'('.repeat(9000)}1${')'.repeat(9000)}" }`),
    ],
  ])('%s', (_title, text) => {
    const before = process.cpuUsage();
    survive(text);
    expect(secondsSince(before)).toBeLessThan(3);
  });
});
