import { describe, expect, test } from 'vitest';
import { type ScalarNode, scalar } from '../model.ts';
import { evaluateCondition, normalizeCondition, usesStatusFunction } from './conditions.ts';
import { dataFromJson } from './data.ts';
import type { Scope } from './evaluate.ts';

describe('normalizeCondition', () => {
  test.each<[string | undefined, string]>([
    [undefined, 'success()'],
    ['', 'success()'],
    ['  ', 'success()'],
    ["github.ref == 'x'", "success() && (github.ref == 'x')"],
    ["${{ github.ref == 'x' }}", "success() && (github.ref == 'x')"],
    ['a || b', 'success() && (a || b)'],
    ['always()', 'always()'],
    ['${{ ALWAYS () }}', 'ALWAYS ()'],
    ["failure('a') && x", "failure('a') && x"],
    ['!cancelled()', '!cancelled()'],
    ["contains('always()', 'x')", "success() && (contains('always()', 'x'))"],
    ['github.always', 'success() && (github.always)'],
    // GitHub's trap: text around the braces makes a string of it all.
    ["${{ a }} == 'b'", "success() && (format('{0} == ''b''', a))"],
    ['a ==', 'a =='],
  ])('%j', (text, expression) => {
    expect(normalizeCondition(text)).toBe(expression);
  });
});

test.each<[string, readonly string[] | undefined, boolean]>([
  ['always()', undefined, true],
  ['x && success()', undefined, true],
  ['x', undefined, false],
  ['success()', ['always', 'failure'], false],
  ["${{ Failure('a') }}", ['always', 'failure'], true],
  ["'always()'", ['always'], false],
  ['always( ', ['always'], false],
])('usesStatusFunction of %s among %j: %s', (text, names, uses) => {
  expect(usesStatusFunction(text, names)).toBe(uses);
});

describe('evaluateCondition', () => {
  const scope = (succeeded: boolean): Scope => ({
    contexts: { github: dataFromJson({ ref: 'main', list: [] }) },
    functions: { success: () => succeeded, always: () => true },
  });

  test.each<[ScalarNode['value'] | undefined, boolean, boolean]>([
    [undefined, true, true],
    [undefined, false, false],
    [null, false, false],
    [true, true, true],
    [true, false, false],
    [false, true, false],
    ["github.ref == 'main'", true, true],
    ["github.ref == 'main'", false, false],
    ["always() && github.ref == 'main'", false, true],
    ['github.list', true, true],
    ['github.missing', true, false],
    ["${{ github.ref }} == 'other'", true, true],
  ])('%j after success %s is %s', (value, succeeded, expected) => {
    const condition = value === undefined ? undefined : scalar(value);
    expect(evaluateCondition(condition, scope(succeeded))).toEqual({ ok: true, value: expected });
  });

  test('faults carry the place and count positions from what was written', () => {
    const at = { start: { line: 2, column: 3 }, end: { line: 2, column: 9 } };
    expect(evaluateCondition({ kind: 'scalar', value: 'env.x', at }, scope(true))).toEqual({
      ok: false,
      error: { message: "Unrecognized named-value: 'env'. Located at position 1 within expression: env.x", at },
    });
    expect(evaluateCondition(scalar("fromJSON('')"), scope(true)).ok).toBe(false);
  });
});
