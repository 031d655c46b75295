/** Workflow files to workflows, with all that is wrong with them. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { Workflow } from '../../workflow/index.ts';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import type { WorkflowFile } from './files.ts';

export interface ReadWorkflow extends WorkflowFile {
  readonly workflow: Workflow;
}

export interface ReadWorkflows {
  readonly workflows: readonly ReadWorkflow[];
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

export function readWorkflows(files: readonly WorkflowFile[]): ReadWorkflows {
  const diagnostics: Diagnostic[] = [];
  const workflows: ReadWorkflow[] = [];
  for (const file of files) {
    const parsed = parseWorkflow(file.text, file.path);
    diagnostics.push(...(parsed.ok ? parsed.value.warnings : parsed.error));
    if (parsed.ok) workflows.push({ ...file, workflow: parsed.value.value });
  }
  return { workflows, diagnostics, sources: new Map(files.map(({ path, text }) => [path, text])) };
}
