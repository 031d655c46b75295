/** The last action of a task, which always runs: keeps its work, publishes the result, reports, tidies up. */
import type { TaskReport } from '../shared/verdict.ts';
import type { ActionCall, ActionResult, TaskAction } from './action.ts';
import { addContainment, UNCONTAINED } from './command.ts';
import { confine } from './confinement.ts';
import { createFaults, type Faults } from './faults.ts';
import { createInputReader } from './inputs.ts';
import type { TaskPorts } from './ports.ts';
import { type Outcome, type PrepareRecord, type RunRecord, readPrepare, readRun, summarizeChanges } from './record.ts';
import type { WorkTree } from './repository-port.ts';
import { type Remains, type Settled, type SettleRequest, settleResult, settleWork } from './settle.ts';
import { createWarn, readWarnings, type Warn, warnOfRemarks } from './warnings.ts';

/**
 * Inputs: `commit` (`true` or `false`), `artifacts` (a glob a line), `description`. Outputs: `start`, `result`, and
 * `branch` when there is one. Each part is tried even when another has failed; then the action fails with the first
 * failure, and the working tree stays.
 */
export const finishTask: TaskAction = async (call, ports) => {
  const finishing = startFinishing(call, ports);
  const { faults, prepared } = finishing;
  const tree = await faults.attempt('finding the working tree', () => ports.repository.current(), undefined);
  const report =
    tree && prepared ? await finishTree({ ...finishing, tree, prepared }) : await finishWithoutTree(finishing);
  return resultOf(faults, report);
};

interface Finishing {
  readonly call: ActionCall;
  readonly ports: TaskPorts;
  readonly faults: Faults;
  readonly warn: Warn;
  readonly prepared: PrepareRecord | undefined;
  readonly ran: RunRecord | undefined;
  readonly outcome: Outcome;
  readonly isCommitted: boolean;
  readonly artifacts: readonly string[];
  readonly description: string | undefined;
}

interface FinishingTree extends Finishing {
  readonly tree: WorkTree;
  readonly prepared: PrepareRecord;
}

function startFinishing(call: ActionCall, ports: TaskPorts): Finishing {
  const reader = createInputReader(call.inputs);
  const commit = reader.choice('commit', ['true', 'false']);
  const warn = createWarn(ports, call.memo);
  const problem = reader.failure();
  if (problem) warn(problem.code, problem.message);
  const prepared = readPrepare(call.memo);
  const ran = readRun(call.memo);
  return {
    call,
    ports,
    warn,
    prepared,
    ran,
    faults: createFaults(),
    outcome: outcomeOf(ports.signal, prepared, ran),
    isCommitted: commit === 'true',
    artifacts: reader.lines('artifacts'),
    description: reader.text('description'),
  };
}

/** Work that ended well is still not passed on when the job was cancelled before it could be: its result says so. */
function outcomeOf(signal: AbortSignal, prepared: PrepareRecord | undefined, ran: RunRecord | undefined): Outcome {
  const outcome = ran?.outcome ?? (prepared?.outcome === 'cancelled' ? 'cancelled' : 'failure');
  return signal.aborted && outcome === 'success' ? 'cancelled' : outcome;
}

async function finishTree(finishing: FinishingTree): Promise<TaskReport> {
  const { ports, faults, tree, prepared, artifacts, outcome } = finishing;
  const { start, branch } = prepared;
  const left = await findLeft(finishing);
  const settled = await settle(finishing, left);
  const { tip, result } = settled;
  await faults.attempt('publishing the result', () => ports.results.publish({ start, result }), undefined);
  const changed = await faults.attempt('listing the changed files', () => findChanged(finishing, settled), {
    total: 0,
    shown: [],
  });
  const commits = await faults.attempt(
    'listing the commits',
    async () => settled.commits ?? tree.commits(start, tip, COMMITS),
    [],
  );
  const kept = await faults.attempt('keeping the artifacts', () => keepArtifacts(finishing), []);
  if (artifacts.length > 0) warnOfMissing(finishing, kept);
  const keep = faults.list.length > 0 || outcome === 'failure' || (outcome === 'cancelled' && tip !== start);
  const isKept = await faults.attempt(
    'removing the working tree',
    async () => tree.close({ keep }).then(() => keep),
    true,
  );
  return {
    ...reportOf(finishing),
    branch,
    start,
    result,
    tip,
    commits,
    changed,
    artifacts: kept,
    ...(isKept && { worktree: tree.path }),
  };
}

/** Commits that a report lists. */
const COMMITS = 50;

