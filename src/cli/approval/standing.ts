/** Whether what was approved still is what a run would go on from. */
import { MIGRATION } from '../../orchestrator/index.ts';
import { type GitRepository, isAncestor } from '../../runner/workspaces/index.ts';
import { type Approval, findRun, readApproval } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { hashProposal, type Proposal, readProposal, whyChanged } from './proposal.ts';

export type ApprovalStanding =
  | { readonly kind: 'none' }
  /** There is a record, and it does not count; why, as a clause. */
  | { readonly kind: 'void'; readonly why: string; readonly approval?: Approval }
  | { readonly kind: 'good'; readonly approval: Approval; readonly proposal: Proposal };

/** Of the record alone: whether it fits the run that it names, the commits and the branch. */
export async function standingOfRecord({ layout, repository }: Project): Promise<ApprovalStanding> {
  const approval = readApproval(layout);
  if (approval === undefined) return { kind: 'none' };
  if (approval === 'damaged') return { kind: 'void', why: 'its record is damaged' };
  const record = findRun(layout, approval.run);
  const proposal = record === undefined ? undefined : await readProposal(record);
  if (proposal === undefined)
    return {
      kind: 'void',
      why: `the run ${approval.run} is not in logs/runs: it was removed, or is one of another worktree`,
      approval,
    };
  const why = await whyVoid(repository, approval, proposal);
  return why === undefined ? { kind: 'good', approval, proposal } : { kind: 'void', why, approval };
}

/** The record is held against what the run itself has noted: a file alone could have been written by anybody. */
async function whyVoid(
  repository: GitRepository,
  { commit, proposal: hash, approved, run }: Approval,
  { report }: Proposal,
): Promise<string | undefined> {
  if (report === undefined || report.result !== commit) return `the run ${run} has left another commit than ${commit}`;
  const now = await hashProposal(repository, commit);
  if (now === undefined) return `the commit ${commit} is gone`;
  if (now !== hash) return 'its record does not fit the documents';
  if (!(await isOnTop(repository, commit, approved)))
    return `the commit ${approved} is not the approval on top of ${commit}`;
  return whyChanged(repository, report);
}

/** Nothing but the approval, and a plan to go back that came with it. */
async function isOnTop({ git }: GitRepository, commit: string, approved: string): Promise<boolean> {
  const found = await git.run(['rev-list', '--parents', '--max-count=1', approved, '--'], { codes: [0, 128] });
  if (found.stdout.toString('utf8').trim() !== `${approved} ${commit}`) return false;
  const { stdout } = await git.run(['diff-tree', '-r', '-z', '--no-renames', '--name-only', commit, approved]);
  const added: readonly string[] = [MIGRATION.approvalFile, MIGRATION.rollbackPlan];
  const paths = stdout.toString('utf8').split('\0').filter(Boolean);
  return paths.every((path) => added.includes(path));
}

export interface RunFacts {
  /** By job id, of the run to come. */
  readonly definitions: ReadonlyMap<string, string>;
  /** The jobs of the migration, the one that joins them included. */
  readonly jobs: readonly string[];
  /** The commit that the run starts from. */
  readonly base: string;
}

/** The same for a run to come: its tasks and its base have to be those of the proposal. */
export async function standingForRun(project: Project, facts: RunFacts): Promise<ApprovalStanding> {
  const standing = await standingOfRecord(project);
  if (standing.kind !== 'good') return standing;
  const { approval, proposal } = standing;
  const before = new Map(proposal.started.jobs.map(({ id, definition }) => [id, definition]));
  const changed = facts.jobs.filter((job) => before.get(job) !== facts.definitions.get(job));
  if (changed.length > 0) return { kind: 'void', why: `the tasks have changed since: ${changed.join(', ')}`, approval };
  const { repository } = project;
  const isTaken = await isAncestor(repository, approval.commit, facts.base);
  if (isTaken && !(await keepsDocuments(repository, approval, facts.base)))
    return { kind: 'void', why: `the documents were changed in ${facts.base.slice(0, 12)} since`, approval };
  return standing;
}

async function keepsDocuments(
  repository: GitRepository,
  { commit, approved }: Approval,
  base: string,
): Promise<boolean> {
  const now = await hashProposal(repository, base);
  return now === (await hashProposal(repository, commit)) || now === (await hashProposal(repository, approved));
}

/** A clause on its own: whose approval it is, and why it is none. */
export function whyItDoesNotCount({ approval, why }: Extract<ApprovalStanding, { readonly kind: 'void' }>): string {
  return `the approval${approval === undefined ? '' : ` ${approvedBy(approval)}`} does not count: ${why}`;
}

/** `by Ada on 2026-11-23 08:00:00 UTC`. */
export function approvedBy({ by, at }: Approval): string {
  return `by ${by} on ${at.slice(0, 19).replace('T', ' ')} UTC`;
}
