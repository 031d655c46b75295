import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { err, ok } from '../../shared/result.ts';
import { type CommandReaderOptions, createCommandReader } from './command-reader.ts';
import { createMatcherRegistry } from './matcher-registry.ts';

function settings(changes: Partial<CommandReaderOptions> = {}): CommandReaderOptions {
  return {
    env: {},
    echo: false,
    workspace: '/w',
    platform: 'linux',
    matchers: createMatcherRegistry(),
    readFile: (path) => err(`no ${path}`),
    repositoryFile: (path) => (path.startsWith('/w/') ? { file: path.slice(3) } : { dropped: `no ${path}` }),
    ...changes,
  };
}

/** Effects in short: what matters of each. */
function read(lines: readonly string[], changes: Partial<CommandReaderOptions> = {}): readonly unknown[] {
  return createCommandReader(settings(changes))
    .open()
    .read(lines)
    .map((effect) => {
      switch (effect.type) {
        case 'output':
          return `> ${effect.line}`;
        case 'debug':
          return `debug ${effect.message}`;
        case 'annotation':
          return effect.annotation;
        case 'mask':
          return `mask ${effect.value}`;
        case 'set-env':
        case 'set-output':
        case 'save-state':
          return `${effect.type} ${effect.name}=${effect.value}`;
        case 'add-path':
          return `add-path ${effect.path}`;
        case 'summary':
          return `summary ${effect.text}`;
        case 'failed':
          return 'failed';
      }
      return effect satisfies never;
    });
}

const UNSECURE = { ACTIONS_ALLOW_UNSECURE_COMMANDS: 'True' };
const error = (message: string) => ({ level: 'error', message });
const warning = (message: string) => ({ level: 'warning', message });
const failure = (command: string, why: unknown) => [
  error(`Unable to process command '${command}' successfully.`),
  why,
  'failed',
];
const deprecated = (name: string) =>
  warning(
    `The \`${name}\` command is deprecated and will be disabled soon. Please upgrade to using Environment Files. For more information see: https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/`,
  );
const disabled = (name: string) =>
  error(
    `The \`${name}\` command is disabled. Please upgrade to using Environment Files or opt into unsecure command execution by setting the \`ACTIONS_ALLOW_UNSECURE_COMMANDS\` environment variable to \`true\`. For more information see: https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/`,
  );

// 3.1, the table of commands.
it.each<
  | readonly [string, readonly string[], readonly unknown[]]
  | readonly [string, readonly string[], readonly unknown[], Partial<CommandReaderOptions>]
