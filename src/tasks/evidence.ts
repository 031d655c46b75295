/** What each check of an attempt saw, and the failure it means when it is not as it should be. Pure. */

import type { Failure } from '../shared/failure.ts';
import { formatDuration } from '../shared/quantity.ts';
import type { Evidence, Verdict } from '../shared/verdict.ts';
import { endingFailure } from './clocks.ts';
import type { CommandEnd } from './command.ts';
import type { ContractFault } from './contracts/contract.ts';
import { contractFailure } from './contracts/failure.ts';
import { describeExit, exitFailure } from './exit.ts';
import { countOf, listSome } from './messages.ts';
import type { Globs } from './ports.ts';
import type { Capture, Change } from './repository-port.ts';

export interface Finding {
  readonly evidence: readonly Evidence[];
  readonly failure?: Failure;
}

/** The command's own word. An agent that orch had to end may well exit with 0. */
export function claimOf(end: CommandEnd): Verdict['claim'] {
  if (end.exit.kind === 'not-started') return 'none';
  return end.exit.kind === 'exited' && end.exit.code === 0 ? 'success' : 'failure';
}

export function findExit(end: CommandEnd): Finding {
  const own = exitFailure(end.exit, 'the command', end.reached);
  const exit: Evidence = { check: 'exit', ok: own === undefined, seen: describeExit(end.exit) };
  if (end.ended === undefined) return { evidence: [exit], ...(own && { failure: own }) };
  const failure = endingFailure(end.ended, 'the command');
  return { evidence: [exit, { check: 'ended-by-orch', ok: false, seen: failure.code }], failure };
}

export function findOutputs(
  declared: readonly string[],
  written: readonly string[],
  fault: string | undefined,
): Finding {
  if (fault !== undefined) {
    return {
      evidence: [{ check: 'outputs', ok: false, seen: fault }],
      failure: { code: 'output-invalid', message: `the output file cannot be read: ${fault}` },
    };
  }
  if (declared.length === 0) return { evidence: [] };
  const seen = written.length === 0 ? 'none written' : `${written.join(', ')} written`;
  return { evidence: [{ check: 'outputs', ok: true, seen }] };
}

/** The final tree against the baseline. What must not be committed fails the attempt, whatever the rule. */
export function findChanges(
  rule: 'allowed' | 'required' | 'forbidden',
  capture: Capture,
  changes: readonly Change[],
): Finding {
  const [problem] = capture.problems;
  if (problem !== undefined)
    return { evidence: [{ check: 'changes', ok: false, seen: problem.message }], failure: problem };
  const count = changes.length;
  const seen = count === 0 ? 'nothing changed' : `${countOf(count, 'file')} changed`;
  const failure = changeFailure(rule, changes);
  return { evidence: [{ check: 'changes', ok: failure === undefined, seen }], ...(failure && { failure }) };
}

function changeFailure(rule: 'allowed' | 'required' | 'forbidden', changes: readonly Change[]): Failure | undefined {
  if (rule === 'required' && changes.length === 0) {
    return { code: 'empty', message: 'the command claims success, but nothing has changed since the task started' };
  }
  if (rule === 'forbidden' && changes.length > 0) {
    const paths = changes.map(({ path }) => path);
    return {
      code: 'changed',
      message: `the task may change nothing, but changed ${listSome(paths, 5)}`,
      details: paths.slice(0, 100),
    };
  }
  return undefined;
}

/**
 * What was changed outside of the only folders that may be, or in them where it may not (`guarded`; letters do not count
 * by case, as on some disks). Undefined when nothing was.
 */
