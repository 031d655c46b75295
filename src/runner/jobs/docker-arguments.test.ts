import { expect, it } from 'vitest';
import { splitArguments } from './docker-arguments.ts';

it.each([
  ['', []],
  [' \t', []],
  ['a  b\tc ', ['a', 'b', 'c']],
  [`-c "echo 'a b'"`, ['-c', "echo 'a b'"]],
  [`-c 'a b'`, ['-c', "'a", "b'"]],
  ['""  x', ['', 'x']],
  ['a"b c"d', ['ab cd']],
  [String.raw`"say \"hi\"" c:\dir\ `, ['say "hi"', 'c:\\dir\\']],
  [String.raw`"a\\" "b\\\" c"`, ['a\\', 'b\\" c']],
  ['"a""b" "c', ['a"b', 'c']],
  ['one\ntwo\n', ['one\ntwo\n']],
])('%j is divided as on GitHub', (line, words) => {
  expect(splitArguments(line)).toEqual(words);
});
