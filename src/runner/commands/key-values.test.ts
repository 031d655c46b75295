import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type KeyValues, parseKeyValues } from './key-values.ts';

const lf = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

// 3.2: the grammar of ENV, OUTPUT and STATE.
it.each<readonly [string, string, KeyValues['pairs']] | readonly [string, string, KeyValues['pairs'], string]>([
  ['nothing', '', []],
  ['a line', lf('A=b'), [['A', 'b']]],
  ['no end of line', 'A=b', [['A', 'b']]],
  [
    'empty lines',
    lf('', 'A=b', '', '', 'C=d', ''),
    [
      ['A', 'b'],
      ['C', 'd'],
    ],
  ],
  ['an empty value', lf('A='), [['A', '']]],
  ['the first equals sign', lf('A==b=c='), [['A', '=b=c=']]],
  ['nothing is trimmed', lf(' A = b '), [[' A ', ' b ']]],
  ['no name', lf('=v'), [['', 'v']]],
  ['arrows in a value', lf('A=<<B'), [['A', '<<B']]],
  [
    'several lines',
    lf('A<<EOF', 'one', 'two', 'EOF', 'B=c'),
    [
      ['A', 'one\ntwo'],
      ['B', 'c'],
    ],
  ],
  ['an empty value of several lines', lf('A<<EOF', 'EOF'), [['A', '']]],
  ['one empty line', lf('A<<EOF', '', 'EOF'), [['A', '']]],
  ['empty lines inside', lf('A<<EOF', '', 'x', '', 'EOF'), [['A', '\nx\n']]],
  ['a delimiter that starts like an assignment', lf('A<<=EOF', 'x', '=EOF'), [['A', 'x']]],
  ['three arrows', lf('A<<<EOF', 'x', '<EOF'), [['A', 'x']]],
  ['lines that look like others', lf('A<<EOF', 'B=c', 'C<<D', ' EOF', 'EOF '.trim()), [['A', 'B=c\nC<<D\n EOF']]],
  ['the delimiter at the end', 'A<<EOF\nx\nEOF', [['A', 'x']]],
  ['spaces around the delimiter', lf('A << EOF', 'x', ' EOF'), [['A ', 'x']]],
  ['a delimiter with more behind it', lf('A<<EOF', 'EOFx', 'EOF'), [['A', 'EOFx']]],
  ['a return stays in the value', 'A=b\r\n', [['A', 'b\r']]],
  ['a return stays in the delimiter', 'A<<EOF\r\nx\r\nEOF\r\n', [['A', 'x\r']]],
  ['neither', lf('hello'), [], `Invalid format 'hello'`],
  ['a return alone', '\r\n', [], `Invalid format '\r'`],
  [
    'no name before arrows',
    lf('<<X'),
    [],
    `Invalid format '<<X'. Name must not be empty and delimiter must not be empty`,
  ],
  ['no delimiter', lf('A<<'), [], `Invalid format 'A<<'. Name must not be empty and delimiter must not be empty`],
  ['no end', lf('A<<EOF', 'x'), [], `Invalid value. Matching delimiter not found 'EOF'`],
  ['nothing behind it', 'A<<EOF', [], `Invalid value. Matching delimiter not found 'EOF'`],
  ['no line end', 'A<<EOF\nx', [], 'Invalid value. EOF marker missing new line.'],
  [
    'those before a mistake count',
    lf('A=b', 'C=d', 'bad', 'E=f'),
    [
      ['A', 'b'],
      ['C', 'd'],
    ],
    `Invalid format 'bad'`,
  ],
])('%s', (...row) => {
  const [, text, pairs, error] = row;
  expect(parseKeyValues(text, 'linux')).toEqual(error === undefined ? { pairs } : { pairs, error });
});

it.each<readonly [string, string, KeyValues['pairs']]>([
  [
    'both characters',
    'A=b\r\nC=d\r\n',
    [
      ['A', 'b'],
      ['C', 'd'],
    ],
  ],
  [
    'a feed alone',
    'A=b\nC=d\n',
    [
      ['A', 'b'],
      ['C', 'd'],
    ],
  ],
  ['ends inside a value stay', 'A<<EOF\r\nx\r\ny\nz\r\nEOF\r\n', [['A', 'x\r\ny\nz']]],
  ['empty lines', '\r\nA=b\r\n', [['A', 'b']]],
])('on Windows: %s', (_, text, pairs) => {
  expect(parseKeyValues(text, 'win32')).toEqual({ pairs });
});

// 4.5: how @actions/core writes.
it('reads back what @actions/core writes', () => {
  const delimiter = 'ghadelimiter_0f4c8f5e';
  const value = fc.string({ unit: fc.constantFrom('a', '=', '<<', '\n', '\r', 'EOF', ' ') });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.stringMatching(/^[a-z]+$/), value)), (pairs) => {
      const text = pairs.map(([key, v]) => `${key}<<${delimiter}\n${v}\n${delimiter}\n`).join('');
      expect(parseKeyValues(text, 'linux')).toEqual({ pairs });
    }),
  );
});

it('takes any text', () => {
  const unit = fc.constantFrom('A', '=', '<<', '\n', '\r\n', 'EOF');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), fc.constantFrom('linux' as const, 'win32' as const), (text, os) => {
      const { pairs, error } = parseKeyValues(text, os);
      expect(pairs.every(([name]) => text.includes(name))).toBe(true);
      expect(error === undefined || error.startsWith('Invalid ')).toBe(true);
    }),
  );
});
