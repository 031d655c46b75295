/** What an approval means for a run: what it goes on from, or what has to wait. */
import type { JobFinished, JobOutcome, JobRequest, RunStarted } from '../../engine/index.ts';
import { type Config, MIGRATION } from '../../orchestrator/index.ts';
import { isAncestor } from '../../runner/workspaces/index.ts';
import { guardApproval } from '../../store/index.ts';
import { type ApprovalStanding, standingForRun, whyItDoesNotCount } from '../approval/standing.ts';
import type { Loaded } from '../load.ts';
import type { Project } from '../project.ts';

export interface RunApproval {
  readonly standing: ApprovalStanding;
  /** Jobs that do not start. */
  readonly awaiting: ReadonlySet<string>;
  /** For the header of the run. */
  readonly given?: NonNullable<RunStarted['approval']>;
  /** What a leg came to when it was approved; undefined for one that is to run. */
  readonly reuse: (request: JobRequest) => JobOutcome | undefined;
  /** Sentences with their codes, for the record of the run. */
  readonly notices: readonly (readonly [code: string, message: string])[];
}

/** The jobs of the migration, the one that joins them included; undefined without a migration, or with none of its gate. */
export function jobsBeforeGate({ migration, tasks }: Config): readonly string[] | undefined {
  if (migration === undefined || tasks.every(({ name }) => name !== MIGRATION.gate)) return undefined;
  return [...migration.tasks, MIGRATION.proposal];
}

/** Undefined where nothing waits for an approval. `base`: the commit that the run starts from. */
export async function openApproval(
  project: Project,
  { config }: Loaded,
  facts: { readonly definitions: ReadonlyMap<string, string>; readonly base: string },
): Promise<RunApproval | undefined> {
  const jobs = jobsBeforeGate(config);
  if (jobs === undefined) return undefined;
  const standing = await standingForRun(project, { ...facts, jobs });
  return standing.kind === 'good' ? goOn(project, standing, { jobs, base: facts.base }) : wait(standing);
}

function wait(standing: Exclude<ApprovalStanding, { readonly kind: 'good' }>): RunApproval {
  const awaiting = new Set([MIGRATION.gate]);
  const notices: RunApproval['notices'] =
    standing.kind === 'none' ? [] : [['approval-void', whyItDoesNotCount(standing)]];
  return { standing, awaiting, reuse: () => undefined, notices };
}

interface GoingOn {
  readonly jobs: readonly string[];
  readonly base: string;
}

async function goOn(
  { repository }: Project,
  standing: Extract<ApprovalStanding, { readonly kind: 'good' }>,
  { jobs, base }: GoingOn,
): Promise<RunApproval> {
  const { approval, proposal } = standing;
  const { run, by, at, note, approved } = approval;
  // One that failed was allowed to, or nothing would have been proposed: what it would come to now was not approved.
  const ended = proposal.finished.filter(
    ({ job, outcome }) => (outcome === 'success' || outcome === 'failure') && jobs.includes(job),
  );
  const results = new Map(ended.map((event) => [event.leg, event]));
  const isBehind = await isAncestor(repository, base, approved);
  const message = `what is behind the approval starts from what was approved (${approved.slice(0, 12)}), which does not contain ${base.slice(0, 12)}`;
  return {
    standing,
    awaiting: new Set(),
    given: { run, by, at, ...(note === undefined ? {} : { note }) },
    reuse: ({ leg }) => outcomeOf(results.get(leg.id), { run, approved }),
    notices: isBehind ? [] : [['approval-base', message]],
  };
}

/** Who stands on the proposal starts from its approval. */
function outcomeOf(
  event: JobFinished | undefined,
  { run, approved }: { readonly run: string; readonly approved: string },
): JobOutcome | undefined {
  if (event === undefined) return undefined;
  const { job, outcome, failure, outputs, task } = event;
  const result = job === MIGRATION.proposal ? { result: approved } : {};
  return {
    result: outcome === 'failure' ? 'failure' : 'success',
    ...(failure === undefined ? {} : { failure }),
    outputs,
    reusedFrom: event.reusedFrom ?? run,
    ...(task === undefined ? {} : { task: { ...task, ...result } }),
  };
}

/** To be asked after each task: none of them has any business at the record. */
export function watchApproval({
  layout,
}: Project): () => readonly { readonly code: string; readonly message: string }[] {
  const wasChanged = guardApproval(layout);
  const message = 'something changed the record of what was approved while it ran; it was put back';
  return () => (wasChanged() ? [{ code: 'approval-changed', message }] : []);
}
