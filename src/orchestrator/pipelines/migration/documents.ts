/** What a migration leaves in its folder, and what its own jobs are called. */

/** The only folder that the tasks before the approval may change. */
export const MIGRATION_FOLDER = 'migration';

/** The job that waits for the approval; what depends on it is behind the gate. */
export const GATE = 'migration';

/** The job that joins what the tasks have left, and checks that all of it is there. */
export const PROPOSAL = 'migration-proposal';

/** Who approved what: written by orch alone. */
export const APPROVAL_FILE = `${MIGRATION_FOLDER}/approval.md`;

interface Document {
  readonly path: string;
  readonly sections: readonly string[];
  readonly template: string;
}

function document(name: string, sections: readonly string[]): Document {
  return {
    path: `${MIGRATION_FOLDER}/${name}.md`,
    sections,
    template: `framework/migration/templates/${name}.md`,
  };
}

/** What is proposed. All of it has to be there before anybody is asked. */
export const DOCUMENTS: readonly Document[] = [
  document('legacy-snapshot', ['Scope', 'Inventory', 'Dependencies', 'How it is built and run']),
  document('legacy-tech-spec', ['Architecture', 'Data', 'Interfaces', 'Behaviour to keep']),
  document('legacy-gap-report', ['Target', 'Gaps', 'Open questions']),
  document('legacy-risk-assessment', ['Risks', 'Mitigations']),
  document('legacy-migration-plan', ['Steps', 'Order and dependencies', 'Verification']),
  document('legacy-migration-proposal', ['Summary', 'What changes', 'What stays', 'Decision asked for']),
];

/** How to go back: it has to be there before the first task behind the gate. */
export const ROLLBACK_PLAN = document('rollback-plan', ['When to roll back', 'Steps', 'Verification']);
