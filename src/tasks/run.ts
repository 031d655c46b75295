/** The second action of a task: attempts, until one shows what it claims or none is left. */

import type { Failure } from '../shared/failure.ts';
import { formatDuration } from '../shared/quantity.ts';
import type { Containment } from '../shared/verdict.ts';
import type { ActionResult, TaskAction } from './action.ts';
import { type AttemptEnd, runAttempt } from './attempt.ts';
import { cancelledFailure } from './cancellation.ts';
import { addContainment, UNCONTAINED } from './command.ts';
import { attemptBranch, keepLeftovers } from './leftovers.ts';
import { failedResult, outcomeOf, type RunRecord, writeRun } from './record.ts';
import { isWorthRetrying, retryDelay, waitFor } from './retry.ts';
import { findGiven, type Given } from './review/given.ts';
import { makeReady, type Run } from './run-start.ts';
import { runSetup } from './setup.ts';
import { note } from './warnings.ts';

/**
 * Inputs: `command`, `shell`, `working-directory`, `prompt`, `environment`, `secrets`, `outputs` (names), `timeout`,
 * `idle-timeout`, `startup-timeout`, `retries`, `retry-delay`, `retry-on`, `retry-from`, `expect` (a glob a line),
 * `verify`, `verify-timeout`, `changes`, `sandbox` (JSON), `documents` (JSON, contracts for documents), `writable` (a
 * folder a line), `guarded` (a path in these a line), `isolated`, `review` (JSON, which task's work is reviewed),
 * `review-round`. Outputs: the declared ones that the last attempt has written; of a review `verdict`, `findings` (JSON,
 * how many by severity) and `provenance` too.
 */
export const runTask: TaskAction = async (call, ports) => {
  const ready = await makeReady(call, ports);
  if (!ready.ok) {
    writeRun(call.memo, notRun(ready.error));
    return failedResult(ready.error);
  }
  try {
    const given = await givenTo(ready.value);
    return await runAttempts({ ...ready.value, ...(given && { given }) });
  } finally {
    await ready.value.sandbox?.close();
  }
};

/** Of a reviewer. Taken before its command has begun. */
async function givenTo({ ports, settings, tree, prepared, env }: Run): Promise<Given | undefined> {
  if (settings.review === undefined) return undefined;
  const { start, change } = prepared;
  return findGiven({ files: ports.files, tree, start, since: change?.since, prompt: env['ORCH_PROMPT'] });
}

async function runAttempts(run: Run): Promise<ActionResult> {
  const { ports, settings, call } = run;
  const { writable, guarded } = settings;
  const of = settings.retries + 1;
  const bounds = writable.length > 0 ? { writable, guarded } : {};
  let baseline = run.prepared.baseline;
  let contained: Containment = UNCONTAINED;
  for (let attempt = 1; ; attempt += 1) {
    // Written before too: should the machine fail on the way, finish-task still knows of the attempt.
    writeRun(call.memo, { ...notRun(undefined), ...bounds, attempts: attempt, contained, baseline });
    ports.progress.report({ type: 'attempt.started', attempt, of });
    if (of > 1) note(ports, `attempt ${attempt} of ${of}`);
    const end = await runAttempt(run, attempt, baseline);
    contained = addContainment(contained, end.contained);
    const { failure } = end.report;
    const record = { ...recordOf(end, contained, baseline), ...bounds };
    writeRun(call.memo, record);
    if (failure && of > 1) note(ports, `attempt ${attempt} of ${of} failed: ${failure.message}`);

    const again =
      failure !== undefined && attempt < of && isWorthRetrying({ ...end.report, failure }, settings.retryOn);
    if (!again) return finishAttempts(run, end);
    await keepAndReport(run, end, failure, baseline);
    const goOn = await delay(run, attempt);
    if (!goOn) return cancelAttempts(run, record);
    if (settings.retryFrom === 'start') {
      const clean = await startClean(run, baseline);
      baseline = clean.baseline;
      contained = addContainment(contained, clean.contained);
      if (clean.failure) {
        writeRun(call.memo, {
          ...record,
          contained,
          baseline,
          outcome: outcomeOf(clean.failure),
          failure: clean.failure,
        });
        return failedResult(clean.failure);
      }
    }
  }
}

function finishAttempts(run: Run, end: AttemptEnd): ActionResult {
  const { report } = end;
  run.ports.progress.report({ type: 'attempt.finished', ...report });
  if (report.failure) return { ...failedResult(report.failure), outputs: end.outputs };
  const missing = run.settings.outputs.filter((name) => !Object.hasOwn(end.outputs, name));
  for (const name of missing) run.warn('output-missing', `the declared output ${name} was not written`);
  return { outcome: 'success', outputs: end.outputs };
}

async function keepAndReport(run: Run, end: AttemptEnd, failure: Failure, baseline: string): Promise<void> {
  const { ports, tree, warn, prepared, settings } = run;
  const { attempt } = end.report;
  const leftovers =
    settings.retryFrom === 'start'
      ? await keepLeftovers({
          job: ports.job,
          repository: ports.repository,
          tree,
          start: prepared.start,
          baseline,
          writable: settings.writable,
          guarded: settings.guarded,
          attempt,
          failure,
          warn,
        })
      : undefined;
  ports.progress.report({ type: 'attempt.finished', ...end.report, ...(leftovers !== undefined && { leftovers }) });
  if (leftovers !== undefined)
    note(ports, `what attempt ${attempt} changed is kept on ${attemptBranch(ports.job, attempt)}`);
}

/** False when the job was cancelled meanwhile. */
async function delay(run: Run, attempt: number): Promise<boolean> {
  const { ports, settings } = run;
  const milliseconds = retryDelay(attempt, settings.retryDelay, ports.random);
  ports.progress.report({ type: 'attempt.delayed', attempt: attempt + 1, delay: milliseconds });
  note(ports, `attempt ${attempt + 1} starts in ${formatDuration(milliseconds)}`);
  return waitFor(ports.clock, milliseconds, ports.signal);
}

function cancelAttempts(run: Run, record: RunRecord): ActionResult {
  const failure = cancelledFailure(run.ports.signal);
  writeRun(run.call.memo, { ...record, outcome: 'cancelled', failure });
  return failedResult(failure);
}

/** A clean tree again; `setup` is repeated when it had changed files that the reset takes back. */
async function startClean(run: Run, baseline: string): ReturnType<typeof runSetup> {
  const { ports, tree, prepared, warn, setupEnv } = run;
  const moved = await tree.reset(prepared.start);
  for (const path of moved)
    warn('repository-moved', `an attempt had made a repository in its worktree, which was kept: ${path}`);
  if (baseline === prepared.start) return { baseline, contained: UNCONTAINED };
  return runSetup(ports, { setup: prepared.setup, tree, start: prepared.start, env: setupEnv, warn });
}

function notRun(failure: Failure | undefined): RunRecord {
  return {
    outcome: failure ? outcomeOf(failure) : 'failure',
    ...(failure && { failure }),
    attempts: 0,
    verdict: { claim: 'none', evidence: [] },
    contained: UNCONTAINED,
  };
}

function recordOf({ report, left }: AttemptEnd, contained: Containment, baseline: string): RunRecord {
  return {
    ...notRun(report.failure),
    outcome: report.failure ? outcomeOf(report.failure) : 'success',
    attempts: report.attempt,
    verdict: report.verdict,
    contained,
    baseline,
    ...(left && { left }),
  };
}
