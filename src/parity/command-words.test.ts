import { expect, it } from 'vitest';
import { commandWords } from './command-words.ts';

it.each([
  ['npm ci && npm test | tee log; make -C x', ['npm', 'tee', 'make']],
  ['FOO=1 BAR="a b" ./x.sh --y', ['./x.sh']],
  ['if ! grep -q x y; then sudo apt-get install z; fi', ['grep', 'apt-get', 'fi']],
  ['echo \'rm -rf; foo\' "bar && baz" # qux | quux', ['echo']],
  ['cat <<END\nfrobnicate now\nEND\nls', ['cat', 'ls']],
  ['deploy() { echo x; }\ndeploy', ['echo']],
  ['$TOOL run\n"$HOME/bin/x"\n${A}b', []],
  ['case $x in\n  a) foo;;\nesac', ['esac']],
  ['node -e "1" 2>&1 >out', ['node']],
  ['a \\\n  b\nc', ['a', 'c']],
  ['SHA=$(git rev-parse $(cat x)) make a', ['make', 'cat', 'git']],
  ['echo `date +%s` later; (cd x && yarn)', ['echo', 'cd', 'yarn', 'date']],
  ['[[ -f a && b ]] || echo ${A:-x|y} $((1 | 2)) ${{ a && b }}', ['echo']],
])('%j starts %j', (script, words) => {
  expect(commandWords(script)).toEqual(words);
});
