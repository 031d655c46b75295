/** What a run in a clone has left of each leg: results from its journal, trees from git, files from its artifacts. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../engine/index.ts';
import { type LegFacts, legsOf, type RanLeg } from '../../parity/index.ts';
import { type GitRepository, takeBundle } from '../../runner/workspaces/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import type { Evidence, TaskReport } from '../../shared/verdict.ts';
import { loadJournal, newestRun } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { fileSink, hashSink, readArchive, textSink } from './archive.ts';

/** Undefined when no run has begun. */
export async function eventsOfClone({ layout }: Project): Promise<readonly RunEvent[] | undefined> {
  const run = newestRun(layout);
  return run === undefined ? undefined : (await loadJournal(run.paths.journal)).events;
}

/** Of a run of tasks: its branches are the clone's, its files lie beside its logs. */
export async function factsOfTasks(clone: Project, events: readonly RunEvent[]): Promise<readonly LegFacts[]> {
  const artifacts = newestRun(clone.layout)?.paths.artifacts;
  const facts: LegFacts[] = [];
  for (const leg of legsOf(events)) {
    const { task } = leg;
    const kept = new Map<string, string>();
    for (const { path } of task?.artifacts ?? [])
      if (artifacts !== undefined) kept.set(path, await hashOf(join(artifacts, leg.id, path)));
    facts.push({ ...leg, kept, ...(task === undefined ? {} : await factsOfReport(clone.repository, leg, task)) });
  }
  return facts;
}

/** What others stand on; of a task that failed by itself, what it has left for people, and why. What orch has ended may have come to anything. */
async function factsOfReport(
  repository: GitRepository,
  { result }: RanLeg,
  report: Pick<TaskReport, 'result' | 'tip' | 'verdict'>,
): Promise<Pick<LegFacts, 'tree' | 'left' | 'failed'>> {
  if (result === 'cancelled' || result === 'skipped') return {};
  const broken = report.verdict.evidence.filter(({ ok }) => !ok);
  const failed = broken.map(wordsOf);
  if (result === 'success') return { tree: await treeOf(repository, report.result), failed };
  if (broken.some(({ check }) => check === 'ended-by-orch')) return { failed };
  return { left: await treeOf(repository, report.tip), failed };
}

/** How long a check took is no part of what it found. */
function wordsOf({ check, seen }: Evidence): string {
  const found = seen.replace(/ after [\d.]+\w+( \d+\w+)*$/, '');
  return check === 'verify' ? `verify: ${found}` : found;
}

/** Of a run of the exported workflow: commits and files have travelled as artifacts. */
export async function factsOfExport(
  clone: Project,
  events: readonly RunEvent[],
  temporary: HostPath,
): Promise<readonly LegFacts[]> {
  const stored = storedArtifacts(clone, events);
  const facts: LegFacts[] = [];
  for (const leg of legsOf(events)) {
    const result = stored.get(`orch-${leg.job}-${leg.index}`.toLowerCase());
    const files = stored.get(`files-${leg.isMatrix ? `${leg.job}+${leg.index + 1}` : leg.job}`.toLowerCase());
    const bundle = hostPath(join(temporary, `${facts.length}.bundle`));
    const travelled = result === undefined ? {} : await travelledFacts(clone.repository, leg, { result, bundle });
    const kept = files === undefined ? new Map<string, string>() : await hashesIn(files);
    facts.push({ ...leg, kept, ...travelled });
  }
  return facts;
}

/** By name in lower case, the file that holds it. */
function storedArtifacts({ repository }: Project, events: readonly RunEvent[]): ReadonlyMap<string, HostPath> {
  const stored = new Map<string, HostPath>();
  for (const event of events) {
    if (event.type === 'artifact.stored')
      stored.set(event.name.toLowerCase(), hostPath(join(repository.root, event.path)));
    if (event.type === 'artifact.deleted') stored.delete(event.name.toLowerCase());
  }
  return stored;
}

/** What the artifact of a leg says of it. One that is no such artifact says nothing. */
async function travelledFacts(
  repository: GitRepository,
  leg: RanLeg,
  { result: artifact, bundle }: { readonly result: HostPath; readonly bundle: HostPath },
): Promise<Pick<LegFacts, 'tree' | 'left' | 'failed'>> {
  const found: { text?: string; hasBundle?: boolean } = {};
  await readArchive(artifact, (name) => {
    if (name === 'result.json')
      return textSink((text) => {
        found.text = text;
      });
    if (name !== 'commits.bundle' || found.hasBundle) return undefined;
    found.hasBundle = true;
    return fileSink(bundle);
  });
  if (found.hasBundle) await takeBundle(repository, bundle);
  const { result, report } = JSON.parse(found.text ?? '{}') as { result?: unknown; report?: Partial<TaskReport> };
  if (!isCommit(result)) return {};
  const tip = isCommit(report?.tip) ? report.tip : result;
  return factsOfReport(repository, leg, { result, tip, verdict: report?.verdict ?? NO_VERDICT });
}

const NO_VERDICT: TaskReport['verdict'] = { claim: 'none', evidence: [] };

function isCommit(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{40,64}$/.test(text);
}

/** By path, mode and object. */
export async function treeOf({ git }: GitRepository, commit: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit]);
  const entries = stdout.toString('utf8').split('\0').filter(Boolean);
  return new Map(
    entries.map((entry) => {
      const tab = entry.indexOf('\t');
      return [entry.slice(tab + 1), entry.slice(0, tab)];
    }),
  );
}

async function hashesIn(archive: HostPath): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  await readArchive(archive, (name) => hashSink((sha256) => hashes.set(name, sha256)));
  return hashes;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
