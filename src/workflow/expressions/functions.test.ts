import { describe, expect, test } from 'vitest';
import { evaluateForPeople } from './answer.ts';

const contexts = { list: [1, 'Two', null, true, [3], { a: 4 }], empty: [], object: { a: 'b' } };

function value(text: string) {
  const answer = evaluateForPeople(text, contexts);
  return 'error' in answer ? answer.error.message : answer.value;
}

describe('contains, startsWith, endsWith', () => {
  test.each([
    ["contains('abCd', 'BC')", true],
    ["contains('abc', '')", true],
    ["contains('', '')", true],
    ["contains(null, '')", true],
    ['contains(1234, 23)', true],
    ["contains('true', true)", true],
    ["contains('straße', 'SS')", false],
    ["contains('abc', list)", false],
    ["contains(list, 'two')", true],
    ["contains(list, '1')", true],
    ["contains(list, 'tw')", false],
    ['contains(list, false)', true],
    ["contains(object, 'b')", false],
    ["contains(empty, fromJSON('bad'))", false],
    ["contains(object, fromJSON('bad'))", false],
    ["startsWith('Abc', 'aB')", true],
    ["startsWith('abc', 'bc')", false],
    ["startsWith(list, '1')", false],
    ["startsWith('abc', list)", false],
    ["startsWith(empty, fromJSON('bad'))", false],
    ["endsWith('refs/heads/MAIN', 'main')", true],
    ['endsWith(1234, 34)', true],
    ["endsWith('abc', null)", true],
  ])('%s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });
});

describe('join', () => {
  test.each([
    ['join(list)', '1,Two,,true,Array,Object'],
    ["join(list, ' + ')", '1 + Two +  + true + Array + Object'],
    ['join(list, null)', '1TwotrueArrayObject'],
    ['join(list, empty)', '1,Two,,true,Array,Object'],
    ["join('text', '-')", 'text'],
    ['join(1e15)', '1E+15'],
    ['join(null)', ''],
    ['join(empty)', ''],
    ['join(object)', ''],
    ["join(fromJSON('[1]'), fromJSON('bad'))", '1'],
  ])('%s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });
});

describe('case', () => {
  test.each([
    ["case(true, 1, fromJSON('bad'))", 1],
    ["case(false, fromJSON('bad'), 2)", 2],
    ["case(1 > 2, 'a', 1 < 2, 'b', 'c')", 'b'],
    ["case(true, 'a', 'no boolean', 'b', 'c')", 'a'],
    ["CASE(false, 'a', 'd')", 'd'],
    ["case('true', 'a', 'b')", 'case predicate must evaluate to a boolean value'],
    ["case(false, 'a', 1, 'b', 'c')", 'case predicate must evaluate to a boolean value'],
  ])('%s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });
});
