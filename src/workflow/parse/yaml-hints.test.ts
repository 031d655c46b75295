import { expect, it } from 'vitest';
import { parseWorkflow } from './workflow.ts';

/** The hints for a step that is written so. */
function hintsFor(step: string): readonly (string | undefined)[] {
  const text = `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`;
  const parsed = parseWorkflow(text, 'w.yml');
  return parsed.ok ? [] : parsed.error.map(({ hint }) => hint);
}

it.each([
  ['run: echo: x', 'below a |'],
  ['run: echo "a": b', 'below a |'],
  ['run: echo a:', 'below a |'],
  ['name: @x', 'begins with "@"'],
  ['run: `date`', 'begins with "`"'],
  ['run: *x y', 'an alias or an anchor'],
  ['name: "a" b', 'put all of it in quotes'],
  ['run: [ -f x ] && y', 'put all of it in quotes'],
  ["if: !contains(github.ref, 'x')", 'write ${{ !… }}'],
  ['if: {{ github.ref }}', 'written ${{ … }}'],
  ['run: a\n\tb: c', 'not with tabs'],
])('%j is explained once', (step, hint) => {
  const [first, ...others] = hintsFor(step);
  expect(first).toContain(hint);
  expect(others.filter((other) => other !== undefined)).toEqual([]);
});

it.each(['run: "echo: x"', 'run: |\n          echo: x', 'run: echo a:b', '- x', 'uses actions/checkout@v4'])(
  '%j needs no such word',
  (step) => {
    expect(hintsFor(step).filter((hint) => hint?.includes('YAML') === true)).toEqual([]);
  },
);

it('a line of a megabyte is not gone through', () => {
  expect(hintsFor(`run: a${': '.repeat(400_000)}`)).toEqual([undefined]);
});
