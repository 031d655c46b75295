import { describe, expect, it } from 'vitest';
import { checkCases, file, task } from '../testing/cases.ts';
import { check } from '../testing/marked.ts';

describe('what expressions refer to', () => {
  checkCases([
    [
      'a task that is no dependency',
      task('if: ⟦needs.a.result == 1⟧'),
      'unknown-need',
      '"b" does not depend on "a" — add "a" to "depends_on"',
    ],
    [
      'a misspelt dependency',
      'version: 1\ntasks: [{ name: database, command: x }, { name: b, command: x, depends_on: [database], if: ⟦needs.databas.result⟧ }]',
      'unknown-need',
      'did you mean "database"?',
    ],
    [
      'an undeclared output',
      task('depends_on: [a]\nenv: { U: ⟦"x ${{ needs.a.outputs.ulr }}"⟧ }'),
      'unknown-output',
      'did you mean "url"?',
    ],
    [
      'neither outputs nor result',
      task('depends_on: [a]\nif: ⟦needs.a.output.url⟧'),
      'unknown-output',
      'did you mean "outputs"?',
    ],
    ['by index', task("depends_on: [a]\nif: ⟦needs['a']['outputs']['no']⟧"), 'unknown-output'],
    ['inside a computed index', task('depends_on: [a]\nif: ⟦github[needs.c.result]⟧'), 'unknown-need'],
    [
      'an unknown input',
      file('inputs: { stage: x }\ndefaults: { if: ⟦inputs.stagge⟧ }'),
      'unknown-input',
      'did you mean "stage"?',
    ],
    ['an unknown variable', task('if: ⟦vars.X⟧'), 'unknown-variable', 'give it a value under "vars"'],
    [
      'an unknown matrix key',
      task(
        'matrix: { os: [1], include: [{ os: 2, more: 1 }] }\nenv: { A: ⟦"${{ matrix.oss }}"⟧, B: "${{ matrix.more }}" }',
      ),
      'unknown-matrix-key',
      'did you mean "os"?',
    ],
    [
      'in shared env, said once',
      'version: 1\nenv: { A: ⟦"${{ needs.x.result }}"⟧ }\ntasks: [{ name: a, command: x }, { name: b, command: x }]',
      'unknown-need',
      '"a" does not depend on "x"',
    ],
    [
      'in a default that one task overrides',
      'version: 1\ndefaults: { if: ⟦needs.a.result⟧ }\ntasks: [{ name: a, command: x, if: true }, { name: b, command: x }]',
      'unknown-need',
      '"b" does not depend on "a"',
    ],
  ]);

  it.each([
    'if: needs.A.outputs.URL',
    'if: needs.a.result',
    'if: toJSON(needs)',
    'if: contains(needs.*.result, 1)',
    'if: needs[github.ref].outputs.x',
    'if: needs.a.outputs[github.ref]',
    'matrix: "${{ fromJSON(needs.a.outputs.url) }}"\nenv: { A: "${{ matrix.x }}" }',
    'matrix: { a: "${{ fromJSON(needs.a.outputs.url) }}" }\nfail_fast: false\nmax_parallel: 2',
  ])('%s is fine', (rest) => {
    expect(check(task(`depends_on: [a]\n${rest}`)).diagnostics).toEqual([]);
  });

  it('an input from the command line counts', () => {
    const { config } = check(file('inputs: { n: 1, b: true }'), { inputs: { N: '2', b: 'false' }, vars: { x: '1' } });
    expect(config).toMatchObject({ inputs: { n: 2, b: false }, vars: { x: '1' } });
  });

  it.each([
    [{ inputs: { m: '1' } }, 'unknown-input'],
    [{ inputs: { n: 'one' } }, 'bad-value'],
    [{ inputs: { b: 'yes' } }, 'bad-value'],
  ])('the override %o is refused', (overrides, code) => {
    expect(check(file('inputs: { n: 1, b: true }'), overrides).diagnostics.map((d) => d.code)).toEqual([code]);
  });
});
