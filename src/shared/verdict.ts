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
  /** What it has found, when it was a review. */
  readonly review?: ReviewReport;
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

/** What a review came to, as its reports say and orch has checked. */
export interface ReviewReport {
  /** The task whose work was looked at. */
  readonly task: string;
  /** From 1. */
  readonly round: number;
  readonly verdict: ReviewVerdict;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly provenance: ContextProvenance;
  /** What the reviewer was given: SHA-256 in hex, by name. */
  readonly given: Readonly<Record<string, string>>;
  /** Paths of the reports, below the root of the tree. */
  readonly reports: readonly string[];
}

export type ReviewVerdict = 'approve' | 'changes-requested';

/** What of a reviewer's context orch can vouch for. On this machine itself there is no boundary around a command. */
export type ContextProvenance = 'fresh' | 'fresh, not isolated';

/** Of a finding, the worst first. What is a blocker keeps a change from being approved. */
export const SEVERITIES = ['blocker', 'major', 'minor', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