>([
  ['plain output', ['hello', '', 'a::b'], ['> hello', '> ', '> a::b']],
  ['an unknown command', ['::nothing::x', '##[section]y'], ['> ::nothing::x', '> ##[section]y']],
  ['set-env is disabled', ['::set-env name=A::b'], failure('::set-env name=A::b', disabled('set-env'))],
  ['add-path is disabled', ['::add-path::/p'], failure('::add-path::/p', disabled('add-path'))],
  ['set-env', ['::set-env name=A::b%0Ac'], ['set-env A=b\nc'], { env: UNSECURE }],
  [
    'set-env without a name',
    ['::set-env::b'],
    failure('::set-env::b', error(`Required field 'name' is missing in ##[set-env] command.`)),
    { env: UNSECURE },
  ],
  [
    'set-env of NODE_OPTIONS',
    ['::set-env name=node_options::x'],
    [error(`Can't update NODE_OPTIONS environment variable using ::set-env:: command.`)],
    { env: UNSECURE },
  ],
  ['add-path', ['##[add-path]/p'], ['add-path /p'], { env: UNSECURE }],
  [
    'add-path without a path',
    ['::add-path::'],
    failure('::add-path::', error(`Value cannot be null. (Parameter 'path')`)),
    { env: UNSECURE },
  ],
  ['set-output', ['::set-output name=a::b'], [deprecated('set-output'), 'set-output a=b']],
  [
    'set-output without a name',
    ['::set-output name=::b'],
    failure('::set-output name=::b', error(`Required field 'name' is missing in ##[set-output] command.`)),
  ],
  ['save-state', ['::SAVE-state name=a::b'], [deprecated('save-state'), 'save-state a=b']],
  [
    'save-state without a name',
    ['::save-state::b'],
    failure('::save-state::b', error(`Required field 'name' is missing in ##[save-state] command.`)),
  ],
  ['add-mask', ['::add-mask::hunter2'], ['mask hunter2']],
  ['add-mask of several lines', ['::add-mask::one%0D%0Atwo%0A'], ['mask one\r\ntwo\n', 'mask one', 'mask two']],
  [
    'add-mask of nothing',
    ['::add-mask:: '],
    [warning("Can't add secret mask for empty string in ##[add-mask] command.")],
  ],
  ['add-mask is echoed masked', ['::add-mask::hunter2'], ['> ::add-mask::***', 'mask hunter2'], { echo: true }],
  ['debug', ['::debug::why%0Ahow', '##[debug]x'], ['debug why\nhow', 'debug x']],
  ['group', ['::group::T', 'x', '::endgroup::'], ['> ##[group]T', '> x', '> ##[endgroup]']],
  ['group in the old form', ['##[group]T', '##[endgroup]ignored'], ['> ##[group]T', '> ##[endgroup]']],
  [
    'echo',
    ['::echo::ON', '::group::T', '::echo::off', '::endgroup::'],
    [
      "debug Setting echo command value to 'on'",
      '> ::group::T',
      '> ##[group]T',
      '> ::echo::off',
      "debug Setting echo command value to 'off'",
      '> ##[endgroup]',
    ],
  ],
  ['echo leaves quiet commands alone', ['::debug::x', '::error::y'], ['debug x', error('y')], { echo: true }],
  ['echo of nothing', ['::echo::'], failure('::echo::', error(`Value cannot be null. (Parameter 'value')`))],
  [
    'echo of something else',
    ['::echo::maybe'],
    failure(
      '::echo::maybe',
      error(`Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: 'maybe'.`),
    ),
  ],
  ['internal-set-repo-path', ['##[internal-set-repo-path repoFullName=a/b;workspaceRepo=true]/w'], []],
])('%s', (...row) => {
  const [, lines, effects, changes] = row;
  expect(read(lines, changes)).toEqual(effects);
});

it('a failing command fails the step and the rest goes on', () => {
  expect(read(['::set-output::x', 'more']).slice(-2)).toEqual(['failed', '> more']);
});

describe('notice, warning and error', () => {
  it.each<readonly [string, string, readonly unknown[]]>([
    [
      'all properties',
      '::warning title=T,file=src/a.ts,line=1,endLine=1,col=2,endColumn=3::m',
      [{ level: 'warning', message: 'm', title: 'T', file: 'src/a.ts', line: 1, endLine: 1, column: 2, endColumn: 3 }],
    ],
    ['other properties', '::notice code=1,x=2::m', [{ level: 'notice', message: 'm' }]],
    ['a message of several lines', '::error::a%0Ab', [error('a\nb')]],
    ['no message', '::error::', [error('')]],
    ['a file under the workspace', '::error file=/w/src/a.ts::m', [{ ...error('m'), file: 'src/a.ts' }]],
    ['a file elsewhere', '::error file=/etc/passwd::m', [{ ...error('m'), file: '/etc/passwd' }]],
    ['a neighbour of the workspace', '::error file=/w2/a::m', [{ ...error('m'), file: '/w2/a' }]],
    ['lines that are no numbers', '::error file=a,line=x::m', [{ ...error('m'), file: 'a' }]],
    [
      'end of line alone',
      '::error endLine=3::m',
      [
        `debug Invalid error command value. 'endLine' can only be set if 'line' is provided`,
        { ...error('m'), line: 3, endLine: 3 },
      ],
    ],
    [
      'columns without a line',
      '::error col=3::m',
      [
        `debug Invalid error command value. 'col' and 'endColumn' can only be set if 'line' value is provided.`,
        error('m'),
      ],
    ],
    [
      'end of columns alone',
      '::error line=1,endColumn=3::m',
      [
        `debug Invalid error command value. 'endColumn' can only be set if 'col' is provided`,
        { ...error('m'), line: 1, column: 3, endColumn: 3 },
      ],
    ],
    [
      'columns over several lines',
      '::error line=1,endLine=2,col=3::m',
      [
        `debug Invalid error command value. 'col' and 'endColumn' cannot be set if 'line' and 'endLine' are different values.`,
        { ...error('m'), line: 1, endLine: 2 },
      ],
    ],
    [
      'lines that go back',
      '::error line=3,endLine=2::m',
      [`debug Invalid error command value. 'endLine' cannot be less than 'line'.`, error('m')],
    ],
    [
      'columns that go back',
      '::error line=3,col=3,endColumn=2::m',
      [`debug Invalid error command value. 'endColumn' cannot be less than 'col'.`, { ...error('m'), line: 3 }],
    ],
  ])('%s', (_, line, effects) => {
    expect(read([line])).toEqual(effects);
  });

  it('show their message in the log', () => {
    expect(createCommandReader(settings()).open().read(['::error file=a::m'])).toMatchObject([{ line: '##[error]m' }]);
  });

  it('know Windows paths', () => {
    const changes = { platform: 'win32', workspace: 'D:\\a\\w' } as const;
    expect(read(['::error file=D%3A\\a\\w\\src\\x.c::m'], changes)).toEqual([{ ...error('m'), file: 'src/x.c' }]);
  });
});

