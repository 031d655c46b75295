/** A paused run made ready in another process: what it was told from its file, its secrets asked for anew. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { GoOn } from '../../engine/index.ts';
import { hostPath } from '../../shared/brand.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';
import type { SecretOptions } from '../secrets.ts';
import { showDiagnostics } from '../show-diagnostics.ts';
import { findWorkflows } from '../workflow/files.ts';
import { aboutRun, githubJson } from '../workflow/github-json.ts';
import { readSettings, type WorkflowSettings } from '../workflow/options.ts';
import type { Prepared } from '../workflow/prepare.ts';
import { type ReadWorkflow, readWorkflows } from '../workflow/read-workflows.ts';
import { openActions, resolveFile } from '../workflow/resolve.ts';
import { type ResumeRecord, readResumeFile, shapeOf } from './resume-file.ts';

export interface Again {
  readonly prepared: Prepared;
  readonly settings: WorkflowSettings;
  readonly resume: ResumeRecord;
}

export interface AgainRequest {
  readonly how: GoOn;
  readonly options: SecretOptions;
  readonly signal: AbortSignal;
}

/** Throws `UsageError` for what is missing, or is not as it was. */
export async function prepareAgain(
  project: Project,
  run: string,
  { how, options, signal }: AgainRequest,
): Promise<Again> {
  const secrets = findSecrets(project, readResumeFile(project, run), { how, options });
  const resume = readResumeFile(project, run, secrets);
  const settings = settingsOf(project, resume, secrets);
  const file = readFileAgain(project, resume.file);
  const actions = openActions(settings, resume.actionSource);
  const called = await resolveFile(project, file, { settings, actions, signal });
  if (!called.ok) throw new UsageError(called.error.map(({ message }) => `${file.path}: ${message}`).join('\norch: '));
  const { resolved, warnings } = called.value;
  showDiagnostics(warnings, new Map([[file.path, file.text]]));
  if (shapeOf(resolved) !== resume.shape) {
    throw new UsageError(`the jobs of ${file.path} are not those that run ${run} began with`, {
      hint: 'orch abort cannot help either: start it anew with orch run, and remove this one with orch clean --force',
    });
  }
  const { event, facts } = resume.prepared;
  const github = githubJson({ ...aboutRun(file, { run, facts, settings }), event });
  return { prepared: { ...resume.prepared, file, resolved, github, actions }, settings, resume };
}

/** As the first process had them, or said so: options, files that are still there, the environment. */
function findSecrets(
  project: Project,
  { secrets, secretFiles }: ResumeRecord,
  { how, options }: Pick<AgainRequest, 'how' | 'options'>,
) {
  const files = [
    ...secretFiles.filter((path) => existsSync(path)),
    ...(options.secretFile ?? []).map((path) => resolve(path)),
  ];
  const given = readSettings(project.repository.root, { ...options, secretFile: files }, process.env).secrets;
  const found = new Map<string, string>();
  for (const name of secrets) {
    const value = given[name] ?? process.env[name];
    if (value !== undefined) found.set(name, value);
  }
  const missing = secrets.filter((name) => !found.has(name));
  // Who wants to be rid of the run need not have them.
  if (missing.length === 0 || how === 'abort') return Object.fromEntries(found);
  throw new UsageError(`these secrets are asked for again: ${missing.join(', ')}`, {
    hint: 'export them, or give --secret-file',
  });
}

function settingsOf(
  project: Project,
  { settings }: ResumeRecord,
  secrets: Readonly<Record<string, string>>,
): WorkflowSettings {
  return {
    ...readSettings(project.repository.root, {}, process.env),
    ...settings,
    secrets,
    matrix: new Map(settings.matrix),
    folders: new Map(settings.folders.map(([name, path]) => [name, hostPath(path)])),
    labels: new Set(settings.labels),
    images: new Map(settings.images),
  };
}

function readFileAgain({ repository }: Project, path: string): ReadWorkflow {
  const { workflows, diagnostics } = readWorkflows(findWorkflows(repository.root, [resolve(repository.root, path)]));
  const [file] = workflows;
  const [wrong] = diagnostics.filter(({ severity }) => severity === 'error');
  if (file !== undefined && wrong === undefined) return file;
  throw new UsageError(`${path} cannot be run: ${wrong?.message ?? 'it is not there'}`);
}
