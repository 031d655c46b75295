/** What a job did, told by evidence: the words that tasks, events and reports share. */
import type { Failure } from './failure.ts';

/** What a task left, whatever its result. */
export interface TaskReport {
  readonly branch?: string;
  /** Commits by full id. `result` is what dependents see; `tip` is where the branch points. */
  readonly start: string;
  readonly result: string;
  readonly tip: string;
  /** Commits between start and tip, newest first: id and subject. */
  readonly commits: readonly { readonly id: string; readonly subject: string }[];
  /** Changed files between start and tip; `shown` of them are listed. */
  readonly changed: { readonly total: number; readonly shown: readonly string[] };
  readonly attempts: number;
  readonly verdict: Verdict;
  /** Kept for inspection. */
  readonly worktree?: string;
  readonly artifacts: readonly { readonly path: string; readonly bytes: number }[];
  /** How the processes were contained and what had to be ended after the command did. */
  readonly contained: Containment;
  readonly warnings: readonly string[];
}

export interface Containment {
  readonly by: readonly ('process-group' | 'cookie' | 'pid-namespace' | 'container')[];
  readonly reaped: number;
  /** Processes that could not be ended, such as another user's. Absent when there is none. */
  readonly alive?: number;
}

/** The claim and the evidence side by side. */
export interface Verdict {
  /** What the command itself said. */
  readonly claim: 'success' | 'failure' | 'none';
  readonly evidence: readonly Evidence[];
}

export interface Evidence {
  readonly check: 'exit' | 'ended-by-orch' | 'verify' | 'expect' | 'changes' | 'outputs' | 'documents' | 'review';
  readonly ok: boolean;
  /** What was seen, such as `exit code 0`, `src/api/** matched 3 files`. */
  readonly seen: string;
}

/** One attempt of a task, over. Spans are milliseconds. */
export interface AttemptReport {
  /** 1-based. */
  readonly attempt: number;
  readonly duration: number;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Absent when the attempt succeeded. */
  readonly failure?: Failure;
  readonly verdict: Verdict;
  /** The commit that holds what the attempt had changed, when the next one starts from a clean tree. */
  readonly leftovers?: string;
}
