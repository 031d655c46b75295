import { expect, it } from 'vitest';
import { legsNamed, listLegs, nearestLeg } from './named-legs.ts';

const LEGS = [
  { id: 'up+a_1', job: 'up', name: 'up (a 1)' },
  { id: 'up+b', job: 'up', name: 'up (b)' },
  { id: 'test', job: 'test', name: 'up' },
  { id: 'lint', job: 'lint', name: 'Same' },
  { id: 'docs', job: 'docs', name: 'Same' },
  { id: 'odd', job: 'odd', name: 'o\u001b[2Jdd one' },
];

it.each([
  ['up+a_1', ['up+a_1']],
  ['UP (A 1)', ['up+a_1']],
  // The id of a job comes before a name that another is shown by.
  ['up', ['up+a_1', 'up+b']],
  ['test', ['test']],
  ['Same', ['lint', 'docs']],
  ['odd one', ['odd']],
  ['up (c)', []],
])('%s names %j', (text, ids) => {
  expect(legsNamed(LEGS, text).map(({ id }) => id)).toEqual(ids);
});

it('knows what was meant, and lists what there is to choose from', () => {
  expect(nearestLeg(LEGS, 'up (b')).toBe('up (b)');
  expect(nearestLeg(LEGS, 'up+bb')).toBe('up+b');
  expect(nearestLeg(LEGS, 'nothing like it')).toBeUndefined();
  expect(listLegs(LEGS.slice(0, 4))).toBe('up+a_1 (up (a 1)), up+b (up (b)), test (up), lint (Same)');
});
