import { describe, expect, it } from 'vitest';
import { problems } from './testing/reading.ts';

describe('needs (J3)', () => {
  const jobs = (needs: Readonly<Record<string, string>>): string => {
    const lines = Object.entries(needs).map(
      ([id, list]) => `  ${id}: { needs: ${list}, runs-on: x, steps: [{ run: x }] }`,
    );
    return `on: push\njobs:\n${lines.join('\n')}`;
  };

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['ids without regard to case', { a: '[]', b: 'A' }, []],
    ['an unknown job', { a: '[]', b: '[a, c]' }, ["4:19 Job 'b' depends on unknown job 'c'."]],
    [
      'a circle',
      { a: '[]', b: 'c', c: '[a, b]' },
      [
        "4:15 Job 'b' depends on job 'c' which creates a cycle in the dependency graph.",
        "5:19 Job 'c' depends on job 'b' which creates a cycle in the dependency graph.",
      ],
    ],
    [
      'who needs himself',
      { a: '[]', b: 'b' },
      ["4:15 Job 'b' depends on job 'b' which creates a cycle in the dependency graph."],
    ],
    [
      'nobody to begin with',
      { a: 'z' },
      [
        '3:3 The workflow must contain at least one job with no dependencies.',
        "3:15 Job 'a' depends on unknown job 'z'.",
      ],
    ],
  ])('%s', (_, needs, lines) => {
    expect(problems(jobs(needs))).toEqual(lines);
  });

  it('two jobs of one name', () => {
    expect(problems(jobs({ a: '[]', A: '[]' }))).toEqual(["4:3 'A' is already defined"]);
  });
});
