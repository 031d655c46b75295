import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createPace } from './pace.ts';

it('lets everything else go on once a slice is used up, and begins another', async () => {
  let time = 0;
  const pace = createPace(() => time);
  time = 3;
  expect(pace()).toBeUndefined();
  time = 5;
  const order: string[] = [];
  const others = turn().then(() => order.push('others'));
  const rest = pace()?.then(() => order.push('work'));
  expect(rest).toBeDefined();
  await Promise.all([others, rest]);
  expect(order).toEqual(['others', 'work']);
  time = 8;
  expect(pace()).toBeUndefined();
  time = 9;
  expect(pace()).toBeDefined();
});
