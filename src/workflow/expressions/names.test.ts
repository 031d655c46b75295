import { describe, expect, test } from 'vitest';
import { parseExpression, type Vocabulary } from './names.ts';

const vocabulary: Vocabulary = {
  contexts: ['github', 'Matrix'],
  functions: [{ name: 'hashFiles', minArgs: 1, maxArgs: 2 }],
};

function faultOf(text: string) {
  const parsed = parseExpression(text, vocabulary);
  return parsed.ok ? undefined : parsed.error;
}

describe('what is accepted', () => {
  test.each([
    '',
    '  ',
    'GITHUB.ref',
    'matrix.os',
    "HASHFILES('a')",
    'github.true.null.NaN',
    "github . ref\n == 'x'",
    "github.ref\u00a0==\u2003'x'",
    "github['a''b'][0].*[1]",
    '!!true && (1 < 2)',
    'format(github.*)',
    "-1 == +1 || .5 != 1e3 || 0x1F == 0o17 || 'x' == -Infinity",
  ])('%j', (text) => {
    expect(faultOf(text)).toBeUndefined();
  });
});

describe('messages', () => {
  test.each([
    ['env.x', 'parsing', "Unrecognized named-value: 'env'", 0],
    ['github.a || Env', 'parsing', "Unrecognized named-value: 'Env'", 12],
    ['True', 'parsing', "Unrecognized named-value: 'True'", 0],
    ['__proto__', 'parsing', "Unrecognized named-value: '__proto__'", 0],
    ['success()', 'parsing', "Unrecognized function: 'success'", 0],
    ['constructor()', 'parsing', "Unrecognized function: 'constructor'", 0],
    ['toString(1)', 'parsing', "Unrecognized function: 'toString'", 0],
    ['hashFiles()', 'parsing', "Too few parameters supplied: 'hashFiles'", 0],
    ["1 == hashFiles('a', 'b', 'c')", 'parsing', "Too many parameters supplied: 'hashFiles'", 5],
    ['contains(1)', 'parsing', "Too few parameters supplied: 'contains'", 0],
    ['toJSON(1, 2)', 'parsing', "Too many parameters supplied: 'toJSON'", 0],
    ['case(true, 1)', 'parsing', "Too few parameters supplied: 'case'", 0],
    ['format(1,)', 'parsing', "Unexpected symbol: ')'", 9],
    ['format(,1)', 'parsing', "Unexpected symbol: ','", 7],
    ['1 2', 'parsing', "Unexpected symbol: '2'", 2],
    ["'a'[0]", 'parsing', "Unexpected symbol: '['", 3],
    ["'it''s' 'x'", 'parsing', "Unexpected symbol: ''x''", 8],
    ['(1', 'parsing', "Unexpected end of expression: '1'", 1],
    ['format(1', 'parsing', "Unexpected end of expression: '1'", 7],
    ['github[0', 'parsing', "Unexpected end of expression: '0'", 7],
    ['github.', 'parsing', "Unexpected end of expression: '.'", 6],
    ['1 ==', 'parsing', "Unexpected end of expression: '=='", 2],
    ['"x"', 'lexing', `Unexpected symbol: '"x"'`, 0],
    ["'open", 'lexing', "Unexpected symbol: ''open'", 0],
    ['1 + 1', 'lexing', "Unexpected symbol: '+'", 2],
    ['github.a = 1', 'lexing', "Unexpected symbol: '='", 9],
    ['0b11', 'lexing', "Unexpected symbol: '0b11'", 0],
    ['0x1FFFFFFFF', 'lexing', "Unexpected symbol: '0x1FFFFFFFF'", 0],
    ["'a\n' == 'b\nc' && env", 'parsing', "Unrecognized named-value: 'env'", 17],
  ])('%s', (text, kind, problem, position) => {
    const message = `${problem}. Located at position ${position + 1} within expression: ${text}`;
    expect(faultOf(text)).toEqual({ kind, message, position });
  });
});

describe('limits', () => {
  test('21,000 characters', () => {
    expect(faultOf(`'${'x'.repeat(20_998)}'`)).toBeUndefined();
    expect(faultOf(`'${'x'.repeat(20_999)}'`)?.message).toBe('Exceeded max expression length 21000');
  });

  test.each([
    ['negations', (n: number) => `${'!'.repeat(n)}true`],
    ['properties', (n: number) => `github${'.a'.repeat(n)}`],
    ['calls', (n: number) => `${'tojson('.repeat(n)}1${')'.repeat(n)}`],
    ['comparisons, which are not nested in the text', (n: number) => `1${' == 1'.repeat(n)}`],
  ])('50 levels of %s', (_, make) => {
    expect(faultOf(make(49))).toBeUndefined();
    for (const levels of [50, 4000]) expect(faultOf(make(levels))?.message).toMatch(/^Exceeded max expression/);
  });

  test('a long chain of one operator is one level, also over parentheses', () => {
    expect(faultOf(`1${' && 1'.repeat(3000)}`)).toBeUndefined();
    expect(faultOf(`${'('.repeat(40)}1${' || 1)'.repeat(40)}`)).toBeUndefined();
  });

  test('a message that quotes a long text is cut', () => {
    expect(faultOf(`env && ${"'x' && ".repeat(2000)} 1`)?.message).toHaveLength(500);
  });

  test('no more arguments than 255, for case as well', () => {
    expect(faultOf(`case(${'true, 1, '.repeat(127)}0)`)).toBeUndefined();
    expect(faultOf(`case(${'true, 1, '.repeat(128)}0)`)?.message).toMatch(/^Too many parameters supplied: 'case'/);
  });
});

test('an even number of arguments for case', () => {
  expect(faultOf('case(true, 1, false, 2)')?.message).toBe(
    "Even number of parameters supplied, requires an odd number of parameters: 'case'. " +
      'Located at position 1 within expression: case(true, 1, false, 2)',
  );
});
