import { describe, expect, test } from 'vitest';
import { evaluateForPeople } from './answer.ts';
import { dataFromJson, dataObject } from './data.ts';
import { evaluateExpression, type Scope } from './evaluate.ts';
import { failEvaluation } from './fault.ts';
import { parseExpression } from './names.ts';

const contexts = {
  o: { Foo: { bar: 1 }, '10': 'ten', list: [10, 20, [30, 31]], nothing: null, 'a-b': 'dash' },
  people: [
    { name: 'ann', tags: ['x', 'y'] },
    { name: 'bob', tags: [] },
    { age: 3, tags: 'no list' },
    'text',
    null,
    [7, 8],
  ],
  text: 'abc',
  long: 'x'.repeat(1024 * 1024),
};

function value(text: string) {
  const answer = evaluateForPeople(text, contexts);
  return 'error' in answer ? answer.error : answer.value;
}

describe('operators', () => {
  test.each([
    ["'a' == 'A'", true],
    ["'ß' == 'SS'", false],
    ["'1' == 1", true],
    ["'' == 0", true],
    ['null == 0', true],
    ["null == ''", true],
    ["true == '1'", true],
    ["'true' == true", false],
    ['NaN == NaN', false],
    ['NaN != NaN', true],
    ['null >= null', true],
    ['null > null', false],
    ['false < true', true],
    ["'B' > 'a'", true],
    ["'b' < 'C'", true],
    ["'10' < '9'", true],
    ["'10' < 9", false],
    ["'x' < 1", false],
    ["'x' >= 1", false],
    ['o == o', true],
    ['o.Foo != o.Foo', false],
    ['o == people', false],
    ['o > o', false],
    ['o >= o', true],
    ["fromJSON('[]') == fromJSON('[]')", false],
    ["'0xFFFFFFFF' == 4294967295", false],
    ["'0xFFFFFFFF' == -1", true],
    ['0xFFFFFFFF', -1],
    ["'0b11' == 3", false],
    ['!o.nothing', true],
    ["!''", true],
    ['!!o', true],
    ['!NaN', true],
    ["'' || 'x'", 'x'],
    ["0 || null || ''", ''],
    ["'a' && 0 && 'b'", 0],
    ["1 && 'b'", 'b'],
    ['1 == 1 == true', true],
    ['1 < 2 == true && false || 3', 3],
    ["true || fromJSON('bad')", true],
    ["false && fromJSON('bad')", false],
    ["'it''s ''x'''", "it's 'x'"],
  ])('%s', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });
});

describe('members', () => {
  test.each([
    ['o.foo.BAR', 1],
    ["o['FOO']['bar']", 1],
    ['o.a-b', 'dash'],
    ['o[10]', 'ten'],
    ["o['1E+1']", null],
    ['o.missing.deeper.still', null],
    ['o.nothing.x', null],
    ['o[o]', null],
    ['o.list[1]', 20],
    ["o.list['1']", 20],
    ['o.list[1.9]', 20],
    ['o.list[-1]', null],
    ['o.list[NaN]', null],
    ['o.list[99]', null],
    ["o.list['x']", null],
    ['o.list[null]', 10],
    ['o.list[true]', 20],
    ['text.length', null],
    ['text[0]', null],
    ["text[fromJSON('bad')]", null],
    ['o.constructor', null],
    ['o.__proto__', null],
    ['(o).foo.bar', 1],
    ["fromJSON('[5]')[0]", 5],
  ])('%s', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });
});

describe('filtered arrays', () => {
  test.each([
    ['people.*.name', ['ann', 'bob']],
    ["people[*]['NAME']", ['ann', 'bob']],
    ['people.*.tags', [['x', 'y'], [], 'no list']],
    ['people.*.tags.*', ['x', 'y']],
    ['people.*.tags[0]', ['x']],
    ['people.*[1]', [8]],
    ['people.*.name[0]', []],
    ['people.*.*', ['ann', ['x', 'y'], 'bob', [], 3, 'no list', 7, 8]],
    ['o.foo.*', [1]],
    ['o.list.*', [10, 20, [30, 31]]],
    ['o.list.*.*', [30, 31]],
    ['text.*', []],
    ['text.*.x.*', []],
    ['o.nothing.*', []],
    ["(people.* || 'x').name", ['ann', 'bob']],
    ["join(people.*.name, '-')", 'ann-bob'],
    ["contains(people.*.name, 'BOB')", true],
  ])('%s', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });
});

test('an empty expression is null', () => {
  expect(value('')).toBeNull();
  expect(value('  \n ')).toBeNull();
});

function evaluateIn(text: string, scope: Scope) {
  const functions = Object.keys(scope.functions).map((name) => ({ name, minArgs: 0, maxArgs: 9 }));
  const parsed = parseExpression(text, { contexts: ['github', 'env', 'secrets'], functions });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return evaluateExpression(parsed.value, scope);
}

describe('a scope', () => {
  const env = dataObject(
    [
      ['Foo', 'a'],
      ['FOO', 'b'],
    ],
    { caseSensitive: true },
  );
  const scope: Scope = {
    contexts: { env, github: dataFromJson({ ref: 'main' }) },
    functions: {
      echo: (args) => args[0] ?? null,
      broken: () => failEvaluation('it does not work'),
      buggy: () => {
        throw new TypeError('a bug');
      },
    },
  };

  test('env is case-sensitive, others are not', () => {
    expect(evaluateIn("format('{0}{1}{2}{3}', env.Foo, env.FOO, env.foo, github.REF)", scope)).toEqual({
      ok: true,
      value: 'abmain',
    });
  });

  test('a context that may be used but is absent is null, and so is all below', () => {
    expect(evaluateIn('secrets.TOKEN', scope)).toEqual({ ok: true, value: null });
  });

  test('functions are found without regard to case', () => {
    expect(evaluateIn('ECHO(github).ref', scope)).toEqual({ ok: true, value: 'main' });
  });

  test('a function that fails is a fault, one that breaks is a bug', () => {
    const error = { kind: 'evaluation', message: 'it does not work' };
    expect(evaluateIn('broken()', scope)).toEqual({ ok: false, error });
    expect(() => evaluateIn('buggy()', scope)).toThrow(TypeError);
    expect(evaluateIn('false && buggy()', scope)).toEqual({ ok: true, value: false });
  });
});

describe('an evaluation cannot grow without limit', () => {
  const bomb = (inner: string) => `format('${'{0}'.repeat(50)}', ${inner})`;
  const message = 'The maximum allowed memory size was exceeded while evaluating the expression';

  test.each([
    ['format', bomb(bomb(bomb(bomb(bomb("'xxxxxxxxxx'")))))],
    ['join', `join(fromJSON(format('[{0}1]', ${bomb(bomb("'1,'"))})), ${bomb(bomb(bomb("'x'")))})`],
    ['toJSON', `toJSON(fromJSON(format('[{0}1]', ${bomb(bomb(bomb(bomb("'1,'"))))})))`],
    ['many results', Array.from({ length: 11 }, () => "format('{0}', long)").join(' && ')],
  ])('%s', (_, text) => {
    expect(value(text)).toEqual({ kind: 'evaluation', message });
  });
});
