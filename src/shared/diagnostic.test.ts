import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearest } from './diagnostic.ts';

it.each([
  ['depend_on', ['name', 'depends_on', 'env'], 'depends_on'],
  ['verfiy', ['verify', 'vary'], 'verify'],
  ['NAME', ['name'], 'name'],
  ['nmae', ['name', 'mean'], 'name'],
  ['x', ['name'], undefined],
  ['deploy', ['build', 'test'], undefined],
  ['api', [], undefined],
])('nearest to %s of %j is %s', (word, candidates, found) => {
  expect(nearest(word, candidates)).toBe(found);
});

it('finds a word with a single mistake among any others', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-'), minLength: 4, maxLength: 12 });
  const mistake = fc.constantFrom<(text: string, at: number) => string>(
    (text, at) => text.slice(0, at) + text.slice(at + 1),
    (text, at) => `${text.slice(0, at)}x${text.slice(at)}`,
    (text, at) => `${text.slice(0, at)}x${text.slice(at + 1)}`,
    (text, at) => text.slice(0, at) + (text[at + 1] ?? '') + (text[at] ?? '') + text.slice(at + 2),
  );
  fc.assert(
    fc.property(
      word,
      mistake,
      fc.nat(20),
      fc.array(fc.constantFrom('deploy', 'zzzz', 'bench')),
      (right, spoil, at, others) => {
        expect(nearest(spoil(right, at % right.length), [...others, right])).toBe(right);
      },
    ),
  );
});
