import { expect, it } from 'vitest';
import { createFakeClock } from './fake-clock.ts';

it('fires in order of time, each at its own', async () => {
  const clock = createFakeClock();
  const seen: string[] = [];
  const note = (name: string) => () => seen.push(`${name}@${clock.now()}`);
  clock.after(20, note('c'));
  clock.after(10, note('a'));
  clock.after(10, note('b'));
  const callOff = clock.after(15, note('never'));
  callOff();
  await clock.advance(19);
  expect(seen).toEqual(['a@10', 'b@10']);
  await clock.advance(1);
  expect(seen).toEqual(['a@10', 'b@10', 'c@20']);
  expect(clock.time()).toBe('2026-01-01T00:00:00.020Z');
});

it('lets woken code run and set alarms that fall due in the same stretch', async () => {
  const clock = createFakeClock();
  const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const times: number[] = [];
  const loop = (async () => {
    for (let i = 0; i < 3; i++) {
      await wait(10);
      times.push(clock.now());
    }
  })();
  await clock.advance(35);
  await loop;
  expect(times).toEqual([10, 20, 30]);
  expect(clock.now()).toBe(35);
});

it('tells when somebody waits', async () => {
  const clock = createFakeClock();
  const armed = clock.armed(2);
  clock.after(1, () => undefined);
  expect(clock.pending()).toBe(1);
  clock.after(1, () => undefined);
  await armed;
});