describe('stop-commands', () => {
  const stopped = 'debug Paused processing commands until the token is received';
  const waiting = (token: string) =>
    `debug Process commands has been stopped and waiting for '##[${token}]' to resume.`;

  it('stops all but its token', () => {
    expect(read(['::stop-commands::Abcdefg', '::error::x', '::ABCDEFG::', '::debug::y'])).toEqual([
      'mask Abcdefg',
      '> ::stop-commands::Abcdefg',
      stopped,
      waiting('abcdefg'),
      '> ::error::x',
      '> ::ABCDEFG::',
      'debug Resume processing commands',
      'debug y',
    ]);
  });

  it('holds a second stop for text', () => {
    expect(read(['::stop-commands::t', '::stop-commands::u', '::u::', '::t::', '::debug::y']).at(-1)).toBe('debug y');
  });

  it('masks tokens of more than six characters', () => {
    expect(read(['::stop-commands::six666'])[0]).toBe('> ::stop-commands::six666');
  });

  it.each(['', 'pause-logging', 'error', 'Stop-Commands', 'set-env'])('refuses the token %j', (token) => {
    const effects = read([`::stop-commands::${token}`, '::debug::still on']);
    expect(effects.slice(2)).toEqual(['failed', 'debug still on']);
    expect(effects[1]).toMatchObject({
      message: expect.stringMatching(/^You cannot use a endToken that is an empty string/),
    });
  });

  it.each(['true', 'TRUE', '1', '$true'])('takes any token when %s allows it', (value) => {
    const env = { ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS: value };
    expect(read(['::stop-commands::pause-logging', '::debug::x'], { env }).at(-1)).toBe('> ::debug::x');
  });

  it('holds for both streams of a step', () => {
    const reader = createCommandReader(settings());
    reader.open().read(['::stop-commands::token']);
    expect(reader.open().read(['::debug::x']).at(-1)).toEqual({ type: 'output', line: '::debug::x' });
  });
});

it('takes any lines', () => {
  const unit = fc.constantFrom(
    '::',
    'error',
    'add-mask',
    'stop-commands',
    'echo',
    'on',
    ' ',
    'file=',
    '%0A',
    '##[',
    ']',
    'x',
    ',',
  );
  const matchers = createMatcherRegistry();
  fc.assert(
    fc.property(fc.array(fc.string({ unit, maxLength: 12 })), (lines) => {
      const effects = createCommandReader(settings({ matchers, readFile: () => ok(Buffer.from('{}')) }))
        .open()
        .read(lines);
      expect(effects.length).toBeGreaterThanOrEqual(0);
    }),
  );
});
