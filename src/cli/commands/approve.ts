/** `orch approve migration`: lets the next run go on from what the last one proposed; or takes that back. */
import { readFileSync, statSync } from 'node:fs';
import { MIGRATION } from '../../orchestrator/index.ts';
import { commitFiles, readTreeFile } from '../../runner/workspaces/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import {
  type Approval,
  acquireRunLock,
  findRun,
  newRunId,
  readApproval,
  removeApproval,
  writeApproval,
} from '../../store/index.ts';
import { approvalText } from '../approval/approval-file.ts';
import { hashProposal, newestProposal, type Proposal, readProposal, whyChanged } from '../approval/proposal.ts';
import { approvedBy, standingOfRecord } from '../approval/standing.ts';
import { UsageError } from '../explain.ts';
import { type Project, withProject } from '../project.ts';
import { say } from '../run/ending.ts';
import { sweepStale } from '../run/stale.ts';

export interface ApproveOptions {
  readonly by?: string;
  readonly note?: string;
  readonly rollbackPlan?: string;
  readonly revoke?: boolean;
}

export async function approve(options: ApproveOptions): Promise<number> {
  return withProject(async (project) => {
    // Whoever approves during a run would approve what changes under them, and a task could have done it.
    const lock = acquireRunLock(project.layout, newRunId(new Date()));
    if (!lock.ok) throw new UsageError(lock.error.message, { hint: lock.error.hint, exitCode: EXIT.locked });
    try {
      for (const notice of await sweepStale(lock.value)) say(notice);
      if (options.revoke === true) await revoke(project, options);
      else await record(project, readWords(options), options.rollbackPlan);
      return EXIT.success;
    } finally {
      lock.value.release();
    }
  });
}

async function revoke(project: Project, { by, note, rollbackPlan }: ApproveOptions): Promise<void> {
  if (by !== undefined || note !== undefined || rollbackPlan !== undefined)
    throw new UsageError('--revoke takes nothing else');
  const standing = await standingOfRecord(project);
  if (!removeApproval(project.layout)) throw new UsageError('there is no approval to revoke');
  const approval = standing.kind === 'none' ? undefined : standing.approval;
  const whose = approval === undefined ? '' : ` ${approvedBy(approval)}`;
  process.stdout.write(`Revoked the approval${whose}. What it let run stays on its branches.\n`);
}

interface Words {
  readonly by: string;
  readonly note?: string;
}

/** They are shown to people, and become lines of a file. */
function readWords({ by, note }: ApproveOptions): Words {
  if (by === undefined || by.trim() === '')
    throw new UsageError('--by wants the name of whoever approves', {
      hint: 'orch approve migration --by "Ada Lovelace"',
    });
  for (const [option, text = '', most] of [['--by', by, 200] as const, ['--note', note, 2000] as const]) {
    if (text.length > most) throw new UsageError(`${option} is longer than ${most} characters`);
    if (/\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text))
      throw new UsageError(`${option} holds characters that cannot be seen`);
  }
  return { by: by.trim(), ...(note === undefined || note.trim() === '' ? {} : { note: note.trim() }) };
}

async function record(project: Project, words: Words, planFile: string | undefined): Promise<void> {
  const { repository, layout } = project;
  const { run, report } = await findProposal(project);
  const changed = await whyChanged(repository, report);
  if (changed !== undefined)
    throw new UsageError(`nothing was approved: ${changed}`, {
      hint: `set it back: git branch -f ${report.branch} ${report.result}; or let the tasks propose anew: orch run`,
    });
  const proposal = await hashProposal(repository, report.result);
  if (proposal === undefined) throw new UsageError(`nothing was approved: the commit ${report.result} is gone`);
  const hasPlan = await holdsPlan(project, report.result);
  await refuseRepeated(project, report.result, { isAdding: !hasPlan && planFile !== undefined });
  if (hasPlan && planFile !== undefined)
    throw new UsageError(
      `the proposal has a ${MIGRATION.rollbackPlan} of its own, which --rollback-plan would replace`,
    );
  const plan = planFile === undefined ? undefined : readPlan(planFile);
  const facts = { run, commit: report.result, proposal, at: new Date().toISOString(), ...words };
  const approved = await commitFiles(repository, {
    parent: report.result,
    branch: `orch/${run}/${MIGRATION.gate}`,
    message: `approval: ${MIGRATION.gate}\n\nOrch-Run: ${run}\n`,
    files: [
      { path: MIGRATION.approvalFile, text: approvalText(facts) },
      ...(plan === undefined ? [] : [{ path: MIGRATION.rollbackPlan, text: plan }]),
    ],
  });
  const approval: Approval = { ...facts, approved };
  const before = readApproval(layout);
  writeApproval(layout, approval);
  tell(approval, { hasPlan: hasPlan || plan !== undefined, before });
}

