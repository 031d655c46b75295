import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAction, parseWorkflow } from './index.ts';

const WORKFLOW = [
  'name: n',
  'on: { push: { branches: [a, "!b"] }, schedule: [{ cron: "0 0 * * *" }] }',
  'concurrency: { group: "${{ github.ref }}", queue: max }',
  'jobs:',
  '  a: &a',
  '    runs-on: [x]',
  '    strategy: { matrix: { v: [1, 2], include: [{ v: 1, w: 2 }] } }',
  "    if: ${{ github.ref == 'x' }}",
  '    steps:',
  '      - run: |',
  '          echo ${{ matrix.v }}',
  '      - { uses: a/b@c, id: d, background: true }',
  '      - wait: d',
  '  b: { <<: x, needs: a, uses: ./.github/workflows/c.yml }',
  '  c: *a',
].join('\n');
const ACTION =
  'inputs: { a: { default: x } }\nruns:\n  using: composite\n  steps:\n    - { run: x, shell: bash, if: always() }\n';
const PIECES = [
  '${{',
  '}}',
  '[',
  ']',
  '{',
  '}',
  ':',
  '&a',
  '*a',
  '!!int',
  '|',
  '\n',
  '\t',
  '- ',
  '"',
  "'",
  '\u0000',
  '\ufeff',
  '__proto__',
  '<<',
  '? ',
  '%YAML 1.1\n',
  '---\n',
];

const edits = fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.constantFrom(...PIECES)), { minLength: 1, maxLength: 6 });

function edit(text: string, list: readonly (readonly [number, number, string])[]): string {
  return list.reduce((now, [place, length, piece]) => {
    const from = place % (now.length + 1);
    return now.slice(0, from) + piece + now.slice(from + length);
  }, text);
}

describe('damaged files', () => {
  it.each([
    ['a workflow', WORKFLOW, parseWorkflow],
    ['an action', ACTION, parseAction],
  ] as const)('%s is read or told of, never more', (_, good, parse) => {
    fc.assert(
      fc.property(edits, (list) => {
        const result = parse(edit(good, list), 'f.yml');
        if (result.ok) return;
        expect(result.error.length).toBeGreaterThan(0);
        for (const { message, at } of result.error) expect([message.length > 0, at?.file]).toEqual([true, 'f.yml']);
      }),
      { numRuns: 400, seed: 11 },
    );
  });

  it('any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(typeof parseWorkflow(text, 'f').ok).toBe('boolean');
        expect(typeof parseAction(text, 'f').ok).toBe('boolean');
      }),
      { numRuns: 300, seed: 12 },
    );
  });
});
