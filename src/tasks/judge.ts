/** Takes the evidence for or against what an attempt's command claims. */
import { hostPath } from '../shared/brand.ts';
import type { Containment } from '../shared/verdict.ts';
import { type AttemptSetting, runShell } from './attempt-setting.ts';
import { cancelledFailure } from './cancellation.ts';
import type { CommandEnd } from './command.ts';
import { checkContracts } from './contracts/check.ts';
import type { ReadFile } from './contracts/contract.ts';
import {
  type Finding,
  findChanges,
  findDocuments,
  findExpected,
  findOutside,
  findVerified,
  joinFindings,
} from './evidence.ts';
import { firstLine } from './messages.ts';
import type { TaskPorts } from './ports.ts';
import { type Left, summarizeChanges } from './record.ts';
import { type JudgedReview, judgeReview } from './review/judge-review.ts';
import { note, warnOfRemarks } from './warnings.ts';

export interface Judging extends AttemptSetting {
  readonly attempt: number;
  readonly baseline: string;
}

export interface Judged {
  readonly finding: Finding;
  readonly contained?: Containment;
  readonly left?: Left;
}

/** Takes the rest of the evidence. A command that failed by its own account needs none. */
export async function judgeAttempt(judging: Judging, findings: readonly Finding[]): Promise<Judged> {
  const { ports, settings } = judging;
  const unverified = settings.verify === undefined ? [] : [findVerified(undefined)];
  if (findings[0]?.failure) return { finding: joinFindings([...findings, ...unverified]) };
  if (ports.signal.aborted) return { finding: joinFindings([...findings, cancelled(ports), ...unverified]) };

  const { seen, left } = await judgeTree(judging, findings);
  const soFar = joinFindings(seen);
  if (settings.verify === undefined || soFar.failure) {
    return { finding: joinFindings([...seen, ...unverified]), ...(!soFar.failure && { left }) };
  }
  const end = await verify(judging, settings.verify);
  const finding = joinFindings([...seen, findVerified(end)]);
  if (finding.failure) return { finding, contained: end.contained };
  await warnOfVerifyChanges(judging, left.tree);
  return { finding, contained: end.contained, left };
}

interface JudgedTree {
  /** The findings so far, and those that the tree gave. */
  readonly seen: readonly Finding[];
  readonly left: Left;
}

async function judgeTree(judging: Judging, findings: readonly Finding[]): Promise<JudgedTree> {
  const { ports, settings, tree, baseline } = judging;
  const head = await tree.head();
  const capture = await tree.capture();
  warnOfRemarks(judging.warn, capture);
  const changes = await tree.changes(baseline, capture.tree);
  const outside = findOutside(settings, changes);
  const seen = [...findings, findChanges(settings.changes, capture, changes), ...(outside ? [outside] : [])];
  if (capture.problems.length === 0) {
    // It says more of a file that is not there: what has to be in it, and where one is shown.
    seen.push(await findContracted(judging, capture.tree));
    seen.push(findExpected(settings.expect, changes, ports.globs));
  }
  const left: Left = { tree: capture.tree, head, changed: summarizeChanges(changes) };
  const reviewed = await reviewedBy(judging, joinFindings(seen), capture.tree);
  if (reviewed === undefined) return { seen, left };
  const { finding, stamped = capture.tree, report } = reviewed;
  return { seen: [...seen, finding], left: { ...left, tree: stamped, ...(report && { review: report }) } };
}

async function findContracted(judging: Judging, captured: string): Promise<Finding> {
  const { documents } = judging.settings;
  const faults = await checkContracts(documents, readCaptured(judging, captured));
  return findDocuments(
    documents.map(({ path }) => path),
    faults,
  );
}

/** What would be committed counts: not what git ignores, nor what a link leads to. */
function readCaptured({ ports, tree }: Judging, captured: string): ReadFile {
  return async (path, limit) => {
    const found = await tree.read(captured, path, limit);
    if (found.kind !== 'absent') return found;
    const isThere = (await ports.files.read(hostPath(`${tree.path}/${path}`), 1)) !== undefined;
    const rule = await tree.ignoredBy(path);
    if (rule === undefined && !isThere) return found;
    return { kind: 'unseen', isThere, ...(rule !== undefined && { rule }) };
  };
}

/** Not looked at when something else is wrong already. */
async function reviewedBy(judging: Judging, soFar: Finding, captured: string): Promise<JudgedReview | undefined> {
  const { settings, tree, baseline, given = {} } = judging;
  if (settings.review === undefined || soFar.failure) return undefined;
  // On this machine itself nothing keeps a command from files of others.
  const isIsolated = settings.isolated && settings.sandbox !== undefined;
  const read = readCaptured(judging, captured);
  return judgeReview({ subject: settings.review, tree, reviewed: baseline, captured, read, given, isIsolated });
}

function cancelled(ports: TaskPorts): Finding {
  return { evidence: [], failure: cancelledFailure(ports.signal) };
}

/**
 * Runs the `verify` command, in the same environment. The evidence was taken before it, and is what gets committed:
 * files that the check itself writes are not the task's work.
 */
async function verify(judging: Judging, command: string): Promise<CommandEnd> {
  const { ports, settings } = judging;
  ports.progress.report({ type: 'verify.started', attempt: judging.attempt });
  note(ports, `verify: ${firstLine(command)}`);
  return runShell(judging, 'verify', { whole: settings.verifyTimeout });
}

async function warnOfVerifyChanges({ tree, warn }: Judging, before: string): Promise<void> {
  const after = await tree.capture();
  if (after.tree !== before)
    warn('verify-changed-files', 'verify changed files; what it changed is not part of the result');
}
