import { describe, expect, test } from 'vitest';
import { formatNumber, parseNumber } from './numbers.ts';

describe('parseNumber', () => {
  test.each([
    ['', 0],
    ['  ', 0],
    [' 12 ', 12],
    ['+1.5', 1.5],
    ['-.5', -0.5],
    ['1.', 1],
    ['1e3', 1000],
    ['1E-2', 0.01],
    ['0x10', 16],
    ['0xffffffff', -1],
    ['0x7FFFFFFF', 2147483647],
    ['0x00000000F', 15],
    ['0x1FFFFFFFF', Number.NaN],
    ['0o17', 15],
    ['0o37777777777', -1],
    ['0o40000000000', Number.NaN],
    ['0o8', Number.NaN],
    ['0X10', Number.NaN],
    ['0b11', Number.NaN],
    ['-0x1', Number.NaN],
    ['0x', Number.NaN],
    ['1_000', Number.NaN],
    ['1,000', Number.NaN],
    ['1e', Number.NaN],
    ['.', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-infinity', Number.NEGATIVE_INFINITY],
    ['inf', Number.NaN],
    ['NaN', Number.NaN],
    ['true', Number.NaN],
  ])('%j is %d', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
});

describe('formatNumber', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [100, '100'],
    [123456789012345, '123456789012345'],
    [1e14, '100000000000000'],
    [1e15, '1E+15'],
    [-1e15, '-1E+15'],
    [1234567890123456, '1.23456789012346E+15'],
    [999999999999999.9, '1E+15'],
    [1e21, '1E+21'],
    [1.5e300, '1.5E+300'],
    [0.0001, '0.0001'],
    [0.00012345, '0.00012345'],
    [0.00001, '1E-05'],
    [1e-7, '1E-07'],
    [1e-16, '1E-16'],
    [5e-324, '4.94065645841247E-324'],
    [Math.PI, '3.14159265358979'],
    [0.1 + 0.2, '0.3'],
    [1 / 3, '0.333333333333333'],
    [2 / 3, '0.666666666666667'],
    // Half-way between two of 15 digits: to the even one.
    [123456789012344.5, '123456789012344'],
    [123456789012345.5, '123456789012346'],
    [-123456789012344.5, '-123456789012344'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});
