import { describe, expect, it } from 'vitest';
import { err, ok } from '../../shared/result.ts';
import { createCommandReader } from './command-reader.ts';
import type { CommandEffect } from './effects.ts';
import { createMatcherRegistry } from './matcher-registry.ts';
import { parseProblemMatchers } from './problem-matcher.ts';

function declare(...matchers: readonly object[]): Uint8Array {
  return Buffer.from(JSON.stringify({ problemMatcher: matchers }));
}

const GCC = {
  owner: 'gcc',
  pattern: [
    {
      regexp: '^(.+):(\\d+):(\\d+): (error|warning|remark): (.*)$',
      file: 1,
      line: 2,
      column: 3,
      severity: 4,
      message: 5,
    },
  ],
};
const ESLINT = {
  owner: 'eslint-stylish',
  pattern: [
    { regexp: '^([^\\s].*)$', file: 1 },
    {
      regexp: '^\\s+(\\d+):(\\d+)\\s+(error|warning)\\s+(.*?)\\s\\s+(.*)$',
      line: 1,
      column: 2,
      severity: 3,
      message: 4,
      code: 5,
      loop: true,
    },
  ],
};

function reader(files: Readonly<Record<string, Uint8Array>>, matchLimit?: number) {
  const matchers = createMatcherRegistry();
  const step = () =>
    createCommandReader({
      env: {},
      echo: false,
      workspace: '/w',
      platform: 'linux',
      matchers,
      readFile: (path) => (Object.hasOwn(files, path) ? ok(files[path] ?? new Uint8Array()) : err(`no ${path}`)),
      repositoryFile: (path) =>
        path.startsWith('/w/') ? { file: path.slice(3) } : { dropped: `Dropping file value '${path}'.` },
      ...(matchLimit === undefined ? {} : { matchLimit }),
    }).open();
  return { matchers, step };
}

function problems(matcher: object, lines: readonly string[]): readonly unknown[] {
  const effects = reader({ '/w/m.json': declare(matcher) })
    .step()
    .read(['::add-matcher::m.json', ...lines])
    .slice(1);
  return effects.map(brief);
}

function brief(effect: CommandEffect): unknown {
  if (effect.type === 'annotation') return { ...effect.annotation };
  return effect.type === 'output' ? `> ${effect.line}` : effect.type === 'debug' ? `debug ${effect.message}` : effect;
}

// 3.9
describe('matches', () => {
  const simple = (extra: object = {}) => ({
    owner: 'o',
    pattern: [{ regexp: '^E (\\S*) (\\S*) (.*)$', severity: 1, line: 2, message: 3 }],
    ...extra,
  });
  it.each<readonly [string, object, readonly string[], readonly unknown[]]>([
    ['default severity', simple(), ['E  7 m'], [{ level: 'error', message: 'm', line: 7 }]],
    [
      'default severity of the matcher',
      simple({ severity: 'Notice' }),
      ['E  7 m'],
      [{ level: 'notice', message: 'm', line: 7 }],
    ],
    [
      'severity of the line',
      simple({ severity: 'notice' }),
      ['E WARNING 7 m'],
      [{ level: 'warning', message: 'm', line: 7 }],
    ],
    [
      'unknown severity',
      simple(),
      ['E fatal 7 m'],
      [
        "debug Skipped logging an issue for the matched line because the severity 'fatal' is not supported.",
        '> E fatal 7 m',
      ],
    ],
    [
      'no message',
      simple(),
      ['E error 7  '],
      ['debug Skipping logging an issue for the matched line because the message is empty.', '> E error 7  '],
    ],
    [
      'no number',
      simple(),
      ['E error -7 m'],
      ["debug Unable to parse line number '-7'", { level: 'error', message: 'm' }],
    ],
    [
      'a number too large',
      simple(),
      ['E error 99999999999 m'],
      ["debug Unable to parse line number '99999999999'", { level: 'error', message: 'm' }],
    ],
    ['colours', simple(), ['\u001b[31mE\u001b[0m error 7 m'], [{ level: 'error', message: 'm', line: 7 }]],
    [
      'a file elsewhere',
      GCC,
      ['/usr/x.h:1:2: error: m'],
      ["debug Dropping file value '/usr/x.h'.", { level: 'error', message: 'm', line: 1, column: 2 }],
    ],
    [
      'a loop',
      ESLINT,
      ['a.js', '  1:2  error  No x  no-x', '  3:4  warning  No y  no-y ', '', '  5:6  error  No z  no-z'],
      [
        '> a.js',
        { level: 'error', message: 'No x', file: 'a.js', line: 1, column: 2, code: 'no-x' },
        { level: 'warning', message: 'No y', file: 'a.js', line: 3, column: 4, code: 'no-y' },
        '> ',
        '>   5:6  error  No z  no-z',
      ],
    ],
    [
      'three patterns, the first may begin again',
      {
        owner: 'o',
        pattern: [
          { regexp: '^F (.*)', file: 1 },
          { regexp: '^L (.*)|^F', line: 1 },
          { regexp: '^M (.*)', message: 1 },
        ],
      },
      ['F a', 'F b', 'L 4', 'M m'],
      ['> F a', '> F b', '> L 4', { level: 'error', message: 'm', file: 'b', line: 4 }],
    ],
    [
      'no loop: once',
      {
        owner: 'o',
        pattern: [
          { regexp: '^F (.*)', file: 1 },
          { regexp: '^M (.*)', message: 1 },
        ],
      },
      ['F a', 'M m', 'M n'],
      ['> F a', { level: 'error', message: 'm', file: 'a' }, '> M n'],
    ],
    [
      'file relative to a project',
      { owner: 'o', pattern: [{ regexp: '^(.*)\\((.*)\\): (.*)$', file: 1, fromPath: 2, message: 3 }] },
      ['b.cs(/w/p/p.csproj): m'],
      [{ level: 'error', message: 'm', file: 'p/b.cs' }],
    ],
    [
      "file relative to the matcher's project",
      { owner: 'o', fromPath: 'sub/x.sln', pattern: [{ regexp: '^(.*): (.*)$', file: 1, message: 2 }] },
      ['b.cs: m', '/w/c.cs: n'],
      [
        { level: 'error', message: 'm', file: 'sub/b.cs' },
        { level: 'error', message: 'n', file: 'c.cs' },
      ],
    ],
  ])('%s', (_, matcher, lines, effects) => {
    expect(problems(matcher, lines)).toEqual(effects);
  });

  it('show the line without its colours', () => {
    const { step } = reader({ '/w/m.json': declare(GCC) });
    const effects = step().read(['::add-matcher::m.json', '\u001b[1ma.c\u001b[0m:1:2: error: m']);
    expect(effects.at(-1)).toMatchObject({ line: '##[error]a.c:1:2: error: m' });
  });
});

