import { describe, expect, it } from 'vitest';
import { parseOutputs, pickDeclared } from './outputs.ts';

describe('parseOutputs', () => {
  const good: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['nothing', '', {}],
    ['empty lines', '\n\n', {}],
    ['a pair', 'a=1', { a: '1' }],
    ['several pairs', 'a=1\nb=2\n', { a: '1', b: '2' }],
    ['the first = only', 'a=b=c', { a: 'b=c' }],
    ['an empty value', 'a=', { a: '' }],
    ['no trimming', ' a = 1 ', { ' a ': ' 1 ' }],
    ['a carriage return, which stays', 'a=1\r\n', { a: '1\r' }],
    ['<< behind the =', 'a=x<<EOF', { a: 'x<<EOF' }],
    ['a heredoc', 'a<<EOF\none\ntwo\nEOF\n', { a: 'one\ntwo' }],
    ['a heredoc without a last newline', 'a<<EOF\none\nEOF', { a: 'one' }],
    ['an empty heredoc', 'a<<EOF\nEOF\n', { a: '' }],
    ['a heredoc of an empty line', 'a<<EOF\n\nEOF\n', { a: '' }],
    ['pairs within a heredoc, which are text', 'a<<EOF\nb=2\nEOF\nc=3', { a: 'b=2', c: '3' }],
    ['a delimiter that is part of a line', 'a<<E\nE \n E\nE\n', { a: 'E \n E' }],
    ['a delimiter with =', 'a<<=E\nx\n=E', { a: 'x' }],
    ['carriage returns after both delimiters', 'a<<E\r\nx\r\nE\r\n', { a: 'x\r' }],
    ['the last of a name', 'a=1\na=2', { a: '2' }],
    ['a byte order mark', '\uFEFFa=1', { a: '1' }],
    ['names that every object has', '__proto__=1\nconstructor=2', { ['__proto__']: '1', constructor: '2' }],
  ];
  it.each(good)('reads %s', (_, text, expected) => {
    const { pairs, fault } = parseOutputs(text);
    expect(fault).toBeUndefined();
    expect(Object.fromEntries(pairs.map(({ name, value }) => [name, value]))).toEqual(expected);
  });

  const bad: readonly (readonly [string, string, string])[] = [
    ['a line without either', 'hello', 'line 1 is neither name=value nor name<<DELIMITER'],
    ['an empty name', 'ok=1\n=v', 'line 2 is neither name=value nor name<<DELIMITER'],
    ['a heredoc without a name', '<<EOF\nx\nEOF', 'line 1 needs a name before << and a delimiter after it'],
    ['a heredoc without a delimiter', 'a<<\nx', 'line 1 needs a name before << and a delimiter after it'],
    ['a heredoc that never ends', 'a<<EOF\nx\n', 'the delimiter that line 1 names never comes on a line of its own'],
    ['a delimiter behind text', 'a<<EOF\nxEOF', 'the delimiter that line 1 names never comes on a line of its own'],
    [
      'a delimiter with a space',
      '\na<<EOF\nx\nEOF ',
      'the delimiter that line 2 names never comes on a line of its own',
    ],
  ];
  it.each(bad)('finds fault with %s', (_, text, fault) => expect(parseOutputs(text).fault).toBe(fault));

  it('keeps the pairs before a fault', () => {
    expect(parseOutputs('a=1\nrubbish\nb=2').pairs).toEqual([{ name: 'a', value: '1' }]);
  });

  it('reads a mebibyte of heredocs without going over it again and again', () => {
    const text = 'a<<E\nx\nE\n'.repeat(100_000);
    expect(parseOutputs(text).pairs).toHaveLength(100_000);
  });
});

describe('pickDeclared', () => {
  it('takes the declared ones under their declared names, the last of each', () => {
    const pairs = [
      { name: 'VERSION', value: '1' },
      { name: 'other', value: 'x' },
      { name: 'version', value: '2' },
    ];
    expect(pickDeclared(pairs, ['Version', 'never'])).toEqual({ values: { Version: '2' }, undeclared: ['other'] });
  });
});
