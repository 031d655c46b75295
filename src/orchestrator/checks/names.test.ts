import { describe } from 'vitest';
import { checkCases, file, task } from '../testing/cases.ts';

describe('names', () => {
  checkCases([
    [
      'the same twice',
      'version: 1\ntasks: [{ name: a, command: x }, { name: ⟦a⟧, command: x }]',
      'duplicate-name',
      'two tasks are called "a"',
    ],
    [
      'differing in case',
      'version: 1\ntasks: [{ name: Api, command: x }, { name: ⟦api⟧, command: x }]',
      'duplicate-name',
      'differ in case alone',
    ],
    ['an output twice', task('outputs: [x, ⟦X⟧]'), 'repeated-item'],
    ['orch in env', task('env: { ⟦ORCH_RUN⟧: 1 }'), 'reserved-name'],
    ['orch in env_from', file('env_from: [⟦ORCH_RUN⟧]'), 'reserved-name'],
    ['orch in secrets', task('secrets: [⟦ORCH_X⟧]'), 'reserved-name'],
    ['a command file', task('env: { ⟦GITHUB_OUTPUT⟧: x }'), 'reserved-name', 'never passed to a task'],
    ["GitHub's variables", task('env: { ⟦GITHUB_SHA⟧: x }'), 'reserved-name', 'belongs to GitHub'],
    ["GitHub's secrets", task('secrets: [GITHUB_TOKEN, ⟦GITHUB_X⟧]'), 'reserved-name'],
    ['a secret in env', task('secrets: [T]\nenv: { ⟦T⟧: x }'), 'secret-in-env', 'both a secret and a variable'],
    ["a secret in the file's env", `${file('env: { ⟦T⟧: x }\ndefaults: { secrets: [T] }')}`, 'secret-in-env'],
  ]);
});