export function findOutside(
  { writable, guarded }: { readonly writable: readonly string[]; readonly guarded: readonly string[] },
  changes: readonly Change[],
): Finding | undefined {
  if (writable.length === 0) return undefined;
  const all = changes.map(({ path }) => path);
  const forged = all.filter((path) => guarded.some((own) => isAtOrBelow(path.toLowerCase(), own.toLowerCase())));
  if (forged.length > 0) return guardedFinding(forged);
  const paths = all.filter((path) => !writable.some((top) => path.startsWith(`${top}/`)));
  if (paths.length === 0) return undefined;
  const folders = writable.map((top) => `${top}/`).join(' and ');
  return {
    evidence: [{ check: 'changes', ok: false, seen: `${countOf(paths.length, 'file')} changed outside of ${folders}` }],
    failure: {
      code: 'changed-outside',
      message: `the command may change nothing outside of ${folders}, but changed ${listSome(paths, 5)}`,
      hint: 'what it changed there reaches no branch',
      details: paths.slice(0, 100),
    },
  };
}

function isAtOrBelow(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

function guardedFinding(paths: readonly string[]): Finding {
  return {
    evidence: [{ check: 'changes', ok: false, seen: `${listSome(paths, 5)} changed, which is not for a task` }],
    failure: {
      code: 'changed-outside',
      message: `the command may not change ${listSome(paths, 5)}, and did`,
      hint: 'it counts for nothing there, and reaches no branch',
      details: paths.slice(0, 100),
    },
  };
}

/** Each pattern has to match a file with something in it that the task has changed. */
export function findExpected(patterns: readonly string[], changes: readonly Change[], globs: Globs): Finding {
  const evidence = patterns.map((pattern): Evidence => {
    const matched = changes.filter(({ status, path }) => status !== 'deleted' && globs.match(pattern, path));
    const filled = matched.filter(({ size }) => size > 0).length;
    if (filled > 0) return { check: 'expect', ok: true, seen: `${pattern} matched ${countOf(filled, 'file')}` };
    const what = matched.length > 0 ? 'matched only empty files' : 'matched no changed file';
    return { check: 'expect', ok: false, seen: `${pattern} ${what}` };
  });
  const missed = evidence.filter(({ ok }) => !ok).map(({ seen }) => seen);
  if (missed.length === 0) return { evidence };
  return {
    evidence,
    failure: {
      code: 'artifact-missing',
      message: `what was expected is not there: ${missed.join('; ')}`,
      details: missed,
    },
  };
}

/** Documents that the task has to leave, and what is wrong with them. */
export function findDocuments(paths: readonly string[], faults: readonly ContractFault[]): Finding {
  if (paths.length === 0) return { evidence: [] };
  const failure = contractFailure(faults);
  if (failure === undefined)
    return { evidence: [{ check: 'documents', ok: true, seen: `${listSome(paths, 5)} as agreed` }] };
  return { evidence: [{ check: 'documents', ok: false, seen: failure.message }], failure };
}

/** Undefined stands for a check that was not made because an earlier one had failed. */
export function findVerified(end: CommandEnd | undefined): Finding {
  if (end === undefined) return { evidence: [{ check: 'verify', ok: false, seen: 'not run' }] };
  const failure = verifyFailure(end);
  const how = end.ended ? end.ended.by : describeExit(end.exit);
  const seen = `${how} after ${formatDuration(end.duration)}`;
  return { evidence: [{ check: 'verify', ok: failure === undefined, seen }], ...(failure && { failure }) };
}

function verifyFailure(end: CommandEnd): Failure | undefined {
  const reason = end.ended ? endingFailure(end.ended, 'verify') : exitFailure(end.exit, 'verify', end.reached);
  if (reason === undefined || reason.code === 'cancelled' || reason.code === 'disk-full') return reason;
  return { ...reason, code: reason.code === 'timeout' ? 'verify-timeout' : 'verify-failed' };
}

/** All that was seen, in order; the first failure is the reason. */
export function joinFindings(findings: readonly Finding[]): Finding {
  const failure = findings.find((finding) => finding.failure !== undefined)?.failure;
  return { evidence: findings.flatMap(({ evidence }) => evidence), ...(failure && { failure }) };
}
