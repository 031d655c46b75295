/** The journal of a run on GitHub, made up of what its legs have left: the events that orch would have written. */
import type { RunEventBody } from '../../src/engine/index.ts';
import { FAILURE_CODES, type Failure } from '../../src/shared/failure.ts';
import type { TaskReport } from '../../src/shared/verdict.ts';
import type { JobResults, LegReport } from './summary.ts';

/** The artifact of a run that holds it, and its name inside. */
export const JOURNAL_ARTIFACT = 'orch-journal';
export const JOURNAL = 'events.jsonl';

export interface RunOnGitHub {
  readonly run: string;
  readonly name: string;
  readonly file: string;
  /** ISO 8601: when it is written. */
  readonly now: string;
  readonly machine: { readonly platform: string; readonly cpus: number; readonly node: string };
}

interface Told {
  readonly time: string;
  readonly body: RunEventBody;
}

type JobResult = 'success' | 'failure' | 'cancelled' | 'skipped';

/** Whole lines. What GitHub does not tell, such as the order of jobs or who waited, is not in it. */
export function journalOf(run: RunOnGitHub, results: JobResults, reports: readonly LegReport[]): string {
  const legs = reports.map((report) => readLeg(report, resultOf(results, report.job)));
  const times = legs.flatMap((leg) => leg.told.map(({ time }) => time)).toSorted();
  const first = times[0] ?? run.now;
  const told: readonly Told[] = [
    ...legs.flatMap((leg) => eventsOf(leg, first)),
    ...[...results].flatMap(([job, result]) =>
      legs.some(({ report }) => report.job === job) ? [] : [{ time: run.now, body: untold(job, asResult(result)) }],
    ),
  ];
  const bodies: readonly Told[] = [
    { time: first, body: startOf(run, results) },
    ...expansions(legs).map((body) => ({ time: first, body })),
    ...told.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)),
    { time: run.now, body: endOf(results, { first, now: run.now }) },
  ];
  return bodies.map(({ time, body }, i) => `${JSON.stringify({ seq: i + 1, time, ...body })}\n`).join('');
}

interface Leg {
  readonly report: LegReport;
  readonly result: JobResult;
  readonly told: readonly Told[];
}

function readLeg(report: LegReport, ofJob: JobResult): Leg {
  const told = (report.events ?? '').split('\n').flatMap((line) => readLine(line, report));
  // A job of several legs has one result; each leg shows its own.
  const last = told.findLast(({ body }) => body.type === 'attempt.finished')?.body;
  const hasFailed = last?.type === 'attempt.finished' && last.failure !== undefined;
  const result = ofJob === 'failure' && last !== undefined && !hasFailed ? 'success' : ofJob;
  return { report, result, told };
}

/** What a task's command may have tampered with: it runs beside the file. */
function readLine(line: string, { job, leg }: LegReport): readonly Told[] {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('time' in value) || typeof value.time !== 'string') return [];
    const { time, ...body } = value;
    const told = { ...body, job, leg };
    return isSound(told) && !Number.isNaN(Date.parse(time)) ? [{ time, body: told }] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

const TOLD: readonly unknown[] = [
  'task.prepared',
  'attempt.started',
  'attempt.delayed',
  'attempt.finished',
  'verify.started',
  'warning',
];

/** As far as those who read a journal rely on it. */
function isSound(body: object): body is RunEventBody {
  const { type, failure, verdict, message = '', code = '', delay = 0 } = body as Readonly<Record<string, unknown>>;
  if (!TOLD.includes(type) || typeof message !== 'string' || typeof code !== 'string') return false;
  if (typeof delay !== 'number') return false;
  return type !== 'attempt.finished' || (isFailure(failure) && Array.isArray(fieldsOf(verdict)['evidence']));
}

