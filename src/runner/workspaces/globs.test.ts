import { expect, it } from 'vitest';
import { matchGlob } from './globs.ts';

it.each([
  ['src/**', 'src/a/b.ts', true],
  ['src/**', 'src/.hidden', true],
  ['src/*', 'src/a/b.ts', false],
  ['*.md', 'README.md', true],
  ['*.md', 'docs/a.md', false],
  ['**/*.md', 'README.md', true],
  ['./a.txt', 'a.txt', true],
  ['dist/', 'dist/x/y.js', true],
  ['{a,b}.ts', 'b.ts', true],
  ['[ab].ts', 'c.ts', false],
  ['!a.ts', '!a.ts', true],
  ['a?.ts', 'ab.ts', true],
  ['A.ts', 'a.ts', false],
])('%s and %s: %s', (pattern, path, matches) => {
  expect(matchGlob(pattern, path)).toBe(matches);
});
