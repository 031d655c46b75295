import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { code, prose, shellBlock, table } from './markdown.ts';
import { nastyText } from './testing/nasty-text.ts';

describe('prose', () => {
  test.each([
    ['<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
    ['[a](http://b)', '\\[a\\](http&#58;//b)'],
    ['see www.evil.example', 'see www&#46;evil.example'],
    ['thanks @everyone', 'thanks &#64;everyone'],
    ['a | b', 'a \\| b'],
    ['1. item', '1\\. item'],
    ['version 0.1.0 stays', 'version 0.1.0 stays'],
    ['0.5s', '0.5s'],
    ['- item', '\\- item'],
    ['two\nlines', 'two lines'],
    ['AT&amp;T', 'AT&amp;amp;T'],
    ['# head', '\\# head'],
  ])('%j', (text, expected) => {
    expect(prose(text).markdown).toBe(expected);
  });
});

test.each([
  ['plain', '`plain`'],
  ['a`b', '``a`b``'],
  ['`a`', '`` `a` ``'],
  ['', ''],
  ['a\n`\u001b[0m', '`` a ` ``'],
])('code span of %j', (text, expected) => {
  expect(code(text).markdown).toBe(expected);
});

test('a fence is longer than any in the commands', () => {
  expect(shellBlock(["echo '````'"])).toBe("`````sh\necho '````'\n`````\n");
});

describe('table', () => {
  test('pipes stand under each other, empty columns go', () => {
    expect(
      table(
        ['name', 'none', 'file'],
        [
          ['a', '', code('x|y')],
          ['中文', '', 'b'],
        ],
      ),
    ).toBe(['| name | file   |', '| ---- | ------ |', '| a    | `x\\|y` |', '| 中文 | b      |', ''].join('\n'));
  });

  test('no content adds a row, a column, or a line', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(nastyText, nastyText), { minLength: 1, maxLength: 5 }), (rows) => {
        const lines = table(
          ['a', 'b'],
          [...rows, ['x', 'y']].map(([a, b]) => [prose(a ?? ''), code(b ?? '')]),
        ).split('\n');
        expect(lines).toHaveLength(rows.length + 4);
        for (const line of lines.slice(0, -1)) expect(line.replace(/\\\\/g, '').match(/(?<!\\)\|/g)).toHaveLength(3);
      }),
    );
  });
});
