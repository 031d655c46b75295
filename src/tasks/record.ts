/** What one action of a task leaves in the memo for the next. Plain JSON, written and read by orch alone. */
import type { Failure } from '../shared/failure.ts';
import type { Containment, ReviewReport, TaskReport, Verdict } from '../shared/verdict.ts';
import type { ActionResult, Memo } from './action.ts';
import type { Change } from './repository-port.ts';
import type { Setup } from './setup.ts';

export type Outcome = ActionResult['outcome'];

export interface PrepareRecord {
  readonly outcome: Outcome;
  /** Where the task starts; while its dependencies are being merged, the first one's result. */
  readonly start: string;
  readonly branch: string;
  /** What `changes` and `expect` are measured against: `start`, or the tree that `setup` made of it. */
  readonly baseline: string;
  /** What is looked at in the working tree: the commit `of`, and the one `since` which it was made. */
  readonly change?: { readonly of: string; readonly since: string };
  /** For run-task, should it have to be repeated. */
  readonly setup: Setup | undefined;
  readonly contained: Containment;
}

export interface RunRecord {
  readonly outcome: Outcome;
  readonly failure?: Failure;
  readonly attempts: number;
  readonly verdict: Verdict;
  readonly contained: Containment;
  /** The only folders that the task may change, when there are such. */
  readonly writable?: readonly string[];
  /** Paths in these that it may not change. */
  readonly guarded?: readonly string[];
  /** Another one than prepare-task's after a `setup` that had to be repeated. */
  readonly baseline?: string;
  /** What a successful attempt left, as it was when the evidence was taken. */
  readonly left?: Left;
}

export interface Left {
  readonly tree: string;
  readonly head: { readonly commit: string; readonly branch?: string };
  /** Against the baseline. */
  readonly changed: TaskReport['changed'];
  /** What it came to, of a review. */
  readonly review?: ReviewReport;
}

export function readPrepare(memo: Memo): PrepareRecord | undefined {
  return memo.read('prepare') as PrepareRecord | undefined;
}

export function writePrepare(memo: Memo, record: PrepareRecord): void {
  memo.write('prepare', record);
}

export function readRun(memo: Memo): RunRecord | undefined {
  return memo.read('run') as RunRecord | undefined;
}

export function writeRun(memo: Memo, record: RunRecord): void {
  memo.write('run', record);
}

/** Changed files that a report lists. */
const SHOWN = 20;

export function summarizeChanges(changes: readonly Change[]): TaskReport['changed'] {
  return { total: changes.length, shown: changes.slice(0, SHOWN).map(({ path }) => path) };
}

export function outcomeOf(failure: Failure): 'failure' | 'cancelled' {
  return failure.code === 'cancelled' ? 'cancelled' : 'failure';
}

/** The result of an action that failed, or was cancelled. */
export function failedResult(failure: Failure): ActionResult {
  return { outcome: outcomeOf(failure), failure, outputs: {} };
}
