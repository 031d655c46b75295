/**
 * How the results of tasks travel between jobs: each leg leaves an artifact that says what it passes on, and takes those
 * of the jobs that it stands on.
 */
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../src/shared/errno.ts';
import { MachineError } from '../../src/shared/failure.ts';
import type { TaskReport } from '../../src/shared/verdict.ts';
import type { JobCommits, Results } from '../../src/tasks/index.ts';
import type { ArtifactStore } from './artifacts.ts';
import { BUNDLE, type Carrier } from './carriers.ts';
import type { Place } from './place.ts';
import type { LegReport } from './summary.ts';

const RESULT = 'result.json';
/** What happened in the steps of the job, one event a line. */
const EVENTS = 'events.jsonl';
/** Bytes; what is more is no record of attempts. */
const MOST_EVENTS = 4 * 1024 * 1024;

export interface TravellingResults extends Results {
  /** Uploads what was published, with the report beside it for the run's summary. Nothing when nothing was. */
  send(report: TaskReport | undefined): Promise<void>;
}

/** `base`: a commit that every job has. */
export function openResults(place: Place, artifacts: ArtifactStore, carrier: Carrier, base: string): TravellingResults {
  let own: JobCommits | undefined;
  return {
    of: async (job) => {
      const legs = (await artifacts.list()).flatMap((artifact) => {
        const index = legOf(artifact.name, job);
        return index === undefined ? [] : [{ index, artifact }];
      });
      // A job that was skipped leaves none.
      if (legs.length === 0) return undefined;
      const commits: JobCommits[] = [];
      for (const { artifact } of legs.toSorted((a, b) => a.index - b.index))
        commits.push(await take(carrier, await artifacts.read(artifact, [RESULT, BUNDLE])));
      return commits;
    },
    publish: async (commits) => {
      own = commits;
    },
    send: async (report) => {
      if (own !== undefined) await send(place, artifacts, { carrier, base, own, report });
    },
  };
}

export interface Reports {
  readonly reports: readonly LegReport[];
  /** Artifacts that have the name of a leg's result, and are none. */
  readonly unread: readonly string[];
}

/** What the legs of these jobs have left, for people. One that cannot be read does not keep the others from them. */
export async function readReports(artifacts: ArtifactStore, jobs: Iterable<string>): Promise<Reports> {
  const ids = [...jobs];
  const reports: LegReport[] = [];
  const unread: string[] = [];
  for (const artifact of await artifacts.list()) {
    if (!ids.some((job) => legOf(artifact.name, job) !== undefined)) continue;
    const report = await readReport(() => artifacts.read(artifact, [RESULT, EVENTS]));
    if (report === undefined) unread.push(artifact.name);
    else reports.push(report);
  }
  return { reports, unread };
}

async function readReport(read: () => Promise<ReadonlyMap<string, Uint8Array>>): Promise<LegReport | undefined> {
  try {
    const files = await read();
    const value = readJson(textOf(files, RESULT));
    const events = textOf(files, EVENTS);
    return isReport(value) ? { ...value, ...(events === '' ? {} : { events }) } : undefined;
  } catch (error) {
    if (error instanceof MachineError) return undefined;
    throw error;
  }
}

function textOf(files: ReadonlyMap<string, Uint8Array>, name: string): string {
  return Buffer.from(files.get(name) ?? []).toString('utf8');
}

/** So far as the summary looks into it. */
function isReport(value: unknown): value is LegReport {
  const { job, leg, index, report } = fieldsOf(value);
  const isNamed = typeof job === 'string' && typeof leg === 'string' && typeof index === 'number';
  if (report === undefined) return isNamed;
  const { verdict, changed } = fieldsOf(report);
  return isNamed && Array.isArray(fieldsOf(verdict)['evidence']) && typeof fieldsOf(changed)['total'] === 'number';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Letters do not count by case, as in the ids of jobs. */
function legOf(artifact: string, job: string): number | undefined {
  const start = `orch-${job}-`.toLowerCase();
  if (!artifact.toLowerCase().startsWith(start)) return undefined;
  const index = artifact.slice(start.length);
  return /^\d{1,3}$/.test(index) ? Number(index) : undefined;
}

async function take(carrier: Carrier, files: ReadonlyMap<string, Uint8Array>): Promise<JobCommits> {
  const { start, result, branch } = readLeg(Buffer.from(files.get(RESULT) ?? []).toString('utf8'));
  await carrier.take({ branch, result, bundle: files.get(BUNDLE) });
  return { start, result };
}

interface Leg extends JobCommits {
  readonly branch: string | undefined;
}

function readLeg(text: string): Leg {
  const { start, result, report } = (readJson(text) ?? {}) as Readonly<Record<string, unknown>>;
  if (!isId(start) || !isId(result))
    throw new MachineError({ code: 'environment-lost', message: `a task's ${RESULT} names no commits` });
  const branch = (report as { readonly branch?: unknown } | undefined)?.branch;
  return { start, result, branch: typeof branch === 'string' ? branch : undefined };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(value);
}

interface Sending {
  readonly carrier: Carrier;
  readonly base: string;
  readonly own: JobCommits;
  readonly report: TaskReport | undefined;
}

async function send(place: Place, artifacts: ArtifactStore, sending: Sending): Promise<void> {
  const { job, index } = place;
  const { carrier, base, own } = sending;
  const root = join(place.directory, 'own-result');
  await mkdir(root, { recursive: true });
  const standing = { branch: `orch/${job.run}/${job.leg}`, tip: own.result, ...workOf(sending.report) };
  const isKnown = standing.tip === base && own.result === base;
  // What is told of a branch has to be there, and commits have to come by one.
  const report = sending.report && (isKnown ? sending.report : { ...sending.report, branch: standing.branch });
  const isNothing = isKnown && report?.branch === undefined;
  const given = isNothing ? { files: [] } : await carrier.give(standing, root);
  const result = join(root, RESULT);
  await writeFile(result, `${JSON.stringify({ job: job.job, leg: job.leg, index, ...own, report }, null, 2)}\n`);
  const events = await haveEvents(place, root);
  await artifacts.upload(`orch-${job.job}-${index}`, root, [result, ...events, ...given.files]);
  if (given.failure !== undefined) throw given.failure;
}

async function haveEvents({ directory }: Place, root: string): Promise<readonly string[]> {
  const [from, to] = [join(directory, EVENTS), join(root, EVENTS)];
  try {
    if ((await stat(from)).size > MOST_EVENTS) return [];
    await copyFile(from, to);
    return [to];
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function workOf(report: TaskReport | undefined): { readonly branch?: string; readonly tip?: string } {
  return report?.branch === undefined ? {} : { branch: report.branch, tip: report.tip };
}