interface Told {
  readonly hasPlan: boolean;
  /** What was approved until now. */
  readonly before: ReturnType<typeof readApproval>;
}

/** There is one approval in a repository, whichever of its worktrees a run was made in. */
function tell(approval: Approval, { hasPlan, before }: Told): void {
  const { run, proposal, approved } = approval;
  const missing = `There is no ${MIGRATION.rollbackPlan} yet, without which nothing behind the gate starts:\n  orch approve migration --by NAME --rollback-plan FILE\n`;
  const other = before === undefined || before === 'damaged' || before.run === run ? undefined : before;
  process.stdout.write(
    [
      `Approved ${approvedBy(approval)}: what run ${run} proposes (sha256 ${proposal.slice(0, 12)}).\n`,
      `It is written down in ${MIGRATION.approvalFile} on the branch orch/${run}/${MIGRATION.gate} (${approved.slice(0, 12)}).\n`,
      other === undefined ? '' : `It replaces the approval ${approvedBy(other)} of what run ${other.run} proposed.\n`,
      hasPlan ? 'Go on with: orch run\n' : missing,
    ].join(''),
  );
}

type Found = Proposal & Required<Pick<Proposal, 'report'>>;

/** Of the newest run that has a migration; throws `UsageError` when it came to no proposal. */
async function findProposal({ layout }: Project): Promise<Found> {
  const newest = await newestProposal(layout);
  if (newest === undefined)
    throw new UsageError('there is nothing to approve yet: no run has a migration', {
      hint: 'orch run makes a proposal',
    });
  const { run, report, reusedFrom } = newest;
  if (report === undefined)
    throw new UsageError(`there is nothing to approve: run ${run} did not come to a proposal`, {
      hint: `orch status ${run} shows why`,
    });
  // The commit of a proposal that was taken over is that of its approval.
  const proposing = reusedFrom === undefined ? undefined : findRun(layout, reusedFrom);
  const own = reusedFrom === undefined ? newest : proposing && (await readProposal(proposing));
  if (own?.report === undefined)
    throw new UsageError(`the run ${reusedFrom} that proposed it is not in logs/runs any more`, {
      hint: 'let the tasks propose anew: orch run',
    });
  return { ...own, report: own.report };
}

async function refuseRepeated(project: Project, commit: string, { isAdding }: { isAdding: boolean }): Promise<void> {
  const standing = await standingOfRecord(project);
  if (standing.kind !== 'good' || standing.approval.commit !== commit) return;
  if (isAdding && !(await holdsPlan(project, standing.approval.approved))) return;
  throw new UsageError(`it was approved already ${approvedBy(standing.approval)}`, {
    hint: 'orch run goes on from there; orch approve migration --revoke takes it back',
  });
}

async function holdsPlan({ repository }: Project, commit: string): Promise<boolean> {
  const found = await readTreeFile(repository.git, commit, { path: MIGRATION.rollbackPlan, limit: 0 });
  return found.kind !== 'absent';
}

const PLAN_LIMIT = 1024 * 1024;

function readPlan(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`--rollback-plan: there is no file ${file}`);
  if (!found.isFile() || found.size > PLAN_LIMIT)
    throw new UsageError(`--rollback-plan: ${file} is no file, or larger than 1 MiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`--rollback-plan: ${file} is not UTF-8 text`);
    throw error;
  }
}
