import { expect, it } from 'vitest';
import { createActionMemory } from './action-memory.ts';
import { firstStep, stepStarted } from './step-order.ts';

const SIGNAL = new AbortController().signal;

it('remembers what actions saved, how far they came, and the order in which they began', () => {
  const memory = createActionMemory();
  memory.stateOf('one').set('k', 'v');
  expect([memory.begins('two'), memory.begins('one'), memory.begins('two')]).toEqual([true, true, false]);
  expect(memory.orderOf('one')).toEqual(firstStep());
  memory.setOrder('one', stepStarted(firstStep()));
  expect(memory.remembered()).toEqual({
    states: [['one', [['k', 'v']]]],
    orders: [['one', { ...firstStep(), next: 1 }]],
    begun: ['two', 'one'],
  });
});

it('goes on with what was remembered, and takes a copy of it', () => {
  const before = { states: [['one', [['k', 'v']]]], orders: [], begun: ['one'] } as const;
  const memory = createActionMemory(before);
  memory.stateOf('one').set('k', 'new');
  expect(memory.begins('one')).toBe(false);
  expect(before.states[0][1]).toEqual([['k', 'v']]);
});

it('registers what had begun in its order, opening the actions around it first; what is gone is told', async () => {
  const memory = createActionMemory({ states: [], orders: [], begun: ['a', 'b/c/d', 'gone/x'] });
  const calls: string[] = [];
  memory.canRegister('a', () => void calls.push('register a'));
  for (const place of ['b', 'b/c', 'b/c/d']) {
    memory.canOpen(place, async () => {
      calls.push(`open ${place}`);
      if (place === 'b/c/d') memory.canRegister(place, () => void calls.push(`register ${place}`));
    });
  }
  expect(await memory.restore(SIGNAL)).toEqual(['gone/x']);
  expect(calls).toEqual(['register a', 'open b', 'open b/c', 'open b/c/d', 'register b/c/d']);
});
