import { describe, expect, test } from 'vitest';
import { evaluateForPeople } from './answer.ts';

describe('evaluateForPeople', () => {
  test.each([
    ['null', { kind: 'Null', value: null }],
    ['1 < 2', { kind: 'Boolean', value: true }],
    ['0x10', { kind: 'Number', value: 16 }],
    ["format('{0}', 1)", { kind: 'String', value: '1' }],
    ["fromJSON('[1]')", { kind: 'Array', value: [1] }],
    ['GitHub.Event', { kind: 'Object', value: { x: 1 } }],
    ["${{ github.event.x == 1 && 'braces }}' }}", { kind: 'String', value: 'braces }}' }],
  ])('%s', (text, answer) => {
    expect(evaluateForPeople(text, { gitHUB: { event: { x: 1 } } })).toEqual(answer);
  });

  test.each([
    ['"', 'lexing'],
    ['nothing', 'parsing'],
    ['success()', 'parsing'],
    ['${{ 1', 'lexing'],
    ["fromJSON('')", 'evaluation'],
  ])('%s fails in %s', (text, kind) => {
    expect(evaluateForPeople(text, {})).toEqual({ error: { kind, message: expect.any(String) } });
  });

  test('contexts from hostile JSON', () => {
    const contexts = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}');
    expect(evaluateForPeople('__proto__.a', contexts)).toEqual({ kind: 'Number', value: 1 });
    expect(evaluateForPeople('constructor', contexts)).toEqual({ kind: 'Number', value: 2 });
    const deep = { a: JSON.parse(`${'['.repeat(101)}${']'.repeat(101)}`) };
    expect(evaluateForPeople('1', deep)).toEqual({
      error: { kind: 'evaluation', message: 'The value is nested deeper than 100 levels' },
    });
  });

  test.each([[[1]], ['x'], [null], [3]])('contexts must be an object, not %j', (contexts) => {
    expect(evaluateForPeople('1', contexts)).toMatchObject({ error: { kind: 'evaluation' } });
  });

  test('no contexts are needed', () => {
    expect(evaluateForPeople('1', undefined)).toEqual({ kind: 'Number', value: 1 });
  });

  test('10,000 simple evaluations take well under a second', () => {
    const start = performance.now();
    for (let i = 0; i < 10_000; i++)
      evaluateForPeople("github.ref == 'refs/heads/main' && true", { github: { ref: 'x' } });
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