/** What a successful attempt left is known; otherwise whatever is there now. */
async function findLeft({ ran, tree, prepared, faults, warn }: FinishingTree): Promise<Remains | undefined> {
  if (ran?.left) return ran.left;
  const unknown = { commit: prepared.start, branch: prepared.branch };
  const head = await faults.attempt('reading where the task left HEAD', () => tree.head(), unknown);
  const capture = await faults.attempt('recording the files', () => tree.capture(), undefined);
  if (capture) warnOfRemarks(warn, capture);
  for (const problem of capture?.problems ?? [])
    warn(problem.code, `what is kept is not as it should be: ${problem.message}`);
  return capture && { tree: capture.tree, head };
}

async function settle(finishing: FinishingTree, left: Remains | undefined): Promise<Settled> {
  const { ports, ran, prepared, tree, faults, warn, outcome, isCommitted, description } = finishing;
  const { start, branch } = prepared;
  const unchanged: Settled = { result: start, tip: start, commits: [] };
  if (left === undefined) return unchanged;
  const request: SettleRequest = {
    job: ports.job,
    repository: ports.repository,
    tree,
    branch,
    start,
    left,
    warn,
    baseline: ran?.baseline ?? prepared.baseline,
    ...(description !== undefined && { description }),
  };
  const isPassedOn = outcome === 'success' && isCommitted;
  const why = outcome === 'success' ? 'not to be committed' : (ran?.failure?.code ?? outcome);
  const commit = async (): Promise<Settled> => {
    const { writable = [], guarded = [] } = ran ?? {};
    const bounded = {
      ...request,
      foundAt: left.head.commit,
      left: await confine({ ...ports, start, writable, guarded, left }),
    };
    if (!isPassedOn) return settleWork(bounded, why);
    return settleResult(prepared.change ? await onto(bounded, prepared.change.of, writable) : bounded);
  };
  return faults.attempt('committing', commit, unchanged);
}

/** What was looked at had lost its history and its notes: what was written about it goes on top of how it really is. */
async function onto(request: SettleRequest, commit: string, writable: readonly string[]): Promise<SettleRequest> {
  const { repository, left } = request;
  const tree = await repository.graft({ tree: commit, paths: writable.map((path) => ({ path, from: left.tree })) });
  return { ...request, start: commit, left: { ...left, tree, head: { ...left.head, commit } } };
}

async function findChanged({ tree, prepared, ran }: FinishingTree, { tip }: Settled): Promise<TaskReport['changed']> {
  const { start } = prepared;
  if (tip === start) return { total: 0, shown: [] };
  // The evidence has said so already, when it was measured from the start.
  if (ran?.left && (ran.baseline ?? prepared.baseline) === start) return ran.left.changed;
  return summarizeChanges(await tree.changes(start, tip));
}

async function keepArtifacts({ ports, tree, artifacts }: FinishingTree): Promise<TaskReport['artifacts']> {
  return artifacts.length === 0 ? [] : ports.files.keepArtifacts(tree.path, artifacts);
}

function warnOfMissing({ artifacts, ports, warn }: FinishingTree, kept: TaskReport['artifacts']): void {
  for (const glob of artifacts) {
    if (!kept.some(({ path }) => ports.globs.match(glob, path)))
      warn('artifact-missing', `no file for the artifact ${glob}`);
  }
}

/** Nothing was done, so dependents that run all the same start where this task would have. */
async function finishWithoutTree(finishing: Finishing): Promise<TaskReport> {
  const { ports, faults, prepared } = finishing;
  const start = prepared?.start ?? (await faults.attempt('finding the base', () => ports.repository.base(), ''));
  if (start !== '')
    await faults.attempt('publishing the result', () => ports.results.publish({ start, result: start }), undefined);
  return {
    ...reportOf(finishing),
    start,
    result: start,
    tip: start,
    commits: [],
    changed: { total: 0, shown: [] },
    artifacts: [],
  };
}

/** What the actions before this one have recorded. Read last, so that every warning is in it. */
function reportOf({
  call,
  prepared,
  ran,
}: Finishing): Pick<TaskReport, 'attempts' | 'verdict' | 'contained' | 'warnings' | 'review'> {
  return {
    attempts: ran?.attempts ?? 0,
    verdict: ran?.verdict ?? { claim: 'none', evidence: [] },
    contained: addContainment(prepared?.contained ?? UNCONTAINED, ran?.contained ?? UNCONTAINED),
    warnings: readWarnings(call.memo),
    ...(ran?.left?.review && { review: ran.left.review }),
  };
}

function resultOf(faults: Faults, report: TaskReport): ActionResult {
  const { start, result, branch } = report;
  const outputs = { start, result, ...(branch !== undefined && { branch }) };
  const [failure, ...others] = faults.list;
  if (failure === undefined) return { outcome: 'success', outputs, report };
  const warnings = [...report.warnings, ...others.map(({ message }) => message)];
  return { outcome: 'failure', failure, outputs, report: { ...report, warnings } };
}