describe('matchers of a job', () => {
  const said = (owner: string, text: string) => ({
    owner,
    pattern: [{ regexp: `^(x)(y)?$`, code: 0, message: 1 }],
    severity: text,
  });

  it('stay for the steps behind, newest first, one of an owner', () => {
    const { step, matchers } = reader({
      '/w/1.json': declare(said('a', 'error')),
      '/w/2.json': declare(said('b', 'warning'), said('A', 'notice')),
    });
    step().read(['::add-matcher::1.json', '::add-matcher::/w/2.json']);
    expect(matchers.list().map(({ owner }) => owner)).toEqual(['A', 'b']);
    expect(step().read(['x']).map(brief)).toEqual([{ level: 'notice', message: 'x', code: 'x' }]);
  });

  it.each(['::remove-matcher owner=EsLint-stylish::', '::remove-matcher::m.json'])('go by %s', (line) => {
    const { step, matchers } = reader({ '/w/m.json': declare(ESLINT) });
    const effects = step().read(['::add-matcher::m.json', line]);
    expect(matchers.list()).toEqual([]);
    expect(effects.map(({ type }) => type)).toEqual(['debug', 'debug']);
  });

  it.each<readonly [string, string]>([
    ['::add-matcher::', 'File path must be specified.'],
    ['::remove-matcher::', 'Either an owner name or a file path must be specified in ##[remove-matcher] command.'],
    [
      '::remove-matcher owner=a::b.json',
      'Either specify an owner name or a file path in ##[remove-matcher] command. Both values cannot be set.',
    ],
  ])('warn of %s', (line, message) => {
    expect(reader({}).step().read([line]).map(brief)).toEqual([{ level: 'warning', message }]);
  });

  it('a match resets the others', () => {
    const { step } = reader({ '/w/m.json': declare(ESLINT, GCC) });
    const stream = step();
    stream.read(['::add-matcher::m.json', 'a.js', 'a.c:1:2: error: m']);
    expect(stream.read(['  1:2  error  No x  no-x']).map(brief)).toEqual(['>   1:2  error  No x  no-x']);
  });

  it('each stream has its own half-matched problems', () => {
    const { step } = reader({ '/w/m.json': declare(ESLINT) });
    step().read(['::add-matcher::m.json', 'a.js']);
    expect(step().read(['  1:2  error  No x  no-x']).map(brief)).toEqual(['>   1:2  error  No x  no-x']);
  });

  it('a problem may stand in lines that come apart', () => {
    const { step } = reader({ '/w/m.json': declare(ESLINT) });
    const stream = step();
    stream.read(['::add-matcher::m.json', 'a.js']);
    expect(stream.read(['  1:2  error  No x  no-x']).map(brief)).toMatchObject([{ message: 'No x', file: 'a.js' }]);
  });

  it('a file that cannot be read fails the step', () => {
    expect(reader({}).step().read(['::add-matcher::m.json']).map(brief).slice(1)).toMatchObject([
      { level: 'error', message: 'no /w/m.json' },
      { type: 'failed' },
    ]);
  });
});

