import { expect, it } from 'vitest';
import { isRunId, newRunId, startOfRun } from './run-id.ts';

it('is UTC time and four characters', () => {
  const picks = [12, 7];
  const id = newRunId(new Date('2026-11-22T20:45:12.987Z'), () => picks.shift() ?? 0);
  expect(id).toBe('20261122-204512-zme9');
});

it('never picks a character beyond the alphabet, nor one that people mistake', () => {
  const ids = Array.from({ length: 2000 }, () => newRunId(new Date()));
  expect(ids.every(isRunId)).toBe(true);
  expect(ids.join('').replace(/[\d-]/g, '')).not.toMatch(/[oil]/);
  expect(new Set(ids.map((id) => id.slice(-2))).size).toBeGreaterThan(700);
});

it('sorts by time', () => {
  const ids = ['2026-01-02T00:00:00Z', '2026-01-01T23:59:59Z', '2025-12-31T10:00:00Z'].map((time) =>
    newRunId(new Date(time)),
  );
  expect([...ids].sort()).toEqual([...ids].reverse());
});

it('sorts by time within a second too', () => {
  const times = Array.from({ length: 500 }, (_, half) => new Date(Date.UTC(2026, 0, 1) + half * 2));
  const ids = times.map((time) => newRunId(time));
  expect([...ids].sort()).toEqual(ids);
  expect(ids.every(isRunId)).toBe(true);
});

it.each([
  '',
  '.',
  '..',
  '../20261122-204512-k3f9',
  '20261122-204512-k3f',
  '20261122-204512-k3fo',
  '20261122-204512-K3F9',
  'x20261122-204512-k3f9',
])('does not take %j for a run', (text) => {
  expect(isRunId(text)).toBe(false);
});

it('tells when the run began', () => {
  const now = new Date('2026-11-22T20:45:12.000Z');
  expect(startOfRun(newRunId(now))).toBe(now.getTime());
  expect(startOfRun('20261122')).toBeUndefined();
});