function isFailure(value: unknown): boolean {
  if (value === undefined) return true;
  const { code, message } = fieldsOf(value);
  return FAILURE_CODES.some((known) => known === code) && typeof message === 'string';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isWhole({ warnings, contained, artifacts, commits }: TaskReport): boolean {
  const { reaped } = fieldsOf(contained);
  return Array.isArray(artifacts) && Array.isArray(commits) && typeof reaped === 'number' && isTexts(warnings);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function startOf({ run, name, file, machine }: RunOnGitHub, results: JobResults): RunEventBody {
  return {
    type: 'run.started',
    run,
    kind: 'tasks',
    name,
    orch: 'on GitHub',
    file,
    command: [],
    host: { ...machine, git: '' },
    policy: { maxParallel: results.size, onFailure: 'continue' },
    jobs: [...results.keys()].map((id) => ({ id, needs: [], definition: '' })),
  };
}

function expansions(legs: readonly Leg[]): readonly RunEventBody[] {
  const jobs = new Map<string, Leg[]>();
  for (const leg of legs) jobs.set(leg.report.job, [...(jobs.get(leg.report.job) ?? []), leg]);
  return [...jobs].map(([job, of]) => ({
    type: 'job.expanded',
    job,
    failFast: true,
    legs: of.map(({ report: { leg, index } }) => ({
      id: leg,
      name: leg,
      index,
      matrix: null,
      continueOnError: false,
      timeoutMinutes: 360,
    })),
  }));
}

function eventsOf({ report, result, told }: Leg, first: string): readonly Told[] {
  const { job, leg } = report;
  const [from, to] = [told[0]?.time ?? first, told.at(-1)?.time ?? first];
  const failure = result === 'failure' ? failureOf(told) : undefined;
  return [
    { time: from, body: { type: 'job.requested', job, leg } },
    ...told,
    {
      time: to,
      body: {
        type: 'job.finished',
        job,
        leg,
        outcome: result,
        conclusion: result,
        outputs: {},
        duration: Math.max(0, Date.parse(to) - Date.parse(from)),
        ...(failure === undefined ? {} : { failure }),
        ...(report.report === undefined || !isWhole(report.report) ? {} : { task: report.report }),
      },
    },
  ];
}

function failureOf(told: readonly Told[]): Failure {
  const last = told.findLast(({ body }) => body.type === 'attempt.finished')?.body;
  if (last?.type === 'attempt.finished' && last.failure !== undefined) return last.failure;
  return {
    code: last === undefined ? 'not-started' : 'environment-lost',
    message: 'it failed outside of its attempts; the log of the job on GitHub says why',
  };
}

/** A job that has left nothing. */
function untold(job: string, result: JobResult): RunEventBody {
  const message = 'GitHub does not say why';
  if (result === 'skipped' || result === 'cancelled')
    return { type: 'job.skipped', job, reason: result === 'skipped' ? 'needs' : 'cancelled', result, message };
  const failure: Failure = {
    code: 'environment-lost',
    message: 'it left nothing; the log of the job on GitHub says why',
  };
  const end = {
    type: 'job.finished',
    job,
    leg: job,
    outcome: result,
    conclusion: result,
    outputs: {},
    duration: 0,
  } as const;
  return result === 'failure' ? { ...end, failure } : end;
}

function endOf(results: JobResults, { first, now }: { readonly first: string; readonly now: string }): RunEventBody {
  const totals = { success: 0, failure: 0, cancelled: 0, skipped: 0 };
  for (const result of results.values()) totals[asResult(result)]++;
  const result = totals.failure > 0 ? 'failure' : totals.cancelled > 0 ? 'cancelled' : 'success';
  const duration = Math.max(0, Date.parse(now) - Date.parse(first));
  return { type: 'run.finished', result, exitCode: result === 'success' ? 0 : 1, duration, totals };
}

function resultOf(results: JobResults, job: string): JobResult {
  return asResult(results.get(job) ?? '');
}

function asResult(text: string): JobResult {
  return text === 'success' || text === 'cancelled' || text === 'skipped' ? text : 'failure';
}
