import { describe, expect, it } from 'vitest';
import { checkCases, file, task } from '../testing/cases.ts';
import { check } from '../testing/marked.ts';
import type { PathProbe } from './paths.ts';

describe('paths and patterns', () => {
  checkCases([
    [
      'out of the repository',
      file('worktrees: { copy: [⟦a/../../b⟧] }'),
      'path-outside',
      'leads out of the repository',
    ],
    ['absolute', file('worktrees: { link: [⟦/etc⟧] }'), 'path-outside', 'relative'],
    ['a home directory', file('worktrees: { copy: [⟦~/.ssh⟧] }'), 'path-outside'],
    ['on a drive', file('worktrees: { copy: [⟦C:\\x⟧] }'), 'path-outside'],
    ['inside .git', file('worktrees: { copy: [⟦.git/config⟧] }'), 'path-outside', 'inside .git'],
    ['everything', file('worktrees: { link: [⟦./⟧] }'), 'path-outside', 'the whole repository'],
    ['a working directory', task('working_directory: ⟦../x⟧'), 'path-outside'],
    ['a prompt outside by its text', task('prompt: ⟦../x.md⟧'), 'path-outside'],
    ['worktrees inside', file('worktrees: { root: ⟦trees⟧ }'), 'nested-worktrees'],
    ["worktrees in somebody's home", file('worktrees: { root: ⟦~sam/trees⟧ }'), 'path-outside', 'only ~/…'],
    ['worktrees at a tilde', file('worktrees: { root: ⟦"~"⟧ }'), 'path-outside'],
    ['an open bracket', task('expect: ["src/**", ⟦"a[b"⟧]'), 'bad-glob', 'a [ that is not closed'],
    ['an open brace', task('artifacts: [⟦"a{b,{c}"⟧]'), 'bad-glob'],
    ['a closed brace', task('artifacts: [⟦"a}"⟧]'), 'bad-glob'],
    ['a negation', task('expect: [⟦"!a"⟧]'), 'bad-glob', 'negated'],
    ['an absolute pattern', task('expect: [⟦/a/**⟧]'), 'bad-glob'],
    ['a pattern that leaves', task('expect: [⟦../**⟧]'), 'bad-glob'],
    ['two patterns in one', task('expect: [⟦"a\\nb"⟧]'), 'bad-glob', 'control characters'],
    ['an empty pattern', task('expect: [⟦""⟧]'), 'bad-glob'],
  ]);

  it.each(['~/trees', '../~trees', '/~'])('worktrees in %s are fine', (root) => {
    expect(check(file(`worktrees: { root: ${JSON.stringify(root)} }`)).diagnostics).toEqual([]);
  });

  it.each(['src/[]a]/x', 'a/{b,c}/**', '[!]]', 'a b', '*.{ts,tsx}', '..a/b'])('the pattern %s is fine', (glob) => {
    expect(check(task(`expect: [${JSON.stringify(glob)}]`)).diagnostics).toEqual([]);
  });
});

describe('prompts', () => {
  const probe: PathProbe = (path) => (path === 'link' ? 'outside' : path === 'dir' ? 'not-a-file' : 'missing');
  checkCases(
    [
      ['missing', task('prompt: ⟦docs/b.md⟧'), 'prompt-missing', 'does not exist'],
      ['a directory', task('prompt: ⟦dir⟧'), 'prompt-missing', 'not a regular file'],
      ['a link that leaves', task('prompt: ⟦link⟧'), 'path-outside'],
      [
        'in defaults, said once',
        'version: 1\ndefaults: { prompt: ⟦x.md⟧ }\ntasks: [{ name: a, command: x }, { name: b, command: x }]',
        'prompt-missing',
      ],
    ],
    probe,
  );
});
