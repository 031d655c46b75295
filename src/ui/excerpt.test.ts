import { describe, expect, it } from 'vitest';
import { displayWidth } from '../reports/index.ts';
import { excerptOf } from './excerpt.ts';

/** The excerpt of one line, columns from `start` up to `end`. */
function show(line: string, [start, end]: readonly [number, number], columns = 60): readonly string[] {
  const range = { start: { line: 1, column: start }, end: { line: 1, column: end } };
  const excerpt = excerptOf(line, range, columns);
  return excerpt === undefined ? [] : [excerpt.line, excerpt.marks];
}

describe('an excerpt', () => {
  it.each([
    ['plain', 'a: bcd', [4, 7], ['a: bcd', '   ^^^']],
    ['of nothing, at the end', 'a:', [3, 3], ['a:', '  ^']],
    ['of nothing, inside', 'a: b', [2, 2], ['a: b', ' ^']],
    ['with tabs', '\ta:\tb', [5, 6], ['    a:  b', '        ^']],
    ['with wide characters', '日本: x', [5, 6], ['日本: x', '      ^']],
    ['of wide characters', 'a: 日本', [4, 6], ['a: 日本', '   ^^^^']],
    ['of an emoji of two units', 'a: 💥 b', [4, 6], ['a: 💥 b', '   ^^']],
    ['with control characters', 'a: \u001b[31m\u007f', [4, 5], ['a: ␛[31m␡', '   ^']],
    ['with what hides or turns text', 'a\u200b\u202e\u009b\u2028b', [6, 7], ['a����b', '     ^']],
    ['with half a pair', 'a\ud800b', [3, 4], ['a�b', '  ^']],
    ['with Windows line ends', 'a: b\r\nc', [4, 5], ['a: b', '   ^']],
    ['past the end of the line', 'a', [9, 12], ['a', ' ^']],
  ] as const)('%s', (_title, line, range, expected) => {
    expect(show(line, range)).toEqual(expected);
  });

  it('marks the rest of the line when the range goes on below', () => {
    const range = { start: { line: 2, column: 3 }, end: { line: 4, column: 1 } };
    expect(excerptOf('a:\n  b: c\n  d: e\n', range, 60)).toEqual({ line: '  b: c', marks: '  ^^^^' });
  });

  it('has no line to show beyond the end', () => {
    expect(excerptOf('a\n', { start: { line: 3, column: 1 }, end: { line: 3, column: 2 } }, 60)).toBeUndefined();
  });
});

describe('a long line', () => {
  it.each([
    ['at its beginning', `key: ${'x'.repeat(500)}`, [1, 4]],
    ['in its middle', `${'x'.repeat(500)}HERE${'y'.repeat(500)}`, [501, 505]],
    ['at its end', `${'x'.repeat(500)}HERE`, [501, 505]],
    ['of wide characters', `${'日'.repeat(300)}HERE${'本'.repeat(300)}`, [301, 305]],
    ['of pairs', `${'💥'.repeat(300)}HERE${'💥'.repeat(300)}`, [601, 605]],
    ['that is marked whole', 'x'.repeat(1000), [1, 1001]],
    ['of a megabyte', `${'x'.repeat(1_000_000)}HERE`, [1_000_001, 1_000_005]],
  ] as const)('%s fits, and shows the place', (_title, line, range) => {
    const [shown = '', marks = ''] = show(line, range, 40);
    expect(displayWidth(shown)).toBeLessThanOrEqual(40);
    expect(displayWidth(marks)).toBeLessThanOrEqual(40);
    expect(shown).toContain('…');
    const from = marks.indexOf('^');
    expect(from).toBeGreaterThanOrEqual(0);
    // The mark stands below what was meant.
    const meant = line.includes('HERE') ? shown.indexOf('HERE') : 0;
    expect(displayWidth(shown.slice(0, meant))).toBe(from);
  });
});
