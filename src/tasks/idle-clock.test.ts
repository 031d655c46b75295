import { expect, it } from 'vitest';
import { type Sample, startIdleClock } from './idle-clock.ts';
import { createFakeClock } from './testing/fake-clock.ts';

function startClock(limit: number, sample: () => Promise<Sample>) {
  const clock = createFakeClock();
  let expired = 0;
  const idle = startIdleClock({
    clock,
    limit,
    sample,
    expire: () => {
      expired += 1;
    },
  });
  return { clock, idle, expired: () => expired };
}

it('sees use of the processor after a long time of output without any', async () => {
  let cpu = 0;
  const { clock, idle, expired } = startClock(80_000, async () => ({ cpu }));
  await clock.advance(20_000);
  for (let minute = 0; minute < 600; minute += 1) {
    idle.output();
    await clock.advance(10_000);
  }
  for (let look = 0; look < 40; look += 1) {
    cpu += 200;
    await clock.advance(10_000);
  }
  expect(expired()).toBe(0);
});

it('sees use of the processor after a busy process has ended and taken its account along', async () => {
  let cpu = 60_000;
  const { clock, expired } = startClock(80_000, async () => ({ cpu }));
  await clock.advance(20_000);
  cpu = 0;
  for (let look = 0; look < 40; look += 1) {
    await clock.advance(10_000);
    cpu += 200;
  }
  expect(expired()).toBe(0);
});

it('leaves no timer when it is stopped while it looks', async () => {
  let answer: (sample: Sample) => void = () => undefined;
  const { clock, idle, expired } = startClock(80_000, () => new Promise((resolve) => (answer = resolve)));
  await clock.advance(10_000);
  idle.stop();
  answer({});
  await clock.advance(0);
  expect(clock.pending()).toBe(0);
  await clock.advance(200_000);
  expect(expired()).toBe(0);
});

it('goes by output alone when nothing else can be read', async () => {
  const { clock, idle, expired } = startClock(8000, async () => ({}));
  for (let second = 0; second < 60; second += 1) {
    await clock.advance(1000);
    idle.output();
  }
  expect(expired()).toBe(0);
  await clock.advance(10_000);
  expect(expired()).toBe(1);
});

it('expires once', async () => {
  const { clock, expired } = startClock(8000, async () => ({ cpu: 0, activity: '' }));
  await clock.advance(100_000);
  expect(expired()).toBe(1);
});
