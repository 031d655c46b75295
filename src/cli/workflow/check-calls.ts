/** Checks what a workflow calls, as far as it is in the same repository: nothing is fetched for it. */
import { join, relative, resolve, sep } from 'node:path';
import type { HostPath } from '../../shared/brand.ts';
import type { Diagnostic } from '../../shared/diagnostic.ts';
import { ok } from '../../shared/result.ts';
import { type LoadWorkflow, resolveCalls } from '../../workflow/calls/index.ts';
import type { Workflow } from '../../workflow/index.ts';
import { salvageWorkflow } from '../../workflow/parse/index.ts';
import { configFile } from '../root.ts';
import { loadOwnCallee } from './callees.ts';
import type { WorkflowFile } from './files.ts';

export interface CheckedWorkflow {
  readonly root: HostPath;
  readonly file: string;
  readonly workflow: Workflow;
}

/** What the sound jobs of files with errors call, so that all mistakes are told at once; paths are from the root. */
export async function checkSalvaged(root: HostPath, files: readonly WorkflowFile[]): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const { path, text } of files) {
    const workflow = salvageWorkflow(text, path);
    if (workflow === undefined) continue;
    const resolved = await resolveCalls({ workflow, file: path, origin: { path } }, loadOwnCallee(root));
    found.push(...(resolved.ok ? resolved.value.warnings : resolved.error));
  }
  return found;
}

/** The texts of the files that were read for it are added to `sources`, by their paths. */
export async function checkCalls(
  { root, file, workflow }: CheckedWorkflow,
  sources: Map<string, string>,
): Promise<readonly Diagnostic[]> {
  const loadOwn = loadOwnCallee(root);
  const load: LoadWorkflow = async (origin) => {
    const loaded = await loadOwn(origin);
    if (!loaded.ok || loaded.value === undefined) return loaded;
    const { text } = loaded.value;
    const path = configFile(root, join(root, origin.path));
    sources.set(path, text);
    return ok({ text, file: path, origin });
  };
  const path = relative(root, resolve(file)).split(sep).join('/');
  const resolved = await resolveCalls({ workflow, file, origin: { path } }, load);
  return resolved.ok ? resolved.value.warnings : resolved.error;
}
