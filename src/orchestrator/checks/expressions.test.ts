import { describe, expect, it } from 'vitest';
import { checkCases, file, task } from '../testing/cases.ts';
import { check } from '../testing/marked.ts';

describe('expressions', () => {
  checkCases([
    ['not closed', task('env: { A: ⟦"${{ github.sha"⟧ }'), 'bad-expression', 'not closed'],
    ['not an expression', task('if: ⟦a ==⟧'), 'bad-expression'],
    ['an unknown function', task('if: ⟦succes()⟧'), 'bad-expression', 'did you mean "success"?'],
    ['a status function in env', task('env: { A: ⟦"${{ always() }}"⟧ }'), 'bad-expression'],
    ['an unknown context', task('if: ⟦gihub.sha == 1⟧'), 'bad-expression', 'did you mean "github"?'],
    ['a secret in env', task('env: { A: ⟦"${{ secrets.T }}"⟧ }'), 'bad-expression', 'name it under "secrets"'],
    ['env in if', task('if: ⟦env.A⟧'), 'bad-expression', 'here there are github, inputs, vars, needs'],
    ['matrix in if', task('if: ⟦matrix.a⟧\nmatrix: { a: [1] }'), 'bad-expression'],
    ['a bad matrix', task('matrix: ⟦{ a: 1 }⟧'), 'bad-matrix'],
    ['a matrix with nothing left', task('matrix: ⟦{ a: [1], exclude: [{ a: 1 }] }⟧'), 'empty-matrix'],
    ['braces in a command', task('verify: ⟦test ${{ inputs.a }}⟧'), 'not-evaluated', 'taken literally'],
    ['braces in an input', file('inputs: { a: ⟦"${{ x }}"⟧ }'), 'not-evaluated'],
  ]);

  it('a long text cannot hold braces', () => {
    const { diagnostics } = check(task(`verify: "\${{ ${'x'.repeat(30_000)}"`));
    expect(diagnostics.map(({ code }) => code)).toEqual(['not-evaluated', 'bad-value']);
  });

  it('too many legs', () => {
    const list = JSON.stringify(Array.from({ length: 17 }, (_, i) => i));
    expect(check(task(`matrix: { a: ${list}, b: ${list} }`)).diagnostics[0]?.message).toMatch(/289/);
  });
});
