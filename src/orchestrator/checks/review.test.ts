import { describe, expect, it } from 'vitest';
import { checkCases, task } from '../testing/cases.ts';
import { check } from '../testing/marked.ts';

const two = (first: string, second: string, top = 'review: { command: r }'): string =>
  `version: 1\n${top}\ntasks:\n  - { name: ${first}, command: x, review: true }\n  - { name: ${second}, command: y }`;
const long = 'a'.repeat(91);

describe('reviews', () => {
  checkCases([
    ['by nobody', task('review: ⟦true⟧'), 'missing-key', 'write "review: { command: … }" at the top of the file'],
    ['of a matrix', task('review: ⟦{ command: r }⟧\nmatrix: { x: [1] }'), 'not-reviewable', 'the legs of a matrix'],
    ['of nothing', task('review: ⟦{ command: r }⟧\ncommit: false'), 'not-reviewable', 'passes nothing on'],
    ['without a handoff', task('review: ⟦{ command: r }⟧\nchanges: forbidden'), 'not-reviewable', 'review/handoff.md'],
    ['with a name that is taken', two('a', '⟦A-Reviewed⟧'), 'duplicate-name', 'a job of the review of "a"'],
    ['with the name of a round', two('a', '⟦a-fix-2⟧', 'review: { command: r, max_rounds: 2 }'), 'duplicate-name'],
    ['with names that are too long', two(`⟦${long}⟧`, 'b'), 'bad-name', 'too long for its review'],
    ['that nobody asks for', `version: 1\nreview: ⟦{ command: r }⟧\ntasks: [{ name: a, command: x }]`, 'no-effect'],
    ['without end', task('review: { command: r, max_rounds: ⟦99⟧ }'), 'bad-value', 'from 1 to 10'],
    ['with a key that is none', task('review: { command: r, ⟦rounds⟧: 2 }'), 'unknown-key'],
    ['said in another way', task('review: ⟦yes⟧'), 'bad-value', 'true, false or a mapping with a command'],
    ['with a duration of nothing', task('review: { command: r, timeout: ⟦0s⟧ }'), 'bad-duration'],
    ['with a prompt that leads out', task('review: { command: r, prompt: ⟦../x⟧ }'), 'path-outside'],
    ['with a secret in the open', task('review: { command: r, secrets: [K], env: { ⟦K⟧: 1 } }'), 'secret-in-env'],
    ['with notes elsewhere', task('review: { command: r, notes: [⟦../x⟧, ⟦.⟧] }'), 'path-outside'],
    ['with a reserved variable', task('review: { command: r, env: { ⟦ORCH_X⟧: 1 } }'), 'reserved-name'],
    ['with a command that is not evaluated', task('review: { command: ⟦"${{ x }}"⟧ }'), 'not-evaluated'],
    [
      'with a mount that is none',
      task('review: { command: r, sandbox: { image: i, mounts: [{ source: ⟦/⟧, target: /t }] } }'),
      'bad-mount',
    ],
  ]);

  it.each([
    ['round 3, where there are two', two('a', 'a-review-3', 'review: { command: r, max_rounds: 2 }')],
    [
      'none asked for',
      two('a', 'a-review')
        .replace('review: true', 'review: false')
        .replace(/^review.*$/m, ''),
    ],
  ])('a name is free: %s', (_, text) => {
    expect(check(text).diagnostics).toEqual([]);
  });
});
