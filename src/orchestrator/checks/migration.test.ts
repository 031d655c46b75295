import { describe, expect, it } from 'vitest';
import { checkCases } from '../testing/cases.ts';
import { check } from '../testing/marked.ts';

function contour(tasks: string, behind = ''): string {
  return `version: 1\nmigration:\n  tasks:\n    - { name: survey, command: x }\n${tasks}${behind}`;
}

describe('migrations', () => {
  checkCases([
    ['without tasks', 'version: 1\nmigration: { tasks: ⟦[]⟧ }', 'bad-value', 'must not be empty'],
    [
      'with a key that is none',
      'version: 1\nmigration: { tasks: [{ name: a, command: x }], ⟦gate⟧: x }',
      'unknown-key',
    ],
    [
      'a name of its own',
      contour('    - { name: ⟦Migration⟧, command: x }\n'),
      'duplicate-name',
      'what a job of the migration is called',
    ],
    [
      'behind the gate by the wrong name',
      contour('', 'tasks: [{ name: apply, command: x, depends_on: [⟦migration-proposal⟧] }]'),
      'migration-dependency',
      'depend on "migration"',
    ],
    [
      'past the gate',
      contour('', 'tasks: [{ name: apply, command: x, depends_on: [⟦survey⟧] }]'),
      'migration-dependency',
      'comes before the approval — depend on "migration"',
    ],
    [
      'a proposal that waits for itself',
      contour('    - { name: plan, command: x, depends_on: [⟦migration⟧] }\n'),
      'migration-dependency',
      'waits for what this task proposes',
    ],
    [
      'a proposal on work that may change anything',
      contour('    - { name: plan, command: x, depends_on: [⟦other⟧] }\n', 'tasks: [{ name: other, command: x }]'),
      'migration-dependency',
      'move it to "migration.tasks"',
    ],
    [
      'a review',
      `review: { command: r }\n${contour('    - { name: plan, command: x, review: ⟦true⟧ }\n', 'tasks: [{ name: a, command: x, review: true }]')}`,
      'not-reviewable',
      'by whoever approves it',
    ],
    [
      'the gate of nothing',
      'version: 1\ntasks: [{ name: a, command: x, depends_on: [⟦migration⟧] }]',
      'unknown-dependency',
    ],
  ]);

  it('are jobs like others: the tasks, one that joins them, and the gate', () => {
    const { config, diagnostics } = check(
      contour(
        '    - { name: plan, command: y, depends_on: [Survey], sandbox: host }\n  sandbox: { image: node }\n',
        'defaults: { review: { command: r } }\ntasks: [{ name: apply, command: z, depends_on: [Migration], review: false }]',
      ),
    );
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(config?.migration).toEqual({ tasks: ['survey', 'plan'], environment: 'migration' });
    expect(config?.tasks.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['survey', []],
      ['plan', ['survey']],
      ['migration-proposal', ['survey', 'plan']],
      ['migration', ['migration-proposal']],
      ['apply', ['migration']],
    ]);
    const [survey, plan, proposal, gate, apply] = config?.tasks ?? [];
    expect(survey?.shape?.run).toEqual({ writable: 'migration', guarded: 'migration/approval.md' });
    expect([survey?.sandbox?.settings.image, plan?.sandbox, apply?.sandbox]).toEqual(['node', undefined, undefined]);
    expect([proposal, gate].map((job) => JSON.parse(job?.shape?.run?.['documents'] ?? '[]').length)).toEqual([6, 1]);
  });
});
