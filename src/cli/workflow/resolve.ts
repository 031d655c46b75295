/** A workflow file as a run needs it: narrowed to the jobs and legs that were asked for, with the workflows that it calls. */
import { join } from 'node:path';
import { type ActionStore, createActionStore, DEFAULT_SOURCE } from '../../runner/actions/index.ts';
import { hostPath } from '../../shared/brand.ts';
import type { Diagnostic } from '../../shared/diagnostic.ts';
import { ok, type Result } from '../../shared/result.ts';
import { type ResolvedWorkflow, resolveCalls } from '../../workflow/calls/index.ts';
import type { Project } from '../project.ts';
import { cacheDirectory } from './cache-directory.ts';
import { loadCallee } from './callees.ts';
import { narrowMatrices, selectJobs, wantedJobs } from './narrow.ts';
import type { WorkflowSettings } from './options.ts';
import type { ReadWorkflow } from './read-workflows.ts';

/** `source` is where actions come from, unless it is GitHub. */
export function openActions({ folders, offline }: WorkflowSettings, source = DEFAULT_SOURCE): ActionStore {
  return createActionStore({ cache: hostPath(join(cacheDirectory(), 'actions')), source, folders, offline });
}

export interface ResolveRequest {
  readonly settings: WorkflowSettings;
  readonly actions: ActionStore;
  readonly signal: AbortSignal;
}

export interface ResolvedFile {
  readonly resolved: ResolvedWorkflow;
  /** Of the calls, and of the files that are called. */
  readonly warnings: readonly Diagnostic[];
}

/** Throws `UsageError` for jobs and legs that are not there. */
export async function resolveFile(
  { repository }: Project,
  { workflow, path }: ReadWorkflow,
  { settings, actions, signal }: ResolveRequest,
): Promise<Result<ResolvedFile, readonly Diagnostic[]>> {
  const jobs = settings.jobs === undefined ? undefined : wantedJobs(workflow, settings.jobs);
  const narrowed = narrowMatrices(selectJobs(workflow, jobs), settings.matrix);
  const load = loadCallee({ root: repository.root, actions, signal });
  const resolved = await resolveCalls({ workflow: narrowed, file: path, origin: { path } }, load);
  if (!resolved.ok) return resolved;
  return ok({ resolved: resolved.value.value, warnings: resolved.value.warnings });
}
