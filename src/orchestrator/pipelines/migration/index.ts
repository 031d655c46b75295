/** Legacy migration: tasks that may only propose, and a gate before those that act. */
import { APPROVAL_FILE, DOCUMENTS, GATE, PROPOSAL, ROLLBACK_PLAN } from './documents.ts';

export { GATE, PROPOSAL } from './documents.ts';
export { migrationJobs } from './jobs.ts';

/** The names that an approval goes by. Paths are from the top of the tree. */
export const MIGRATION = {
  gate: GATE,
  proposal: PROPOSAL,
  approvalFile: APPROVAL_FILE,
  documents: DOCUMENTS.map(({ path }) => path),
  rollbackPlan: ROLLBACK_PLAN.path,
} as const;
