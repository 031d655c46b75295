/** The first action of a task: a branch and a working tree that hold what its dependencies have done. */
import type { ActionCall, ActionResult, TaskAction } from './action.ts';
import { cancelledFailure } from './cancellation.ts';
import { type FoundChange, findChange, readNotes } from './change.ts';
import { UNCONTAINED } from './command.ts';
import { selectEnvironment } from './environment.ts';
import { createInputReader, type InputReader, isTextList, isTextLists } from './inputs.ts';
import type { TaskPorts } from './ports.ts';
import { failedResult, outcomeOf, type PrepareRecord, writePrepare } from './record.ts';
import type { WorkTree } from './repository-port.ts';
import { runSetup, type Setup } from './setup.ts';
import { type Contribution, findContributions, mergeContributions } from './start-commit.ts';
import { createWarn, type Warn } from './warnings.ts';

/**
 * Inputs: `dependencies` (JSON, a list of jobs), `ancestors` (JSON, a job's needs by its id, for dependencies that may
 * be skipped), or `start-of` (the job at whose start the tree begins) and `change` (the job whose change is put on top,
 * as one commit without its history and `notes`, a path a line); `setup` and `setup-timeout` (a command for the fresh working tree), `environment`
 * (names that it may see besides the basic ones). Outputs: `branch`, `start`.
 */
export const prepareTask: TaskAction = async (call, ports) => {
  if (ports.signal.aborted) return failedResult(cancelledFailure(ports.signal));
  const reader = createInputReader(call.inputs);
  const dependencies = reader.json('dependencies', isTextList, 'a JSON list of names') ?? [];
  const needs = reader.json('ancestors', isTextLists, 'a JSON object of lists of names') ?? {};
  const names = reader.words('environment');
  const setup = readSetup(reader);
  const startOf = reader.text('start-of');
  const change = reader.text('change');
  const notes = readNotes(reader);
  if (change !== undefined && startOf === undefined) reader.reject('change wants start-of');
  const problem = reader.failure();
  if (problem) return failedResult(problem);

  const preparing: Preparing = { call, ports, names, setup, warn: createWarn(ports, call.memo) };
  if (startOf !== undefined) {
    const found = await findChange({ ...ports, startOf, change, notes });
    return found.ok ? openTree(preparing, { ...found.value, from: [] }) : failedResult(found.error);
  }
  const contributions = await findContributions(ports.results, dependencies, needs);
  return prepareFrom(preparing, contributions);
};

interface Preparing {
  readonly call: ActionCall;
  readonly ports: TaskPorts;
  readonly names: readonly string[];
  readonly setup: Setup | undefined;
  readonly warn: Warn;
}

const SETUP_TIMEOUT = 10 * 60_000;

function readSetup(reader: InputReader): Setup | undefined {
  const command = reader.text('setup');
  const timeout = reader.duration('setup-timeout') ?? SETUP_TIMEOUT;
  return command === undefined ? undefined : { command, timeout };
}

async function prepareFrom(preparing: Preparing, contributions: readonly Contribution[]): Promise<ActionResult> {
  const { ports } = preparing;
  const { job, repository } = ports;
  const [first, ...others] = contributions;
  const origin = first?.commit ?? (await repository.base());
  // Written before each step that may fail, so that finish-task knows how far it went.
  recordStart(preparing, { start: origin });
  const merged = first && (await mergeContributions(repository, job, [first, ...others]));
  if (merged && !merged.ok) return failedResult(merged.error);
  if (ports.signal.aborted) return failedResult(cancelledFailure(ports.signal));
  return openTree(preparing, { start: merged?.value.commit ?? origin, from: merged?.value.from ?? [] });
}

function recordStart({ call, ports, setup }: Preparing, found: FoundChange): PrepareRecord {
  const { start, change } = found;
  const branch = `orch/${ports.job.run}/${ports.job.leg}`;
  const record: PrepareRecord = {
    outcome: 'failure',
    start,
    branch,
    baseline: start,
    contained: UNCONTAINED,
    setup,
    ...(change && { change }),
  };
  writePrepare(call.memo, record);
  return record;
}

interface Beginning extends FoundChange {
  readonly from: readonly Contribution[];
}

async function openTree(preparing: Preparing, beginning: Beginning): Promise<ActionResult> {
  const { ports } = preparing;
  const record = recordStart(preparing, beginning);
  const { branch, start } = record;
  const tree = await ports.repository.open({ branch, start });
  const from = beginning.from.map(({ job: id, commit }) => ({ job: id, commit }));
  ports.progress.report({ type: 'task.prepared', branch, start, worktree: tree.path, from });
  for (const warning of tree.warnings) preparing.warn('worktree', warning);
  return setUp(preparing, tree, record);
}

async function setUp(preparing: Preparing, tree: WorkTree, record: PrepareRecord): Promise<ActionResult> {
  const { call, ports, warn } = preparing;
  const { start, branch } = record;
  const env = setupEnvironment(preparing);
  const end = await runSetup(ports, { setup: record.setup, tree, start, env, warn });
  const outcome = end.failure === undefined ? 'success' : outcomeOf(end.failure);
  writePrepare(call.memo, { ...record, outcome, baseline: end.baseline, contained: end.contained });
  return end.failure ? failedResult(end.failure) : { outcome: 'success', outputs: { branch, start } };
}

/** Secrets are for the command alone, so none are asked for here. */
function setupEnvironment({ call, names, ports }: Preparing): Readonly<Record<string, string>> {
  const { env } = selectEnvironment(call.env, names);
  const { run, job, leg } = ports.job;
  return { ...env, ORCH_RUN: run, ORCH_TASK: job, ORCH_LEG: leg };
}
