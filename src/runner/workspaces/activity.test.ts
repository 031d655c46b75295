import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createActivity } from './activity.ts';
import { temporaryDirectory } from './testing/sandbox.ts';

it('changes with each kind of change, and only then', async () => {
  const root = temporaryDirectory();
  const activity = createActivity(root, () => 0);
  const seen = new Set([await activity()]);
  const steps: readonly (() => void)[] = [
    () => writeFileSync(join(root, 'a'), '1'),
    () => writeFileSync(join(root, 'a'), '22'),
    () => chmodSync(join(root, 'a'), 0o700),
    () => mkdirSync(join(root, 'd')),
    () => symlinkSync('/', join(root, 'd/l')),
    () => rmSync(join(root, 'a')),
  ];
  for (const [at, step] of steps.entries()) {
    step();
    seen.add(await activity());
    expect(seen.size).toBe(at + 2);
    seen.add(await activity());
    expect(seen.size).toBe(at + 2);
  }
});

it('looks less often the longer a look takes', async () => {
  const root = temporaryDirectory();
  let clock = 0;
  let looks = 0;
  const activity = createActivity(root, () => {
    // Called when a look starts and ends, and before: each look is 100 ms long.
    clock += 50;
    looks++;
    return clock;
  });
  const first = await activity();
  writeFileSync(join(root, 'a'), '1');
  const calls = looks;
  expect(await activity()).toBe(first);
  expect(looks - calls).toBe(1);
  clock += 10_000;
  expect(await activity()).not.toBe(first);
});

it('looks at once when what it knows is too old', async () => {
  const root = temporaryDirectory();
  let clock = 0;
  const activity = createActivity(root, () => {
    clock += 50;
    return clock;
  });
  const first = await activity();
  writeFileSync(join(root, 'a'), '1');
  expect(await activity(10_000)).toBe(first);
  clock += 200;
  expect(await activity(10_000)).toBe(first);
  expect(await activity(100)).not.toBe(first);
});

it('is a digest even when the tree is gone', async () => {
  expect(await createActivity(join(temporaryDirectory(), 'gone'))()).toMatch(/^[0-9a-f]{64}$/);
});
