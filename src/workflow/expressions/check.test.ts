import { describe, expect, test } from 'vitest';
import { mapping, type Node, scalar, sequence } from '../model.ts';
import { AVAILABILITY } from './availability.ts';
import { checkCondition, checkNode } from './check.ts';

type Place = keyof typeof AVAILABILITY;

describe('what may be used where', () => {
  test.each<[Place, string, boolean]>([
    ['literal', 'github.ref', false],
    ['runName', 'inputs.x', true],
    ['runName', 'needs.x', false],
    ['workflowEnv', 'secrets.x', true],
    ['workflowEnv', 'env.x', false],
    ['workflowCallOutput', 'jobs.a.outputs.x', true],
    ['strategy', 'needs.a.outputs.x', true],
    ['strategy', 'matrix.os', false],
    ['job', 'matrix.os', true],
    ['job', 'secrets.x', false],
    ['job', 'env.x', false],
    ['jobEnv', 'secrets.x', true],
    ['jobEnv', 'steps.a.outputs.x', false],
    ['jobSecrets', 'secrets.x', true],
    ['jobDefaultsRun', 'env.x', true],
    ['jobOutputs', 'steps.a.outputs.x', true],
    ['containerCredentials', 'secrets.x', true],
    ['containerCredentials', 'matrix.x', false],
    ['containerEnv', 'secrets.x', true],
    ['environmentUrl', 'steps.a.outputs.x', true],
    ['environmentUrl', 'secrets.x', false],
    ['step', "hashFiles('**')", true],
    ['step', 'success()', false],
    ['step', 'jobs.x', false],
    ['compositeStep', 'secrets.x', false],
    ['compositeStep', 'inputs.x', true],
    ['compositeOutput', 'steps.x.outputs.y', true],
    ['actionInputDefault', 'github.token', true],
    ['dockerActionArgs', 'inputs.x', true],
    ['dockerActionArgs', 'github.x', false],
  ])('%s: %s', (place, expression, allowed) => {
    expect(checkNode(scalar(`\${{ ${expression} }}`), AVAILABILITY[place])).toHaveLength(allowed ? 0 : 1);
  });

  test.each<[Place, string, boolean]>([
    ['jobIf', "failure('a', 'b') || success('c')", true],
    ['jobIf', "cancelled('a')", false],
    ['jobIf', 'matrix.x', false],
    ['jobIf', 'env.x', false],
    ['stepIf', "failure() && env.x && hashFiles('a')", true],
    ['stepIf', "failure('a')", false],
    ['stepIf', 'secrets.x', false],
    ['compositeStepIf', 'always()', true],
  ])('if, %s: %s', (place, condition, allowed) => {
    expect(checkCondition(condition, AVAILABILITY[place])).toHaveLength(allowed ? 0 : 1);
  });
});

test('every fault is found, each with the place of its scalar', () => {
  const range = (line: number) => ({ start: { line, column: 1 }, end: { line, column: 9 } });
  const at = (value: string, line: number): Node => ({ kind: 'scalar', value, at: range(line) });
  const node = mapping({
    a: at('${{ nope }} and ${{ matrix.x }}', 1),
    b: sequence([at('${{ github.ref }}', 2), at('${{ "x" }}', 3), at('${{ insert }}', 4)]),
    '${{ insert }}': at('${{ }}', 5),
    '${{ job.x }}': scalar(1),
  });
  expect(checkNode(node, AVAILABILITY.strategy)).toEqual([
    { message: expect.stringContaining("'nope'"), at: range(1) },
    { message: expect.stringContaining("'matrix'"), at: range(1) },
    { message: expect.stringContaining('Unexpected symbol: \'"x"\''), at: range(3) },
    { message: expect.stringContaining("'insert' is only allowed as a key"), at: range(4) },
    { message: 'An expression was expected', at: range(5) },
    { message: expect.stringContaining("'job'") },
  ]);
});

test('one text: a fault of syntax hides no other', () => {
  const faults = (text: string) => checkNode(scalar(text), AVAILABILITY.step).map(({ message }) => message);
  expect(faults('${{ nope }} ${{ "x" }} ${{ 1 + }} ${{ matrix.x }} ${{ Foo(1) }}')).toEqual([
    expect.stringContaining("Unrecognized named-value: 'nope'"),
    expect.stringContaining('Unexpected symbol: \'"x"\''),
    expect.stringContaining("Unexpected symbol: '+'"),
    expect.stringContaining("Unrecognized function: 'Foo'"),
  ]);
  expect(faults('a ${{ insert }} ${{ nope }}')).toEqual([
    expect.stringContaining("'nope'"),
    expect.stringContaining("'insert' is not allowed in the middle"),
  ]);
  expect(faults('${{ nope }} ${{ github.ref')).toEqual([expect.stringContaining('The expression is not closed')]);
});

describe('checkCondition', () => {
  test.each([
    ['github.ref ==', 'Unexpected end of expression'],
    ['${{ github.ref', 'The expression is not closed'],
    ['nope.x', 'position 1 within expression: nope.x'],
    ['${{ nope.x }}', 'position 1 within expression: nope.x'],
    ['${{ }}', 'An expression was expected'],
  ])('%s', (condition, message) => {
    expect(checkCondition(condition, AVAILABILITY.jobIf)).toEqual([{ message: expect.stringContaining(message) }]);
  });

  test.each(['', 'true', '${{ true }}', 'success()'])('%j is fine', (condition) => {
    expect(checkCondition(condition, AVAILABILITY.jobIf)).toEqual([]);
  });

  test('YAML may make it a boolean', () => {
    expect(checkCondition(scalar(false), AVAILABILITY.jobIf)).toEqual([]);
  });
});
