import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../shared/failure.ts';
import { isWorthRetrying, retryDelay, waitFor } from './retry.ts';
import { createFakeClock } from './testing/fake-clock.ts';

describe('isWorthRetrying', () => {
  const cases: readonly (readonly [
    FailureCode,
    number | undefined,
    readonly (number | FailureCode)[] | undefined,
    boolean,
  ])[] = [
    ['exit-code', 3, undefined, true],
    ['exit-code', 3, [3], true],
    ['exit-code', 3, [4, 'timeout'], false],
    ['exit-code', 3, ['exit-code'], true],
    ['timeout', undefined, ['timeout'], true],
    ['timeout', 3, [3], false],
    ['empty', 0, undefined, true],
    ['empty', 0, [0], false],
    ['empty', 0, ['empty'], true],
    ['unsafe-tree', 0, undefined, true],
    ['exit-code', 3, [], false],
    ['cancelled', undefined, undefined, false],
    ['cancelled', undefined, ['cancelled'], false],
    ['not-started', undefined, undefined, false],
    ['secret-missing', undefined, ['secret-missing'], false],
    ['input-invalid', undefined, undefined, false],
  ];
  it.each(cases)('%s, exit code %s, retry-on %j: %s', (code, exitCode, retryOn, expected) => {
    const ended = { failure: { code, message: '' }, ...(exitCode !== undefined && { exitCode }) };
    expect(isWorthRetrying(ended, retryOn)).toBe(expected);
  });
});

describe('retryDelay', () => {
  it.each([
    [1, 10_000, 10_000],
    [2, 10_000, 20_000],
    [5, 10_000, 160_000],
    [6, 10_000, 300_000],
    [1000, 10_000, 300_000],
    [1, 600_000, 600_000],
    [2, 600_000, 600_000],
    [3, 0, 0],
  ])('before the attempt after %i, with %i at first: %i', (attempt, first, expected) => {
    expect(retryDelay(attempt, first, () => 0)).toBe(expected);
    expect(retryDelay(attempt, first, () => 1)).toBe(expected * 0.75);
  });
});

describe('waitFor', () => {
  it('resolves when the span has passed, and lets go of the signal', async () => {
    const clock = createFakeClock();
    const waited = waitFor(clock, 1000, new AbortController().signal);
    await clock.advance(1000);
    expect(await waited).toBe(true);
  });

  it('ends with the signal, before or meanwhile, and leaves no timer', async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const waited = waitFor(clock, 1000, controller.signal);
    controller.abort();
    expect(await waited).toBe(false);
    expect(await waitFor(clock, 1000, controller.signal)).toBe(false);
    expect(clock.pending()).toBe(0);
  });
});
