/**
 * How the results of tasks travel between jobs: each leg leaves an artifact with its commits as a git bundle, and takes
 * those of the jobs that it stands on.
 */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitRepository, takeBundle, writeBundle } from '../../src/runner/workspaces/index.ts';
import { MachineError } from '../../src/shared/failure.ts';
import type { TaskReport } from '../../src/shared/verdict.ts';
import type { JobCommits, Results } from '../../src/tasks/index.ts';
import type { ArtifactStore } from './artifacts.ts';
import type { Place } from './place.ts';
import type { LegReport } from './summary.ts';

const BUNDLE = 'commits.bundle';
const RESULT = 'result.json';

export interface TravellingResults extends Results {
  /** Uploads what was published, with the report beside it for the run's summary. Nothing when nothing was. */
  send(report: TaskReport | undefined): Promise<void>;
}

export function openResults(place: Place, repository: GitRepository, artifacts: ArtifactStore): TravellingResults {
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
        commits.push(await take(place, repository, await artifacts.read(artifact, [RESULT, BUNDLE])));
      return commits;
    },
    publish: async (commits) => {
      own = commits;
    },
    send: async (report) => {
      if (own !== undefined) await send(place, repository, { artifacts, own, report });
    },
  };
}

/** What every task's legs have left, for people. */
export async function readReports(artifacts: ArtifactStore): Promise<readonly LegReport[]> {
  const results = (await artifacts.list()).filter(({ name }) => /^orch-.+-\d{1,3}$/.test(name));
  const reports: LegReport[] = [];
  for (const artifact of results) {
    const text = (await artifacts.read(artifact, [RESULT])).get(RESULT);
    if (text !== undefined) reports.push(JSON.parse(Buffer.from(text).toString('utf8')) as LegReport);
  }
  return reports;
}

/** Letters do not count by case, as in the ids of jobs. */
function legOf(artifact: string, job: string): number | undefined {
  const start = `orch-${job}-`.toLowerCase();
  if (!artifact.toLowerCase().startsWith(start)) return undefined;
  const index = artifact.slice(start.length);
  return /^\d{1,3}$/.test(index) ? Number(index) : undefined;
}

async function take(
  place: Place,
  repository: GitRepository,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<JobCommits> {
  const commits = readCommits(Buffer.from(files.get(RESULT) ?? []).toString('utf8'));
  const bundle = files.get(BUNDLE);
  if (bundle !== undefined) {
    const file = join(await mkdtemp(join(place.directory, 'result-')), BUNDLE);
    await writeFile(file, bundle);
    await takeBundle(repository, file);
  }
  return commits;
}

function readCommits(text: string): JobCommits {
  const { start, result } = JSON.parse(text) as Record<string, unknown>;
  if (isId(start) && isId(result)) return { start, result };
  throw new MachineError({ code: 'environment-lost', message: `a task's ${RESULT} names no commits` });
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(value);
}

interface Sending {
  readonly artifacts: ArtifactStore;
  readonly own: JobCommits;
  readonly report: TaskReport | undefined;
}

async function send(place: Place, repository: GitRepository, { artifacts, own, report }: Sending): Promise<void> {
  const { job, index } = place;
  const root = join(place.directory, 'own-result');
  await mkdir(root, { recursive: true });
  const result = join(root, RESULT);
  await writeFile(result, `${JSON.stringify({ job: job.job, leg: job.leg, index, ...own, report }, null, 2)}\n`);
  const file = join(root, BUNDLE);
  const branch = report?.branch;
  const hasBundle =
    branch !== undefined && (await writeBundle(repository, { branch, without: repository.head.commit, file }));
  await artifacts.upload(`orch-${job.job}-${index}`, root, hasBundle ? [result, file] : [result]);
}
