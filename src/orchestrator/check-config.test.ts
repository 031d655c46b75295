import { describe, expect, it } from 'vitest';
import { checkCases, file, task } from './testing/cases.ts';
import { check } from './testing/marked.ts';

describe('keys', () => {
  checkCases([
    ['unknown at the top', file('⟦nam⟧: x'), 'unknown-key', 'did you mean "name"?'],
    [
      'unknown in a task',
      task('⟦depend_on⟧: [a]'),
      'unknown-key',
      'task "b" has no key "depend_on" — did you mean "depends_on"?',
    ],
    ['with hyphens', task('⟦retry-delay⟧: 3s'), 'unknown-key', 'did you mean "retry_delay"?'],
    ["GitHub's word", task('⟦needs⟧: [a]'), 'unknown-key', 'did you mean "depends_on"?'],
    ['a task key at the top', file('⟦retries⟧: 3'), 'unknown-key', 'belongs to a task'],
    ['a top key in a task', task('⟦on_failure⟧: kill'), 'unknown-key', 'belongs at the top'],
    ['a merge key', task('⟦<<⟧: { timeout: 1m }'), 'unknown-key', 'merge keys are not read'],
    ['nothing like it', task('⟦zzzzzz⟧: 1'), 'unknown-key', 'task "b" has no key "zzzzzz" — no hint'],
    ['a prototype name', task('⟦__proto__⟧: { timeout: 1m }'), 'unknown-key'],
    ['in worktrees', file('worktrees: { ⟦links⟧: [x] }'), 'unknown-key', 'did you mean "link"?'],
    ['without a default', file('defaults: { ⟦depends_on⟧: [a] }'), 'unknown-key', 'cannot have a default'],
    ['no version', '⟦tasks⟧: [{ name: a, command: x }]', 'missing-key', 'the file must have the key "version"'],
    ['no tasks', '⟦version⟧: 1', 'missing-key', '"tasks"'],
    [
      'no command',
      'version: 1\ntasks:\n  - ⟦name⟧: a\n    verify: x',
      'missing-key',
      'task "a" must have the key "command"',
    ],
    ['no name', 'version: 1\ntasks:\n  - ⟦command⟧: x', 'missing-key', 'task 1 must have the key "name"'],
    ['twice', 'version: 1\n⟦version⟧: 1\ntasks: [{ name: a, command: x }]', 'duplicate-key'],
    ['twice but for case', task('env: { X: 1, ⟦x⟧: 2 }'), 'duplicate-key', 'written twice'],
  ]);

  it('a command may come from the defaults', () => {
    expect(check('version: 1\ndefaults: { command: make }\ntasks: [{ name: a }]').config?.tasks[0]?.command).toBe(
      'make',
    );
  });
});

describe('features to come', () => {
  checkCases([['agent', task('⟦agent⟧: codex'), 'not-yet-supported', 'remove "agent" for now']]);
});

describe('all at once', () => {
  it('finds mistakes of every kind in one go, in the order of the file', () => {
    const { diagnostics, config } = check(
      'version: 2\nmax_parallel: x\ntasks:\n  - name: a\n    depend_on: []\n    depends_on: [b]\n    if: nope()\n',
    );
    expect(config).toBeUndefined();
    expect(diagnostics.map(({ code, at }) => `${at?.range?.start.line} ${code}`)).toEqual([
      '1 bad-value',
      '2 bad-value',
      '4 missing-key',
      '5 unknown-key',
      '6 unknown-dependency',
      '7 bad-expression',
    ]);
  });

  it('says the worst two hundred of very many', () => {
    const many = Array.from({ length: 500 }, (_, i) => `  - { name: t${i}, command: x, verify_timeout: 1m, oops: 1 }`);
    const { diagnostics } = check(`version: 1\ntasks:\n${many.join('\n')}`);
    expect(diagnostics).toHaveLength(201);
    expect(new Set(diagnostics.slice(0, 200).map(({ code }) => code))).toEqual(new Set(['unknown-key']));
    expect(diagnostics.at(-1)?.message).toBe('800 more mistakes are not shown');
  });

  it('an empty file', () => {
    expect(check('# nothing\n').diagnostics.map(({ code }) => code)).toEqual(['empty-file']);
  });
});
