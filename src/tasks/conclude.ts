/** Between prepare and finish of a review's last job: takes over the change that was approved, or says that none was. */
import type { Failure } from '../shared/failure.ts';
import { REVIEW_FOLDER } from '../shared/handoff.ts';
import type { Verdict } from '../shared/verdict.ts';
import type { ActionCall, TaskAction } from './action.ts';
import { cancelledFailure } from './cancellation.ts';
import { readNotes } from './change.ts';
import { UNCONTAINED } from './command.ts';
import { createInputReader, invalidInput, isTextList } from './inputs.ts';
import { commitMessage, countOf } from './messages.ts';
import type { TaskPorts } from './ports.ts';
import {
  failedResult,
  type Left,
  outcomeOf,
  type PrepareRecord,
  type RunRecord,
  readPrepare,
  summarizeChanges,
  writeRun,
} from './record.ts';
import type { WorkTree } from './repository-port.ts';

/**
 * Inputs: `changes` (JSON, the jobs whose change was reviewed, in the order of the rounds) and `verdicts` (of the
 * rounds that there were, `approve` or `changes-requested`), `notes` (a path a line). No outputs. The result is the change that the last
 * verdict approved without what was written for its review, or noted; otherwise it fails as `changes-requested`, and the working
 * tree shows what was rejected.
 */
export const concludeReview: TaskAction = async (call, ports) => {
  const record = await conclude(call, ports);
  writeRun(call.memo, record);
  return record.failure ? failedResult(record.failure) : { outcome: 'success', outputs: {} };
};

async function conclude(call: ActionCall, ports: TaskPorts): Promise<RunRecord> {
  if (ports.signal.aborted) return failed(cancelledFailure(ports.signal));
  const reader = createInputReader(call.inputs);
  const changes = reader.json('changes', isTextList, 'a JSON list of jobs') ?? [];
  const verdicts = reader.words('verdicts');
  const notes = readNotes(reader);
  const problem = reader.failure();
  if (problem) return failed(problem);
  const prepared = readPrepare(call.memo);
  const tree = await ports.repository.current();
  if (prepared === undefined || tree === undefined)
    return failed(invalidInput(['there is no working tree: prepare-task has to run before']));

  const job = changes[verdicts.length - 1];
  const change = job === undefined ? undefined : (await ports.results.of(job))?.[0]?.result;
  if (change === undefined) return failed({ code: 'changes-requested', message: 'no review has come to a verdict' });
  const round = `in round ${verdicts.length} of ${changes.length}`;
  if (verdicts.at(-1) !== 'approve') {
    await tree.reset(change);
    return failed(rejected(verdicts.length), { check: 'review', ok: false, seen: `changes requested ${round}` });
  }
  return {
    outcome: 'success',
    attempts: 1,
    verdict: { claim: 'success', evidence: [{ check: 'review', ok: true, seen: `approved ${round}` }] },
    contained: UNCONTAINED,
    left: await takeOver({ ports, tree, prepared, change, notes }),
  };
}

function failed(failure: Failure, ...evidence: Verdict['evidence']): RunRecord {
  const claim = evidence.length > 0 ? 'failure' : 'none';
  return { outcome: outcomeOf(failure), failure, attempts: 1, verdict: { claim, evidence }, contained: UNCONTAINED };
}

function rejected(rounds: number): Failure {
  return {
    code: 'changes-requested',
    message: `the review asks for changes after ${countOf(rounds, 'round')}, and there is no round left`,
    hint: 'its reports say what is missing; with a larger max_rounds, --rerun-failed goes on from there',
  };
}

interface Approved {
  readonly ports: TaskPorts;
  readonly tree: WorkTree;
  readonly prepared: PrepareRecord;
  readonly change: string;
  readonly notes: readonly string[];
}

/** The approved commit, and on top of it one that takes away what was written for the review. */
async function takeOver({ ports, tree, prepared, change, notes }: Approved): Promise<Left> {
  const { start, branch } = prepared;
  const paths = [REVIEW_FOLDER, ...notes].map((path) => ({ path, from: start }));
  const without = await ports.repository.graft({ tree: change, paths });
  const message = commitMessage(ports.job, `task: ${ports.job.leg}`);
  const isSame = (await tree.treeOf(change)) === without;
  const commit = isSame ? change : await tree.commit({ tree: without, parent: change, message });
  await tree.reset(commit);
  const changed = summarizeChanges(await tree.changes(start, commit));
  return { tree: without, head: { commit, branch }, changed };
}
