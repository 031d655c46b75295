import { describe, expect, it } from 'vitest';
import { checkCases, task } from '../testing/cases.ts';
import { check } from '../testing/marked.ts';

describe('dependencies', () => {
  checkCases([
    ['unknown', task('depends_on: [a, ⟦c⟧]'), 'unknown-dependency', 'there is no task "c"'],
    [
      'misspelt',
      'version: 1\ntasks: [{ name: database, command: x }, { name: b, command: x, depends_on: [⟦datebase⟧] }]',
      'unknown-dependency',
      'did you mean "database"?',
    ],
    ['itself', task('depends_on: [⟦B⟧]'), 'self-dependency'],
    ['twice', task('depends_on: [a, ⟦A⟧]'), 'repeated-item', 'stands twice'],
    [
      'a circle',
      'version: 1\ntasks:\n  - { name: a, command: x, depends_on: [⟦b⟧] }\n  - { name: b, command: x, depends_on: [c] }\n  - { name: c, command: x, depends_on: [a] }',
      'dependency-cycle',
      'in a circle: a → b → c → a',
    ],
  ]);

  it('names the other steps of a circle', () => {
    const text =
      'version: 1\ntasks:\n  - { name: a, command: x, depends_on: [b] }\n  - { name: b, command: x, depends_on: [A] }';
    const [diagnostic] = check(text).diagnostics;
    expect(diagnostic?.related).toEqual([
      {
        message: '"b" depends on "a" here',
        at: { file: 'o.yaml', range: { start: { line: 4, column: 41 }, end: { line: 4, column: 42 } } },
      },
    ]);
  });

  it('a name counts without regard to case', () => {
    expect(check(task('depends_on: [A]')).config?.tasks[1]?.dependsOn).toEqual(['a']);
  });
});
