import { describe, expect, it } from 'vitest';
import { isCron, shortestInterval } from './cron.ts';

describe('isCron', () => {
  it.each([
    '* * * * *',
    '*/15 0-6 1,15 jan-mar MON',
    '5/10 * 31 12 6',
    '0  0 1 1 0',
    ' 0 0 1 1 0 ',
    '0-10/2,30 * * * *',
  ])('takes %s', (text) => {
    expect(isCron(text)).toBe(true);
  });

  it.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 7',
    '5-1 * * * *',
    '*/0 * * * *',
    '1-2-3 * * * *',
    '1/2/3 * * * *',
    ', * * * *',
    '1, * * * *',
    '-1 * * * *',
    'x * * * *',
    '@daily',
    '* * L * *',
    '1e1 * * * *',
  ])('refuses %j', (text) => {
    expect(isCron(text)).toBe(false);
  });
});

describe('shortestInterval', () => {
  it.each([
    ['* * * * *', 1],
    ['*/5 * * * *', 5],
    ['0,58 * * * *', 2],
    ['10 * * * *', 60],
    ['0-59/20 * * * *', 20],
    ['5/15 * * * *', 15],
    ['no', undefined],
  ])('%s: %s minutes', (text, minutes) => {
    expect(shortestInterval(text)).toBe(minutes);
  });
});
