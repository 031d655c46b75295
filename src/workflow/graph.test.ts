import { describe, expect, test } from 'vitest';
import { analyzeGraph, describeCycle, type GraphNode } from './graph.ts';

/** `b<a` is b, which needs a. */
function graph(...texts: string[]): GraphNode[] {
  return texts.map((text) => {
    const [id = '', needs] = text.split('<');
    return { id, needs: needs?.split('+') ?? [] };
  });
}

describe('analyzeGraph', () => {
  test.each<[string, string[], string]>([
    ['nothing', [], ''],
    ['as given when that will do', ['a', 'b<a', 'c<a', 'd<b+c'], 'a b c d'],
    ['needs first', ['d<b+c', 'c<a', 'b<a', 'a'], 'a b c d'],
    ['whatever the case', ['B<A', 'a'], 'a B'],
    ['needed twice', ['b<a+a', 'a'], 'a b'],
  ])('order: %s', (_, texts, order) => {
    expect(analyzeGraph(graph(...texts))).toEqual({ unknown: [], cycles: [], order: order.split(' ').filter(Boolean) });
  });

  test('unknown needs, all of them', () => {
    const { unknown, order } = analyzeGraph(graph('a<x', 'b<a+y+constructor'));
    expect(unknown).toEqual([
      { job: 'a', need: 'x' },
      { job: 'b', need: 'y' },
      { job: 'b', need: 'constructor' },
    ]);
    expect(order).toEqual(['a', 'b']);
  });

  test.each<[string[], string[]]>([
    [['a<a'], ['a → a']],
    [['a<B', 'b<A'], ['a → b → a']],
    [['x<a', 'a<b', 'b<c', 'c<a'], ['a → b → c → a']],
    [
      ['a<b', 'b<a', 'c<d', 'd<c+a'],
      ['a → b → a', 'c → d → c'],
    ],
  ])('cycles of %j', (texts, cycles) => {
    expect(analyzeGraph(graph(...texts)).cycles.map(describeCycle)).toEqual(cycles);
  });

  test('10,000 jobs in a chain, given backwards', () => {
    const count = 10_000;
    const jobs = Array.from({ length: count }, (_, index) => {
      const id = count - index;
      return { id: `j${id}`, needs: id === 1 ? [] : [`j${id - 1}`] };
    });
    const { order, cycles } = analyzeGraph(jobs);
    expect(cycles).toEqual([]);
    expect(order).toHaveLength(count);
    expect([order[0], order.at(-1)]).toEqual(['j1', `j${count}`]);
  });

  test('a graph full of cycles names only some', () => {
    const ids = Array.from({ length: 300 }, (_, index) => `j${index}`);
    expect(analyzeGraph(ids.map((id) => ({ id, needs: ids }))).cycles).toHaveLength(10);
  });
});
