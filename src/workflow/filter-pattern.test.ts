import { describe, expect, it } from 'vitest';
import { matchesFilter, matchesPattern } from './filter-pattern.ts';

describe('patterns (O5)', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['*', ['main', 'README.md', ''], ['a/b']],
    ['**', ['all', 'of/them', ''], []],
    ['feature/*', ['feature/a', 'feature/'], ['feature/a/b', 'feature']],
    ['feature/**', ['feature/a', 'feature/a/b'], ['feature', 'features/a']],
    ['releases/**-alpha', ['releases/10-alpha', 'releases/beta/3-alpha'], ['releases/10']],
    ['*feature', ['mona-feature', 'feature', 'ver-10-feature'], ['a/feature', 'features']],
    ['v2*', ['v2', 'v2.0', 'v2.9'], ['v1', 'v2/0']],
    ['v[12].[0-9]+.[0-9]+', ['v1.10.1', 'v2.0.0'], ['v3.0.0', 'v1..1', 'v1.a.1']],
    ['*.jsx?', ['page.js', 'page.jsx'], ['page.jsxx', 'a/page.js']],
    ['docs/*', ['docs/README.md'], ['docs/a/b.md']],
    ['docs/**/*.md', ['docs/README.md', 'docs/a/b.md', 'docs/a/b/c.md'], ['docs.md', 'docs/a.txt']],
    ['**/docs/**', ['docs/hello.md', 'dir/docs/my-file.txt', 'space/docs/plan/space.doc'], ['mydocs/a', 'docs']],
    ['**/README.md', ['README.md', 'js/README.md'], ['XREADME.md', 'js/XREADME.md']],
    ['**/*src/**', ['a/src/app.js', 'my-src/code/js/app.js'], ['src']],
    ['**/*-post.md', ['my-post.md', 'path/their-post.md'], ['post.md']],
    ['**/migrate-*.sql', ['migrate-10909.sql', 'db/sept/migrate-v1.sql'], ['db/migrate.sql']],
    ['**.js', ['index.js', 'js/index.js'], ['index.jsx']],
    ['a**b', ['ab', 'a/x/b'], ['a/x/c']],
    ['[CB]at', ['Cat', 'Bat'], ['Rat', 'at']],
    ['[1-2]00', ['100', '200'], ['300']],
    ['[-a]x', ['-x', 'ax'], ['bx']],
    ['colou?r', ['color', 'colour'], ['colouur']],
    ['ab+', ['ab', 'abbb'], ['a']],
    ['a*+b', ['ab', 'axb'], ['b']],
    ['[ab]?c', ['c', 'ac', 'bc'], ['abc']],
    ['a\\*b', ['a*b'], ['axb']],
    ['a\\', ['a\\'], ['a']],
    ['?a', ['?a'], ['a']],
    ['[a', ['[a'], ['a']],
    ['a.c', ['a.c'], ['abc']],
    ['Main', ['Main'], ['main']],
    ['\u{1f600}+', ['\u{1f600}\u{1f600}'], ['\ud83d']],
  ])('%s', (pattern, yes, no) => {
    for (const text of yes) expect([text, matchesPattern(text, pattern)]).toEqual([text, true]);
    for (const text of no) expect([text, matchesPattern(text, pattern)]).toEqual([text, false]);
  });

  it('takes its time from the lengths alone', () => {
    const start = performance.now();
    expect(matchesPattern(`${'a'.repeat(2000)}b`, 'a+'.repeat(200))).toBe(false);
    expect(matchesPattern(`${'a/'.repeat(1000)}b`, '**/'.repeat(100))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('lists of patterns (O5)', () => {
  it.each<[readonly string[], string, boolean]>([
    [['releases/**', '!releases/**-alpha'], 'releases/10', true],
    [['releases/**', '!releases/**-alpha'], 'releases/10-alpha', false],
    [['*', '!a*', 'ab'], 'ab', true],
    [['!a', 'a'], 'a', true],
    [['a', '!a'], 'a', false],
    [['!a'], 'b', false],
    [[], 'a', false],
  ])('%j and %s: %s', (patterns, text, chosen) => {
    expect(matchesFilter(text, patterns)).toBe(chosen);
  });
});
