/**
 * The evidence for a review: its reports are there and say something, its verdict does not contradict its findings, and
 * each finding points to a line of what was reviewed. Whether the change is good is the reviewer's to say.
 */
import { type ReviewReport, SEVERITIES, type Severity } from '../../shared/verdict.ts';
import { type ContractCheck, checkContract, checkContracts } from '../contracts/check.ts';
import type { ContractFault, ReadFile } from '../contracts/contract.ts';
import { contractFailure } from '../contracts/failure.ts';
import { sectionsNamed } from '../contracts/section-content.ts';
import type { Finding } from '../evidence.ts';
import { countOf } from '../messages.ts';
import type { WorkTree } from '../repository-port.ts';
import { type FindingFault, type ReviewFinding, readFindings } from './findings.ts';
import type { Given } from './given.ts';
import { findMisplaced } from './places.ts';
import { stampProvenance } from './provenance.ts';
import { CODE_REVIEW, REPORTS, TEST_REPORTS } from './reports.ts';
import type { ReviewSubject } from './subject.ts';

export interface ReviewRequest {
  readonly subject: ReviewSubject;
  readonly tree: WorkTree;
  /** What the reviewer was given, as a commit or tree, and what it has left. */
  readonly reviewed: string;
  readonly captured: string;
  /** Files of what it has left. */
  readonly read: ReadFile;
  readonly given: Given;
  /** Whether its command could see nothing else. */
  readonly isIsolated: boolean;
}

export interface JudgedReview {
  readonly finding: Finding;
  /** Absent after a failure. */
  readonly report?: ReviewReport;
  /** The tree with what orch has written into the report. */
  readonly stamped?: string;
}

export async function judgeReview(request: ReviewRequest): Promise<JudgedReview> {
  const { read } = request;
  const report = await checkContract(CODE_REVIEW, read);
  const others = await checkContracts(TEST_REPORTS, read);
  const { findings, faults: rows } = findingsOf(report);
  const misplaced = await findMisplaced(findings, request);
  const contradiction = contradictionOf(report, findings);
  const faults = [...report.faults, ...[...rows, ...misplaced, ...contradiction].map(faultOf), ...others];
  if (faults.length > 0) return refuse(faults);
  return stamp(request, report, reportOf(request, report, findings));
}

function refuse(faults: readonly ContractFault[]): JudgedReview {
  const failure = contractFailure(faults);
  if (failure === undefined) return { finding: { evidence: [] } };
  return { finding: { evidence: [{ check: 'review', ok: false, seen: failure.message }], failure } };
}

function findingsOf({ sections }: ContractCheck): ReturnType<typeof readFindings> {
  // One that is there twice may say in one place what it denies in the other: both count.
  const read = sectionsNamed(sections, 'Findings').map(readFindings);
  return { findings: read.flatMap((one) => one.findings), faults: read.flatMap((one) => one.faults) };
}

function contradictionOf({ values }: ContractCheck, findings: readonly ReviewFinding[]): readonly FindingFault[] {
  const blocker = findings.find(({ severity }) => severity === 'blocker');
  if (values.get('verdict') !== 'approve' || blocker === undefined) return [];
  return [{ at: blocker.at, message: 'the verdict is approve beside a blocker' }];
}

function faultOf({ at, message }: FindingFault): ContractFault {
  const { path, template } = CODE_REVIEW;
  const text = `${path}:${at}: ${message}`;
  return { code: 'review-invalid', path, line: at, message: text, ...(template !== undefined && { template }) };
}

function reportOf(request: ReviewRequest, report: ContractCheck, findings: readonly ReviewFinding[]): ReviewReport {
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  return {
    ...request.subject,
    verdict: report.values.get('verdict') === 'approve' ? 'approve' : 'changes-requested',
    findings: { blocker: count('blocker'), major: count('major'), minor: count('minor'), info: count('info') },
    provenance: request.isIsolated ? 'fresh' : 'fresh, not isolated',
    given: request.given,
    reports: REPORTS,
  };
}

/** Writes what orch knows into the report, and makes sure that nothing else has changed meanwhile. */
async function stamp(request: ReviewRequest, { text }: ContractCheck, report: ReviewReport): Promise<JudgedReview> {
  const { tree, captured } = request;
  const isWritten = await tree.write(CODE_REVIEW.path, stampProvenance(text, report));
  const after = await tree.capture();
  const others = (await tree.changes(captured, after.tree)).filter(({ path }) => path !== CODE_REVIEW.path);
  if (!isWritten || others.length > 0) {
    const path = others[0]?.path ?? CODE_REVIEW.path;
    return refuse([{ code: 'review-invalid', path, message: `${path} changed after the review had ended` }]);
  }
  const seen = `${report.verdict}, ${describeFindings(report.findings)}`;
  return { finding: { evidence: [{ check: 'review', ok: true, seen }] }, report, stamped: after.tree };
}

/** `1 blocker, 2 minor`, or `no findings`. */
function describeFindings(findings: ReviewReport['findings']): string {
  const parts = SEVERITIES.flatMap((severity) => (findings[severity] === 0 ? [] : `${findings[severity]} ${severity}`));
  return parts.length === 0 ? 'no findings' : `${countOf(sum(findings), 'finding')} (${parts.join(', ')})`;
}

function sum(findings: ReviewReport['findings']): number {
  return SEVERITIES.reduce((total, severity) => total + findings[severity], 0);
}
