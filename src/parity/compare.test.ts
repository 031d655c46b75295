import { expect, it } from 'vitest';
import { compareRuns, type LegFacts } from './compare.ts';

function leg(job: string, more: Partial<LegFacts> = {}): LegFacts {
  return { job, index: 0, id: job, isMatrix: false, result: 'success', outputs: {}, kept: new Map(), ...more };
}

const messages = (here: readonly LegFacts[], there: readonly LegFacts[]): readonly string[] =>
  compareRuns(here, there).map(({ message }) => message);

it('runs that came to the same have no difference, whatever their legs are called', () => {
  const tree = new Map([['a.txt', '100644 blob 1']]);
  const here = [leg('build', { id: 'build+node_20', isMatrix: true, tree }), leg('last')];
  const there = [leg('build', { id: 'build+_1', isMatrix: true, tree: new Map(tree) }), leg('last'), leg('summary')];
  expect(compareRuns(here, there)).toEqual([]);
});

it('a result that differs is told with its reason, and what follows from it is not', () => {
  const here = [leg('api', { tree: new Map([['a', '1']]) })];
  const there = [leg('api', { result: 'failure', reason: 'exit code 3' })];
  expect(compareRuns(here, there)).toEqual([
    { job: 'api', message: 'api ended as success, in the exported workflow as failure (exit code 3)' },
  ]);
});

it('trees and kept files differ by what is in one alone and by contents, the bit of a script included', () => {
  const here = [
    leg('a', {
      tree: new Map([
        ['x', '100755 blob 1'],
        ['y', '2'],
      ]),
      kept: new Map([['k', 'aa']]),
    }),
  ];
  const there = [
    leg('a', {
      tree: new Map([
        ['x', '100644 blob 1'],
        ['z', '2'],
      ]),
      kept: new Map([['k', 'bb']]),
    }),
  ];
  expect(messages(here, there)).toEqual([
    'a committed another mode or kind in the exported workflow: x',
    'a committed as a task alone: y',
    'a committed in the exported workflow alone: z',
    'a kept other contents in the exported workflow: k',
  ]);
});

it('of many paths the first are named', () => {
  const tree = new Map('abcdefg'.split('').map((path) => [path, '1']));
  expect(messages([leg('a', { tree })], [leg('a', { tree: new Map() })])).toEqual([
    'a committed as a task alone: a, b, c, d and 3 more',
  ]);
});

it('a commit and legs that only one of the runs has are differences', () => {
  const tree = new Map<string, string>();
  expect(
    messages([leg('a', { tree }), leg('b')], [leg('a'), leg('b', { tree }), leg('b', { index: 1, id: 'b+2' })]),
  ).toEqual([
    'a left no result commit in the exported workflow',
    'b left a result commit in the exported workflow alone',
    'b+2 ran in the exported workflow alone, not as a task',
  ]);
  expect(messages([leg('a')], [])).toEqual(['a ran as a task alone, not in the exported workflow']);
});

it('outputs are compared by name, and their values are not told', () => {
  const here = [leg('a', { outputs: { n: '1', same: 'x' } })];
  expect(messages(here, [leg('a', { outputs: { n: '2', same: 'x', more: '' } })])).toEqual([
    'a gave other outputs in the exported workflow: n, more',
  ]);
});

it('legs that both failed differ by what did not hold, and by what they have left', () => {
  const failed = (seen: string, object: string): LegFacts =>
    leg('a', {
      result: 'failure',
      failed: [`exit code ${seen}`],
      left: new Map([['x', `100644 blob ${object}`]]),
    });
  expect(messages([failed('3', '1')], [failed('3', '1')])).toEqual([]);
  expect(messages([failed('3', '1')], [failed('4', '2')])).toEqual([
    'a failed by exit code 3, in the exported workflow by exit code 4',
  ]);
  expect(messages([failed('3', '1')], [failed('3', '2')])).toEqual([
    'a left other contents in the exported workflow: x',
  ]);
});

it('failures before the command are told in other words by both, and are no difference', () => {
  const failed = (reason: string, checks: readonly string[] = []): LegFacts =>
    leg('a', { result: 'failure', reason, failed: checks });
  expect(messages([failed('setup ended')], [failed('setup-failed: setup ended')])).toEqual([]);
  expect(messages([failed('exit', ['exit code 1'])], [failed('setup-failed: setup ended')])).toEqual([
    'a failed by exit code 1, in the exported workflow by setup-failed: setup ended',
  ]);
});

it('a leg that counts as a success in spite of its failure is none where it did not fail', () => {
  expect(messages([leg('a', { failed: ['exit code 1'] })], [leg('a')])).toEqual([
    'a failed by exit code 1, in the exported workflow by nothing',
  ]);
});

it('which legs a failing one beside them has cancelled is chance', () => {
  const legs = (second: Partial<LegFacts>): readonly LegFacts[] => [
    leg('m', { isMatrix: true, result: 'failure' }),
    leg('m', { isMatrix: true, index: 1, id: 'm+2', ...second }),
  ];
  expect(compareRuns(legs({ result: 'cancelled' }), legs({}))).toEqual([]);
  expect(compareRuns(legs({}), legs({ result: 'cancelled' }))).toEqual([]);
  expect(messages(legs({}), legs({ result: 'skipped' }))).toEqual([
    'm+2 ended as success, in the exported workflow as skipped',
  ]);
});
