/** What a workflow and a run of it are called: by `name` and `run-name`, else by the file and by what the event is about. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { dataFromJson, dataToString, evaluateNode, isJsonObject, type Json } from '../../workflow/index.ts';
import type { WorkflowEvent } from './event.ts';
import type { ReadWorkflow } from './read-workflows.ts';

/** The workflow's name, or its path. */
export function workflowName({ workflow, path }: ReadWorkflow): string {
  const name = workflow.name?.value;
  return typeof name === 'string' && name !== '' ? name : path;
}

export interface TitleContexts {
  readonly github: Json;
  readonly inputs: Json;
  readonly vars: Json;
}

/** One that comes to nothing counts as absent. */
export function runTitle(
  file: ReadWorkflow,
  event: WorkflowEvent,
  contexts: TitleContexts,
): Result<string, readonly Diagnostic[]> {
  const { runName } = file.workflow;
  if (runName === undefined) return ok(subjectOf(event) ?? workflowName(file));
  const { github, inputs, vars } = contexts;
  const seen = { github: dataFromJson(github), inputs: dataFromJson(inputs), vars: dataFromJson(vars) };
  const value = evaluateNode(runName, { contexts: seen, functions: {} });
  if (!value.ok) {
    const { message, at = runName.at } = value.error;
    const place = at === undefined ? {} : { at: { file: file.path, range: at } };
    return err([
      { severity: 'error', wording: 'github', code: 'expression', message: `run-name: ${message}`, ...place },
    ]);
  }
  const text = dataToString(dataFromJson(value.value)).trim();
  return ok(text === '' ? (subjectOf(event) ?? workflowName(file)) : text);
}

/** The first line of the commit that was pushed, or the title of the pull request. */
function subjectOf({ name, payload }: WorkflowEvent): string | undefined {
  if (name === 'push') return firstLine(member(payload['head_commit'], 'message'));
  return name.startsWith('pull_request') ? firstLine(member(payload['pull_request'], 'title')) : undefined;
}

function member(value: Json | undefined, key: string): Json | undefined {
  return value !== undefined && isJsonObject(value) ? value[key] : undefined;
}

function firstLine(text: Json | undefined): string | undefined {
  if (typeof text !== 'string') return undefined;
  return text.trim().split('\n', 1)[0] || undefined;
}
