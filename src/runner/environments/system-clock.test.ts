import { expect, it, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

it('never fires early', async () => {
  const start = systemClock.now();
  await new Promise<void>((resolve) => systemClock.after(15, resolve));
  expect(systemClock.now() - start).toBeGreaterThanOrEqual(15);
});

it('waits for longer than a single timer can', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const day = 86_400_000;
    let fired = 0;
    systemClock.after(60 * day, () => fired++);
    vi.advanceTimersByTime(60 * day - 1);
    expect(fired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(1);
    const callOff = systemClock.after(60 * day, () => fired++);
    vi.advanceTimersByTime(59 * day);
    callOff();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('tells the time of day in UTC', () => {
  expect(systemClock.time()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});