describe('a pattern that never ends', () => {
  const slow = { owner: 'slow', pattern: [{ regexp: '^(a+)+$', message: 1 }] };
  const trap = `${'a'.repeat(60)}!`;

  it('goes after three strikes; lines before and behind it are matched', () => {
    const { step, matchers } = reader({ '/w/m.json': declare(slow, GCC) }, 20);
    const effects = step().read(['::add-matcher::m.json', 'aaa', trap, 'a.c:1:2: error: m', 'aaa']);
    expect(effects.slice(1).map(brief)).toEqual([
      { level: 'error', message: 'aaa' },
      {
        level: 'warning',
        message: "Removing issue matcher 'slow'. Matcher failed 3 times. Error: a pattern takes too long",
      },
      `> ${trap}`,
      { level: 'error', message: 'm', file: 'a.c', line: 1, column: 2 },
      '> aaa',
    ]);
    expect(matchers.list().map(({ owner }) => owner)).toEqual(['gcc']);
  });

  it('many quick lines are not slow', () => {
    const { step, matchers } = reader({ '/w/m.json': declare(GCC) }, 20);
    const lines = Array.from(
      { length: 20_000 },
      (_, i) => `src/file.c:${i}:1: note: ${'nothing to see here '.repeat(20)}`,
    );
    expect(step().read(['::add-matcher::m.json', ...lines])).toHaveLength(20_001);
    expect(matchers.list()).toHaveLength(1);
  });
});

it.each<readonly [string, unknown, string]>([
  ['not JSON', '{', 'The problem matcher file is not JSON: '],
  ['not an object', [], 'The problem matcher file must hold an object'],
  ['not a list', { problemMatcher: {} }, "'problemMatcher' must be a list"],
  ['not a matcher', { problemMatcher: ['x'] }, 'A problem matcher must be an object'],
  ['no owner', { problemMatcher: [{ ...GCC, owner: '' }] }, 'Owner must not be empty'],
  ['an owner twice', { problemMatcher: [GCC, { ...GCC, owner: 'GCC' }] }, "Duplicate owner name 'GCC'"],
  [
    'severity',
    { problemMatcher: [{ ...GCC, severity: 'fatal' }] },
    "Matcher 'gcc' contains unexpected default severity 'fatal'",
  ],
  ['no patterns', { problemMatcher: [{ owner: 'a', pattern: [] }] }, "Matcher 'a' does not contain any patterns"],
  ['a pattern that is none', { problemMatcher: [{ owner: 'a', pattern: [1] }] }, 'A pattern must be an object'],
  [
    'a regexp that is none',
    { problemMatcher: [{ owner: 'a', pattern: [{ regexp: '(', message: 1 }] }] },
    'Invalid regular expression: /(/',
  ],
  [
    'no message',
    { problemMatcher: [{ owner: 'a', pattern: [{ regexp: 'x', file: 0 }] }] },
    "At least one pattern must set 'message'",
  ],
  [
    'out of range',
    { problemMatcher: [{ owner: 'a', pattern: [{ regexp: '(x)', message: 2 }] }] },
    "The property 'message' is set to 2 which is out of range",
  ],
  [
    'no number',
    { problemMatcher: [{ owner: 'a', pattern: [{ regexp: '(x)', message: 'x' }] }] },
    "The property 'message' must be a number",
  ],
  [
    'set twice',
    {
      problemMatcher: [
        {
          owner: 'a',
          pattern: [
            { regexp: '(x)', message: 1 },
            { regexp: '(x)', message: 1 },
          ],
        },
      ],
    },
    "The property 'message' is set twice",
  ],
  [
    'loop not last',
    { problemMatcher: [{ owner: 'a', pattern: [{ regexp: '(x)', message: 1, loop: true }] }] },
    "Only the last pattern in a multiline matcher may set 'loop'",
  ],
  [
    'loop without a message',
    {
      problemMatcher: [
        {
          owner: 'a',
          pattern: [
            { regexp: '(x)', message: 1 },
            { regexp: 'y', loop: true },
          ],
        },
      ],
    },
    "The loop pattern must set 'message'",
  ],
])('refuses %s', (_, content, message) => {
  const result = parseProblemMatchers(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)));
  expect(result.ok ? 'accepted' : result.error).toContain(message);
});

it.each<readonly [string, unknown]>([
  ['nothing', {}],
  ['null', { problemMatcher: null }],
  ['a byte order mark', undefined],
])('accepts %s', (_, content) => {
  const text = content === undefined ? '\uFEFF{"problemMatcher": []}' : JSON.stringify(content);
  expect(parseProblemMatchers(Buffer.from(text))).toEqual(ok([]));
});

it('takes groups written as text', () => {
  const result = parseProblemMatchers(declare({ owner: 'a', pattern: [{ regexp: '(x)', message: '1' }] }));
  expect(result.ok && result.value[0]?.patterns[0]?.message).toBe(1);
});
