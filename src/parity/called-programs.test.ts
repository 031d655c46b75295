import { expect, it } from 'vitest';
import { calledPrograms, mayInstall } from './called-programs.ts';

it.each([
  ['npm ci && npm test | tee log; make -C x', ['npm', 'tee', 'make']],
  ['FOO=1 BAR="a b" ./x.sh --y', ['./x.sh']],
  ['if ! grep -q x y; then sudo -u me make z; fi', ['grep', 'sudo', 'make']],
  ['echo \'rm -rf; foo\' "bar && baz" # qux | quux', ['echo']],
  ['"claude" -p x; \\ls; \'it\'s', ['claude', 'ls', 'its']],
  ['$TOOL run\n"$HOME/bin/x"\n${A}b', []],
  ['node -e "1" 2>&1 >out <in', ['node']],
  ['>out a; 2>/dev/null b; c &>> log; d |& e', ['a', 'b', 'c', 'd', 'e']],
  ['a \\\n  b\nc', ['a', 'c']],
  ['{ a; (b && c); } > out & wait', ['a', 'b', 'c', 'wait']],
  ['SHA=$(git rev-parse $(cat x)) B="$(date)" make a', ['cat', 'git', 'date', 'make']],
  ['echo "a `date +%s` b $(ls "$(x)")"; (cd x && yarn)', ['date', 'x', 'ls', 'echo', 'cd', 'yarn']],
  ['diff <(a) <(b) > >(c)', ['a', 'b', 'c', 'diff']],
  ['[[ -f a && b ]] || echo ${A:-x|y} $((1 | 2)) ${{ a && b }}', ['echo']],
  ['for ((i=0; i<3; i++)); do a $i; done; (( i > 2 )) && b', ['a', 'b']],
  ['while read -r line; do a "$line"; done < list', ['read', 'a']],
  ['list=(b c)\nfor x in "${list[@]}" d; do a; done', ['a']],
  [
    'timeout -k 5 60 nice -n 3 a; env -u X Y=1 b; xargs -n1 c; nohup d &',
    'timeout nice a env b xargs c nohup d'.split(' '),
  ],
  ['bash -euc "a | wc -l"', ['bash', 'a', 'wc']],
  ['#!/bin/sh\n# a\n', []],
  ['', []],
])('%j calls %j', (script, programs) => {
  expect(calledPrograms(script)).toEqual(programs);
});

it.each([
  ['cat <<END\nfrobnicate now\nEND\nls', ['cat', 'ls']],
  ["cat <<-'EOF' > f\n\tno $(no)\n\tEOF\nls", ['cat', 'ls']],
  ['cat <<"A" <<B | a\nno\nA\nno\nB\nb', ['cat', 'a', 'b']],
  ['cat <<<"no; no" && a', ['cat', 'a']],
  ['cat <<X\nno', ['cat']],
])('texts of here documents are input: %j', (script, programs) => {
  expect(calledPrograms(script)).toEqual(programs);
});

it('patterns of a case are no commands', () => {
  const script = 'case "$1" in\n  start|go) a x ;;\n  (stop) case y in z) b ;; esac ;;\n  *) c; exit 1\nesac | d\ne';
  expect(calledPrograms(script)).toEqual(['a', 'b', 'c', 'exit', 'd', 'e']);
});

it('what the script defines or asks for is its own', () => {
  expect(calledPrograms('deploy() { a; }\nfunction other { b; }\nfunction last() { c; }; deploy; other; last')).toEqual(
    'abc'.split(''),
  );
  expect(calledPrograms('alias k=kubectl\nk get pods')).toEqual(['alias']);
  expect(calledPrograms('if command -v rg >/dev/null; then rg x; else grep x; fi')).toEqual(['command', 'grep']);
  expect(calledPrograms('type -P a && a; which b && b; hash c; c')).toEqual(['type', 'which', 'hash']);
});

it.each([
  'pip install ruff',
  'python3 -m pip install --user ruff',
  'npm install -g ruff',
  'cargo install ruff',
  'go install x/ruff@latest',
  'sudo apt-get update && sudo DEBIAN_FRONTEND=x apt-get -qq install -y ruff',
  'curl -fsSL https://x/install.sh | sh',
  'corepack enable',
  'source .venv/bin/activate',
  '. "$NVM_DIR/nvm.sh"',
  'eval "$(x)"',
  'export PATH="$PWD/bin:$PATH"',
  'PATH=$PWD/bin:$PATH',
])('behind %j nobody knows what is there', (script) => {
  expect(calledPrograms(`before\n${script}\nruff check`)).toContain('before');
  expect(calledPrograms(`${script}\nruff check`)).not.toContain('ruff');
  expect(mayInstall(script)).toBe(true);
});

it('what only looks like it installs nothing', () => {
  for (const script of ['npm ci', 'npm test', 'pip list', 'go build', 'bash x.sh', 'apt-get update', 'yarn install'])
    expect([script, mayInstall(script)]).toEqual([script, false]);
});

it('a script that is cut off anywhere is read to its end', () => {
  const whole = 'a "b $(c `d` ${e:-"f"}" <<X | case g in h) i;; esac; j() { k; }; [[ l ]] && m=(n) $((1)) <(o)\nX\n';
  for (let end = 0; end <= whole.length; end++) expect(calledPrograms(whole.slice(0, end)).length).toBeLessThan(12);
});

it.each(['$(', '"$(', '<(', '`', '${', '('])('any number of %s does not exhaust it', (opening) => {
  expect(calledPrograms(`first\n${opening.repeat(20_000)}`)).toEqual(['first']);
});
