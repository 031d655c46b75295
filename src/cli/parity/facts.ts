/** What a run in a clone has left of each leg: results from its journal, trees from git, files from its artifacts. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../engine/index.ts';
import { type LegFacts, legsOf, type RanLeg } from '../../parity/index.ts';
import { type GitRepository, takeBundle } from '../../runner/workspaces/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
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
    const tree = hasResult(leg) && task !== undefined ? await treeOf(clone.repository, task.result) : undefined;
    facts.push({ ...leg, kept, ...(tree === undefined ? {} : { tree }) });
  }
  return facts;
}

/** What others stand on; of a task that failed, what it left is on its branch for people alone. */
function hasResult({ result }: RanLeg): boolean {
  return result === 'success';
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
    const tree =
      result !== undefined && hasResult(leg) ? await travelledTree(clone.repository, result, bundle) : undefined;
    const kept = files === undefined ? new Map<string, string>() : await hashesIn(files);
    facts.push({ ...leg, kept, ...(tree === undefined ? {} : { tree }) });
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

async function travelledTree(
  repository: GitRepository,
  artifact: HostPath,
  bundle: HostPath,
): Promise<ReadonlyMap<string, string> | undefined> {
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
  const { result } = JSON.parse(found.text ?? '{}') as { readonly result?: unknown };
  return typeof result === 'string' && /^[0-9a-f]{40,64}$/.test(result) ? treeOf(repository, result) : undefined;
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
