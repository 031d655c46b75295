import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMAND_FILES, type CommandFile, readCommandFile } from './command-files.ts';
import { type CommandEffect, createAnnotationLimit } from './effects.ts';

function read(name: CommandFile, text: string | Uint8Array, platform: NodeJS.Platform = 'linux'): readonly unknown[] {
  const bytes = Buffer.from(text);
  return readCommandFile(name, { size: bytes.length, bytes }, platform);
}

function errorLine(message: string): unknown {
  return { type: 'annotation', annotation: { level: 'error', message }, line: `##[error]${message}` };
}

function failure(name: string, detail: string): readonly unknown[] {
  const what = `Unable to process file command '${name}' successfully`;
  return [errorLine(`${what}.`), errorLine(detail), { type: 'failed', message: `${what}: ${detail}` }];
}

// 3.2, file by file.
it.each<readonly [string, CommandFile, string, readonly unknown[]]>([
  ['a variable', 'env', 'A=b\n', [{ type: 'set-env', name: 'A', value: 'b' }]],
  [
    'a runner name',
    'env',
    'GITHUB_SHA=x\nCI=',
    [
      { type: 'set-env', name: 'GITHUB_SHA', value: 'x' },
      { type: 'set-env', name: 'CI', value: '' },
    ],
  ],
  [
    'NODE_OPTIONS is passed over',
    'env',
    'Node_Options=-r x\nA=b',
    [
      errorLine(`Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.`),
      { type: 'set-env', name: 'A', value: 'b' },
    ],
  ],
  [
    'a mistake behind a variable',
    'env',
    'A=b\noops\nC=d',
    [{ type: 'set-env', name: 'A', value: 'b' }, ...failure('env', `Invalid format 'oops'`)],
  ],
  ['an output', 'output', 'a=b', [{ type: 'set-output', name: 'a', value: 'b' }]],
  [
    'an output without a name',
    'output',
    'a=b\n=v\nc=d',
    [{ type: 'set-output', name: 'a', value: 'b' }, ...failure('output', `Value cannot be null. (Parameter 'name')`)],
  ],
  ['state', 'state', 'isPost=true', [{ type: 'save-state', name: 'isPost', value: 'true' }]],
  [
    'paths',
    'path',
    '/a\n\n/b\r\n/c',
    [
      { type: 'add-path', path: '/a' },
      { type: 'add-path', path: '/b' },
      { type: 'add-path', path: '/c' },
    ],
  ],
  ['a summary', 'step_summary', '# Hello\n', [{ type: 'summary', text: '# Hello\n' }]],
  ['no summary', 'step_summary', '', []],
])('%s', (_, name, text, effects) => {
  expect(read(name, text)).toEqual(effects);
});

it("are read in the runner's order", () => {
  expect(COMMAND_FILES.map(({ name, prefix }) => `${name} ${prefix}`)).toEqual([
    'path add_path_',
    'env set_env_',
    'step_summary step_summary_',
    'state save_state_',
    'output set_output_',
  ]);
});

it.each<readonly [number, readonly string[]]>([
  [1024 * 1024, ['summary']],
  [1024 * 1024 + 1, ['annotation']],
])('a summary of %i bytes', (size, types) => {
  const effects = readCommandFile('step_summary', { size, bytes: Buffer.alloc(Math.min(size, 1 << 20), 'x') }, 'linux');
  expect(effects.map(({ type }) => type)).toEqual(types);
});

it('says how large a summary was', () => {
  const [effect] = readCommandFile('step_summary', { size: 3_000_000, bytes: Buffer.alloc(0) }, 'linux');
  expect(effect).toMatchObject({
    line: expect.stringContaining(
      '$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got 2929k.',
    ),
  });
});

it('a file too large to read fails the step', () => {
  const effects = readCommandFile('output', { size: 1e12, bytes: Buffer.from('a=b') }, 'linux');
  expect(effects.at(-1)).toMatchObject({ type: 'failed' });
});

it.each<readonly [string, Uint8Array]>([
  ['UTF-8', Buffer.from('K=é\n')],
  ['UTF-8 with a mark', Buffer.from('\uFEFFK=é\n')],
  ['UTF-16, little endian', Buffer.from('\uFEFFK=é\n', 'utf16le')],
  ['UTF-16, big endian', Buffer.from('\uFEFFK=é\n', 'utf16le').swap16()],
])('%s', (_, bytes) => {
  expect(read('env', bytes)).toEqual([{ type: 'set-env', name: 'K', value: 'é' }]);
});

it('takes any bytes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...COMMAND_FILES), fc.uint8Array(), ({ name }, bytes) => {
      expect(Array.isArray(read(name, bytes))).toBe(true);
    }),
  );
});

describe('annotations kept of a step', () => {
  it('are ten of each level', () => {
    const keep = createAnnotationLimit();
    const kept = Array.from({ length: 25 }, (_, i) =>
      keep({ level: i % 2 === 0 ? 'error' : 'notice', message: `${i}` }),
    );
    expect(kept.map((annotation) => annotation?.message)).toEqual([
      ...Array.from({ length: 20 }, (_, i) => `${i}`),
      ...Array.from({ length: 5 }, () => undefined),
    ]);
  });

  it('have 4096 characters of message', () => {
    const annotation: Extract<CommandEffect, { type: 'annotation' }>['annotation'] = {
      level: 'error',
      message: 'x'.repeat(5000),
      file: 'a',
    };
    expect(createAnnotationLimit()(annotation)).toEqual({ level: 'error', message: 'x'.repeat(4096), file: 'a' });
  });
});
