/** The proposal of a migration: which run left it, what it says as one hash, and whether it is still what was left. */
import { createHash } from 'node:crypto';
import type { JobFinished, RunEvent, RunStarted } from '../../engine/index.ts';
import { MIGRATION } from '../../orchestrator/index.ts';
import { branchTip, type GitRepository, hasCommit, readTreeFile } from '../../runner/workspaces/index.ts';
import type { TaskReport } from '../../shared/verdict.ts';
import { type Layout, listRuns, loadJournal, type RunRecord } from '../../store/index.ts';

/** Bytes of one document. */
const LIMIT = 1024 * 1024;

/** What a run's journal says of its proposal. */
export interface Proposal {
  readonly run: string;
  readonly started: RunStarted;
  readonly finished: readonly JobFinished[];
  /** Of the job that joins and checks the documents; absent while it has not succeeded. */
  readonly report?: TaskReport;
  /** The run that it was taken over from. */
  readonly reusedFrom?: string;
}

/** Undefined for a run that has no migration. */
export async function readProposal(record: RunRecord): Promise<Proposal | undefined> {
  const isIts = record.started?.jobs.some(({ id }) => id === MIGRATION.proposal) === true;
  if (record.started?.kind !== 'tasks' || !isIts) return undefined;
  const { events } = await loadJournal(record.paths.journal);
  const finished = events.filter((event): event is RunEvent & JobFinished => event.type === 'job.finished');
  const proposed = finished.find(({ job, outcome }) => job === MIGRATION.proposal && outcome === 'success');
  return {
    run: record.run,
    started: record.started,
    finished,
    ...(proposed?.task === undefined ? {} : { report: proposed.task }),
    ...(proposed?.reusedFrom === undefined ? {} : { reusedFrom: proposed.reusedFrom }),
  };
}

/** Of the newest run that has a migration. */
export async function newestProposal(layout: Layout): Promise<Proposal | undefined> {
  for (const record of listRuns(layout)) {
    const proposal = await readProposal(record);
    if (proposal !== undefined) return proposal;
  }
  return undefined;
}

/**
 * sha256 over the documents and the rollback plan, where there is one; a document that is missing, or no file, counts as
 * that. Undefined when the commit is gone.
 */
export async function hashProposal(repository: GitRepository, commit: string): Promise<string | undefined> {
  if (!(await hasCommit(repository, commit))) return undefined;
  const hash = createHash('sha256');
  for (const path of [...MIGRATION.documents, MIGRATION.rollbackPlan]) {
    const found = await readTreeFile(repository.git, commit, { path, limit: LIMIT });
    // A plan to go back may still be added with the approval.
    if (path === MIGRATION.rollbackPlan && found.kind === 'absent') continue;
    const content = found.kind === 'file' ? createHash('sha256').update(found.bytes).digest('hex') : found.kind;
    hash.update(`${path}\0${content}\n`);
  }
  return hash.digest('hex');
}

/** A sentence when the branch of the proposal holds other documents than its run has left; it may be gone. */
export async function whyChanged(
  repository: GitRepository,
  report: Pick<TaskReport, 'branch' | 'result'>,
): Promise<string | undefined> {
  const tip = report.branch === undefined ? undefined : await branchTip(repository, report.branch);
  if (report.branch === undefined || tip === undefined || tip === report.result) return undefined;
  const same = (await hashProposal(repository, tip)) === (await hashProposal(repository, report.result));
  return same ? undefined : `the branch ${report.branch} holds other documents than the run has left`;
}
