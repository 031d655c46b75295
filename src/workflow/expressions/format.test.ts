import { describe, expect, test } from 'vitest';
import { evaluateForPeople } from './answer.ts';

function value(text: string) {
  const answer = evaluateForPeople(text, { list: [] });
  return 'error' in answer ? answer.error.message : answer.value;
}

describe('format', () => {
  test.each([
    ["format('plain')", 'plain'],
    ["format('{0} {1} {0}', 'a', 'b')", 'a b a'],
    ["format('{00}{1}', 'a', list)", 'aArray'],
    ["format('{{{0}}}', 'a')", '{a}'],
    ["format('{{}}')", '{}'],
    ["format('{0}', '{1}')", '{1}'],
    ["format('{0:}', 1)", '1'],
    ["format('{0}|{1}|{2}|{3}', null, true, 1e15, 0.00001)", '|true|1E+15|1E-05'],
    ["format('{0}', 3.14159265358979312)", '3.14159265358979'],
    ['format(null)', ''],
    ["format('unused', fromJSON('bad'))", 'unused'],
  ])('%s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  test.each(['{', '}', '{0', '0}', '{}', '{x}', '{ 0}', '{0 }', '{-1}', '{0}}', '{{0}', '{256}', '{0:x}}', '{0:x'])(
    '%s is invalid',
    (pattern) => {
      expect(value(`format('${pattern}', 'a')`)).toBe(`The following format string is invalid: ${pattern}`);
    },
  );

  test('an index without an argument', () => {
    const message = 'The following format string references more arguments than were supplied: {1}';
    expect(value("format('{1}', 'a')")).toBe(message);
    expect(value("format('{1}', fromJSON('bad'))")).toBe(message);
  });

  test.each([
    ["format('{0:x}', 1)", "The format specifiers 'x' are not valid for objects of type 'Number'"],
    ["format('{0:a}}b}', list)", "The format specifiers 'a}b' are not valid for objects of type 'Array'"],
  ])('%s', (text, message) => {
    expect(value(text)).toBe(message);
  });
});
