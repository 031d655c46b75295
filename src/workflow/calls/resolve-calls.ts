/** A workflow with all the workflows that it calls, and they call in turn: loaded through a port, read and checked. */
import { type Diagnostic, hasErrors } from '../../shared/diagnostic.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { CallJob, Workflow } from '../model.ts';
import { collectFaults, limitErrors, type Parsed } from '../parse/faults.ts';
import { parseWorkflow } from '../parse/workflow.ts';
import { type Permissions, readPermissions } from '../permissions.ts';
import { describeRemote, parseWorkflowReference, type WorkflowReference } from '../references.ts';
import { checkCall } from './check-call.ts';

/** Where a workflow file comes from. */
export interface WorkflowOrigin {
  /** `owner/name` of a repository that is not the one that runs; undefined for that one. */
  readonly repository?: string;
  /** As the call says it: a branch, a tag or a commit of that repository. */
  readonly ref?: string;
  /** What the ref stood for: the commit, and the full name of the branch or tag. */
  readonly sha?: string;
  readonly name?: string;
  /** Relative to the repository's root: `.github/workflows/ci.yml`. */
  readonly path: string;
}

export interface WorkflowText {
  readonly text: string;
  /** How messages name the file. */
  readonly file: string;
  /** With the commit that a branch or tag stood for, so that what this file calls is taken from the same. */
  readonly origin: WorkflowOrigin;
}

/** Why a workflow cannot be had, and what to do about it: a sentence each. */
export interface LoadFault {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Undefined: the file is out of reach here, and nothing can be said of what calls it. */
export type LoadWorkflow = (origin: WorkflowOrigin) => Promise<Result<WorkflowText | undefined, LoadFault>>;

export interface ResolvedWorkflow {
  readonly workflow: Workflow;
  readonly file: string;
  readonly origin: WorkflowOrigin;
  /** By the id of the calling job. */
  readonly callees: ReadonlyMap<string, ResolvedWorkflow>;
}

/** Levels below the workflow that is run. */
const MAX_DEPTH = 9;
const MAX_FILES = 51;

/** Resolves what `entry` calls; the errors of all files come together, each with the calls that led to it. */
export async function resolveCalls(
  entry: Omit<ResolvedWorkflow, 'callees'>,
  load: LoadWorkflow,
): Promise<Result<Parsed<ResolvedWorkflow>, readonly Diagnostic[]>> {
  const resolution: Resolution = {
    load,
    read: new Map([[nameOf(entry.origin), undefined]]),
    resolved: new Map(),
    diagnostics: [],
  };
  const value = await resolve(entry, { depth: 0, allowed: readPermissions(entry.workflow.permissions) }, resolution);
  const diagnostics = limitErrors(resolution.diagnostics, entry.file);
  return hasErrors(diagnostics) ? err(diagnostics) : ok({ value, warnings: diagnostics });
}

interface Resolution {
  readonly load: LoadWorkflow;
  /** By name; a file that several jobs call is read once. The first is the entry. */
  readonly read: Map<string, Promise<ReadFile | undefined> | undefined>;
  /** By name, level and permissions: files that call each other in many ways are gone through once for each. */
  readonly resolved: Map<string, ResolvedWorkflow>;
  readonly diagnostics: Diagnostic[];
}

type ReadFile = Omit<ResolvedWorkflow, 'callees'>;

interface Level {
  readonly depth: number;
  readonly allowed: Permissions | undefined;
}

async function resolve(caller: ReadFile, level: Level, resolution: Resolution): Promise<ResolvedWorkflow> {
  const name = JSON.stringify([nameOf(caller.origin), level]);
  const known = resolution.resolved.get(name);
  if (known !== undefined) return known;
  const callees = new Map<string, ResolvedWorkflow>();
  for (const job of caller.workflow.jobs) {
    if (job.kind !== 'call') continue;
    const callee = await resolveCall(job, { caller, level }, resolution);
    if (callee !== undefined) callees.set(job.id, callee);
  }
  const resolved = { ...caller, callees };
  resolution.resolved.set(name, resolved);
  return resolved;
}

interface Caller {
  readonly caller: ReadFile;
  readonly level: Level;
}

async function resolveCall(job: CallJob, from: Caller, resolution: Resolution): Promise<ResolvedWorkflow | undefined> {
  const { caller, level } = from;
  if (level.depth >= MAX_DEPTH) {
    return fail(`Nested reusable workflow depth exceeded ${MAX_DEPTH}.`, { job, caller, resolution });
  }
  const reference = parseWorkflowReference(job.uses.value);
  if (!reference.ok) return fail(reference.error, { job, caller, resolution });
  const origin = originOf(reference.value, caller.origin);
  if (!resolution.read.has(nameOf(origin)) && resolution.read.size >= MAX_FILES) {
    return fail(`The maximum file count of ${MAX_FILES} has been exceeded`, { job, caller, resolution });
  }
  const callee = await readOnce(origin, { job, caller, resolution });
  if (callee === undefined) return undefined;
  // A job that says nothing has what its workflow has, and a workflow what its caller has.
  const allowed = readPermissions(job.permissions) ?? level.allowed;
  const wrong = checkCall({ job, file: caller.file, callee: callee.workflow, allowed });
  resolution.diagnostics.push(...wrong);
  if (hasErrors(wrong)) return undefined;
  const below = readPermissions(callee.workflow.permissions) ?? allowed;
  return resolve(callee, { depth: level.depth + 1, allowed: below }, resolution);
}

interface CallPlace {
  readonly job: CallJob;
  readonly caller: ReadFile;
  readonly resolution: Resolution;
}

function fail(message: string, { job, caller, resolution }: CallPlace, hint?: string): undefined {
  const faults = collectFaults(caller.file);
  faults.error('call', message, job.uses, hint);
  resolution.diagnostics.push(...faults.list());
}

function readOnce(origin: WorkflowOrigin, place: CallPlace): Promise<ReadFile | undefined> {
  const { read } = place.resolution;
  const known = read.get(nameOf(origin));
  if (known !== undefined) return known;
  const reading = readFile(origin, place);
  read.set(nameOf(origin), reading);
  return reading;
}

async function readFile(origin: WorkflowOrigin, place: CallPlace): Promise<ReadFile | undefined> {
  const loaded = await place.resolution.load(origin);
  if (!loaded.ok) return fail(loaded.error.message, place, loaded.error.hint);
  if (loaded.value === undefined) return undefined;
  const { text, file } = loaded.value;
  const parsed = parseWorkflow(text, file);
  if (parsed.ok) {
    place.resolution.diagnostics.push(...parsed.value.warnings);
    return { workflow: parsed.value.value, file, origin: loaded.value.origin };
  }
  const { job, caller } = place;
  const at = { file: caller.file, ...(job.uses.at ? { range: job.uses.at } : {}) };
  const called = parsed.error.map((diagnostic) => ({ ...diagnostic, related: [{ message: 'called here', at }] }));
  place.resolution.diagnostics.push(...called);
  return undefined;
}

/** `./` and `$/` stay in the repository and at the commit of the file that says so. */
function originOf(reference: WorkflowReference, caller: WorkflowOrigin): WorkflowOrigin {
  if (reference.kind === 'self') return { ...caller, path: reference.path };
  const { owner, repository, ref, path } = reference;
  return { repository: `${owner}/${repository}`, ref, path };
}

function nameOf({ repository, ref, sha, path }: WorkflowOrigin): string {
  if (repository === undefined) return path;
  const [owner = '', name = ''] = repository.split('/');
  return describeRemote({ kind: 'remote', owner, repository: name, path, ref: sha ?? ref ?? '' });
}
