import { expect, it } from 'vitest';
import { addBlock } from './add-block.ts';

const BLOCK = { key: 'review', text: '# How.\nreview:\n  command: r\n' };

it.each([
  ['after a blank line', 'version: 1\n', 'version: 1\n\n# How.\nreview:\n  command: r\n'],
  ['after a last line that does not end', 'a: 1', 'a: 1\n\n# How.\nreview:\n  command: r\n'],
  [
    'after comments, whatever they look like',
    '# x\na:   [ 1 ]  # y\n\n\n# review: z\n',
    '# x\na:   [ 1 ]  # y\n\n\n# review: z\n\n# How.\nreview:\n  command: r\n',
  ],
  [
    'with the line ends of the file',
    'a: 1\r\nb: |\r\n  x\r\n',
    'a: 1\r\nb: |\r\n  x\r\n\r\n# How.\r\nreview:\r\n  command: r\r\n',
  ],
  ['indented as the file is', '  a: 1\n  b: 2\n', '  a: 1\n  b: 2\n\n  # How.\n  review:\n    command: r\n'],
  [
    'after a mark of byte order and a directive',
    '\uFEFF%YAML 1.2\n---\na: 1\n',
    '\uFEFF%YAML 1.2\n---\na: 1\n\n# How.\nreview:\n  command: r\n',
  ],
  [
    'without the blank line that a text would take for its own',
    'a: |+\n  x\n',
    'a: |+\n  x\n# How.\nreview:\n  command: r\n',
  ],
])('adds %s', (_what, text, expected) => {
  expect(addBlock(text, BLOCK)).toEqual({ ok: true, value: expected });
});

it('leaves a file alone that has the key, in whatever form', () => {
  for (const text of ['review: {}\n', 'a: 1\n"review" : 1\n', '? review\n: x\n'])
    expect([text, addBlock(text, BLOCK)]).toEqual([text, { ok: false, error: { kind: 'there' } }]);
});

it.each([
  ['', 'it is not made of lines of the form key: value'],
  ['# nothing but a comment\n', 'it is not made of lines of the form key: value'],
  ['{ a: 1 }\n', 'it is not made of lines of the form key: value'],
  ['- a\n', 'it is not made of lines of the form key: value'],
  ['a: [\n', 'it is no YAML that can be read; see orch validate'],
  ['a: 1\n---\nb: 1\n', 'it is no YAML that can be read; see orch validate'],
  ['a: 1\n...\n', 'it ends in a way that nothing can be added to'],
  [`a: ${'['.repeat(300)}\n`, 'it is too large'],
])('says why nothing can be added to %j', (text, why) => {
  expect(addBlock(text, BLOCK)).toEqual({ ok: false, error: { kind: 'unfit', why } });
});
