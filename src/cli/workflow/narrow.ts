/** A part of a workflow: the jobs that were asked for with what they need, and the legs of a matrix. */
import { nearest } from '../../shared/diagnostic.ts';
import {
  dataToString,
  hasExpression,
  type Job,
  type MappingNode,
  type Node,
  sameText,
  type Workflow,
} from '../../workflow/index.ts';
import { UsageError } from '../explain.ts';

/** Of the jobs that were asked for those that this workflow has; all of them when it has none, since some mistake was made. */
export function wantedJobs({ jobs }: Workflow, wanted: readonly string[]): readonly string[] {
  const own = new Set(jobs.map(({ id }) => id.toLowerCase()));
  const found = wanted.filter((id) => own.has(id.toLowerCase()));
  return found.length === 0 ? wanted : found;
}

/**
 * Of several workflows those that have a job that was asked for. Throws `UsageError` for a job that none of them has.
 */
export function withJobs<T>(
  files: readonly T[],
  workflowOf: (file: T) => Workflow,
  wanted: readonly string[] | undefined,
): readonly T[] {
  if (wanted === undefined) return files;
  const all = new Map(files.flatMap((file) => workflowOf(file).jobs.map((job) => [job.id.toLowerCase(), job])));
  const names = new Set(wanted.map((id) => jobNamed(all, id).id.toLowerCase()));
  return files.filter((file) => workflowOf(file).jobs.some(({ id }) => names.has(id.toLowerCase())));
}

/** Throws `UsageError` for a job that there is not. */
export function selectJobs(workflow: Workflow, wanted: readonly string[] | undefined): Workflow {
  if (wanted === undefined) return workflow;
  const byId = new Map(workflow.jobs.map((job) => [job.id.toLowerCase(), job]));
  const kept = new Set<Job>();
  const queue = wanted.map((id) => jobNamed(byId, id));
  for (let job = queue.pop(); job !== undefined; job = queue.pop()) {
    if (kept.has(job)) continue;
    kept.add(job);
    queue.push(...job.needs.map((id) => jobNamed(byId, id)));
  }
  return { ...workflow, jobs: workflow.jobs.filter((job) => kept.has(job)) };
}

function jobNamed(byId: ReadonlyMap<string, Job>, id: string): Job {
  const job = byId.get(id.toLowerCase());
  if (job !== undefined) return job;
  const near = nearest(id, byId.keys());
  throw new UsageError(`--job names the unknown job "${id}"`, {
    hint: near === undefined ? `there are ${[...byId.keys()].join(', ')}` : `did you mean "${near}"?`,
  });
}

/** `K:V` texts to what each vector may be. */
export function readMatrixFilter(texts: readonly string[] | undefined): ReadonlyMap<string, readonly string[]> {
  const filter = new Map<string, readonly string[]>();
  for (const text of texts ?? []) {
    const at = text.indexOf(':');
    if (at <= 0) throw new UsageError(`--matrix wants KEY:VALUE, not "${text}"`);
    const key = text.slice(0, at).toLowerCase();
    filter.set(key, [...(filter.get(key) ?? []), text.slice(at + 1)]);
  }
  return filter;
}

/** Keeps the values asked for; a job whose matrix has no such key is left whole. Throws `UsageError` when none is left. */
export function narrowMatrices(workflow: Workflow, filter: ReadonlyMap<string, readonly string[]>): Workflow {
  if (filter.size === 0) return workflow;
  const unused = new Set(filter.keys());
  const jobs = workflow.jobs.map((job) => narrowJob(job, filter, unused));
  for (const key of unused)
    throw new UsageError(`--matrix ${key}: no matrix has this key`, { hint: keysOf(workflow, key) });
  return { ...workflow, jobs };
}

function keysOf({ jobs }: Workflow, key: string): string {
  const keys = jobs.flatMap(({ strategy }) =>
    strategy?.matrix?.kind === 'mapping' ? strategy.matrix.entries.map((entry) => dataToString(entry.key.value)) : [],
  );
  const own = [...new Set(keys)].filter((name) => !['include', 'exclude'].includes(name.toLowerCase()));
  const near = nearest(key, own);
  if (near !== undefined) return `did you mean "${near}"?`;
  return own.length === 0 ? 'no job has a matrix with keys of its own' : `there are ${own.join(', ')}`;
}

function narrowJob(job: Job, filter: ReadonlyMap<string, readonly string[]>, unused: Set<string>): Job {
  const { strategy } = job;
  if (strategy === undefined) return job;
  const { matrix } = strategy;
  if (matrix?.kind !== 'mapping') {
    throw new UsageError(`--matrix: the matrix of ${job.id} is an expression, whose legs are known only while it runs`);
  }
  const entries = matrix.entries.map((entry) => {
    const key = dataToString(entry.key.value).toLowerCase();
    if (key === 'include') return { ...entry, value: narrowIncludes(entry.value, filter, unused) };
    const wanted = filter.get(key);
    if (wanted === undefined || key === 'exclude') return entry;
    unused.delete(key);
    return { ...entry, value: narrowVector(entry.value, { job: job.id, key, wanted }) };
  });
  return { ...job, strategy: { ...strategy, matrix: { ...matrix, entries } } };
}

function narrowVector(
  vector: Node,
  { job, key, wanted }: { readonly job: string; readonly key: string; readonly wanted: readonly string[] },
): Node {
  if (vector.kind !== 'sequence') {
    throw new UsageError(`--matrix ${key}: its values in ${job} are an expression, known only while the job runs`);
  }
  const items = vector.items.filter((item) => isWanted(item, wanted));
  if (items.length > 0) return { ...vector, items };
  throw new UsageError(`--matrix ${key}: ${job} has no such value`, {
    hint: `it has ${vector.items.map(textOf).join(', ')}`,
  });
}

/** An entry that says another value goes: it would become a leg of its own. */
function narrowIncludes(node: Node, filter: ReadonlyMap<string, readonly string[]>, unused: Set<string>): Node {
  if (node.kind !== 'sequence') return node;
  const fits = (entry: MappingNode): boolean =>
    entry.entries.every(({ key, value }) => {
      const name = dataToString(key.value).toLowerCase();
      const wanted = filter.get(name);
      if (wanted !== undefined) unused.delete(name);
      return wanted === undefined || isWanted(value, wanted);
    });
  return { ...node, items: node.items.filter((item) => item.kind !== 'mapping' || fits(item)) };
}

/** What is not known yet stays. */
function isWanted(node: Node, wanted: readonly string[]): boolean {
  if (node.kind !== 'scalar') return false;
  if (typeof node.value === 'string' && hasExpression(node.value)) return true;
  return wanted.some((text) => sameText(text, textOf(node)));
}

function textOf(node: Node): string {
  return node.kind === 'scalar' ? dataToString(node.value) : `a ${node.kind}`;
}
