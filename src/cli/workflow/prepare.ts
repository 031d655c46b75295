/** From names and options to runs that can be started: files read, workflows chosen, inputs checked, calls resolved. */

import type { ActionStore } from '../../runner/actions/index.ts';
import { type Diagnostic, hasErrors } from '../../shared/diagnostic.ts';
import { ok, type Result } from '../../shared/result.ts';
import { listRuns, newRunId } from '../../store/index.ts';
import type { ResolvedWorkflow } from '../../workflow/calls/index.ts';
import { type JsonObject, readExpectations } from '../../workflow/index.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';
import { checkSalvaged } from './check-calls.ts';
import { type Chosen, chooseWorkflows, likelyEvent } from './choose.ts';
import { type EventRequest, makeEvent, type WorkflowEvent } from './event.ts';
import { type RepositoryFacts, readFacts } from './facts.ts';
import { findWorkflows } from './files.ts';
import { aboutRun, githubJson, runNumber } from './github-json.ts';
import { type Inputs, missingSecrets, readInputs } from './inputs.ts';
import { workflowMasker } from './masker.ts';
import { withJobs } from './narrow.ts';
import type { WorkflowOptions, WorkflowSettings } from './options.ts';
import { type ReadWorkflow, readWorkflows } from './read-workflows.ts';
import { resolveRef } from './ref.ts';
import { openActions, resolveFile } from './resolve.ts';
import { runTitle } from './run-title.ts';
import { type Tree, takeTree } from './tree.ts';

export interface Prepared {
  readonly run: string;
  readonly file: ReadWorkflow;
  readonly resolved: ResolvedWorkflow;
  readonly event: WorkflowEvent;
  readonly facts: RepositoryFacts;
  readonly tree: Tree;
  readonly github: JsonObject;
  /** What this run is called. */
  readonly title: string;
  readonly inputs: JsonObject;
  readonly actions: ActionStore;
}

export interface Preparation {
  readonly runs: readonly Prepared[];
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
  /** Sentences about workflows that the event does not start. */
  readonly passedOver: readonly string[];
}

export interface Request {
  readonly operands: readonly string[];
  readonly options: WorkflowOptions;
  readonly settings: WorkflowSettings;
  /** Nothing is run: inputs and secrets may be missing. */
  readonly looking: boolean;
  readonly signal: AbortSignal;
}

/**
 * No runs, and diagnostics that say why, when a file that was named is wrong; of a folder the others run, as on GitHub.
 * Throws `UsageError` for what the command line got wrong.
 */
export async function prepareRuns(project: Project, request: Request): Promise<Preparation> {
  const { repository } = project;
  const files = findWorkflows(
    repository.root,
    request.operands.length > 0 ? request.operands : request.settings.workflows,
  );
  const { workflows, diagnostics, sources } = readWorkflows(files);
  const othersRun = files.every(({ named }) => !named) && workflows.length > 0;
  if (hasErrors(diagnostics) && !othersRun) {
    const called = await checkSalvaged(repository.root, files);
    return { runs: [], passedOver: [], diagnostics: [...diagnostics, ...called], sources };
  }
  if (workflows.length === 0)
    throw new UsageError('there is no workflow here', { hint: 'GitHub has them in .github/workflows' });
  const tree = await takeTree(project);
  const { settings } = request;
  const facts = await factsOf(project, tree, settings);
  const candidates = workflows.map((file) => startOf(file, facts, settings));
  const { chosen: started, passedOver } = chooseWorkflows(candidates, request.options.all === true);
  const chosen = withJobs(started, ({ file }) => file.workflow, started.length > 0 ? settings.jobs : undefined);
  const actions = openActions(settings, request.options.actionSource);
  const runs: Prepared[] = [];
  const found: Diagnostic[] = [...diagnostics];
  for (const choice of chosen) {
    const prepared = await prepare(choice, { ...request, facts, tree, actions, project });
    if (prepared.ok) runs.push(prepared.value.prepared);
    found.push(...(prepared.ok ? prepared.value.warnings : prepared.error));
  }
  return { runs: hasErrors(found) && !othersRun ? [] : runs, diagnostics: found, sources, passedOver };
}

async function factsOf(
  { repository }: Project,
  { commit }: Tree,
  settings: WorkflowSettings,
): Promise<RepositoryFacts> {
  const { actor, repository: name, defaultBranch, ref } = settings;
  return readFacts(repository, {
    commit,
    ...(actor === undefined ? {} : { actor }),
    ...(name === undefined ? {} : { repository: name }),
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
    ...(ref === undefined ? {} : { ref: await resolveRef(repository, ref) }),
  });
}

interface Surroundings {
  readonly facts: RepositoryFacts;
  readonly tree: Tree;
  readonly settings: WorkflowSettings;
  readonly actions: ActionStore;
  readonly project: Project;
  readonly looking: boolean;
  readonly signal: AbortSignal;
}

/** The inputs are not looked at before it is known whether the workflow runs at all. */
function startOf(file: ReadWorkflow, facts: RepositoryFacts, settings: WorkflowSettings): Chosen {
  const hasInputs = Object.keys(settings.inputs.named).length > 0;
  const name = settings.event ?? likelyEvent(file.workflow, hasInputs);
  return { file, event: eventOf({ file, name }, {}, { facts, settings }) };
}

function eventOf(
  { file, name }: { readonly file: ReadWorkflow; readonly name: string },
  inputs: Inputs['texts'],
  { facts, settings, project }: Pick<Surroundings, 'facts' | 'settings'> & Partial<Pick<Surroundings, 'project'>>,
): WorkflowEvent {
  const payload = settings.payload === undefined ? {} : { payload: settings.payload };
  const { types, crons, workflows } = readExpectations(file.workflow.on, name);
  const [cron] = crons;
  const [source] = workflows;
  return makeEvent({
    name,
    facts,
    inputs,
    workflow: file.path,
    ...payload,
    ...(cron === undefined ? {} : { cron }),
    ...(project === undefined || source === undefined ? {} : latestOf(project, source)),
    // Of a folder the filters choose; a file that was named gets an event that it waits for.
    ...(file.named ? { types, ...(source === undefined ? {} : { source }) } : {}),
  });
}

/** An event about a run is about the last one there was here. */
function latestOf({ layout }: Project, workflow: string): Pick<EventRequest, 'sourceRun'> {
  const latest = listRuns(layout).find(
    ({ started, finished }) => started?.kind === 'workflow' && started.name === workflow && finished !== undefined,
  );
  if (latest?.finished === undefined) return {};
  return { sourceRun: { id: Number(runNumber(latest.run)), conclusion: latest.finished.result } };
}

async function prepare(
  { file, event: before }: Chosen,
  surroundings: Surroundings,
): Promise<Result<{ readonly prepared: Prepared; readonly warnings: readonly Diagnostic[] }, readonly Diagnostic[]>> {
  const { facts, tree, settings, actions, project, looking, signal } = surroundings;
  const run = newRunId(new Date());
  const about = aboutRun(file, { run, facts, settings });
  const contexts = { github: githubJson({ ...about, event: before }), vars: settings.vars };
  const inputs = readInputs(file.workflow.on, before.name, { ...settings.inputs, lenient: looking }, contexts);
  const missing = looking ? [] : missingSecrets(file.workflow.on, before.name, settings.secrets);
  if (!inputs.ok || missing.length > 0) {
    const problems = [...(inputs.ok ? [] : inputs.error), ...missing];
    throw new UsageError(problems.map((problem) => `${file.path}: ${problem}`).join('\norch: '));
  }
  const event = eventOf({ file, name: before.name }, inputs.value.texts, surroundings);
  const called = await resolveFile(project, file, { settings, actions, signal });
  if (!called.ok) return called;
  const { resolved, warnings } = called.value;
  const github = githubJson({ ...about, event });
  const masker = workflowMasker(settings.secrets);
  const title = runTitle(file, event, { ...contexts, github, inputs: inputs.value.values });
  if (!title.ok) return title;
  const found = { run, file, resolved, event, facts, tree, actions };
  const prepared = { ...found, github, title: masker.maskText(title.value), inputs: inputs.value.values };
  return ok({ prepared, warnings: [...warnings, ...tagMissed(file, event, settings)] });
}

/** A file that is named runs whatever its filters say; who waits for a tag wants to know that this is none. */
function tagMissed(file: ReadWorkflow, event: WorkflowEvent, settings: WorkflowSettings): readonly Diagnostic[] {
  const isOurs = file.named && settings.ref === undefined && settings.payload === undefined;
  if (!isOurs || event.name !== 'push' || !event.ref.startsWith('refs/heads/')) return [];
  if (!readExpectations(file.workflow.on, event.name).onlyTags) return [];
  const message = `it waits for tags, and this run is about the branch ${event.ref.slice('refs/heads/'.length)}`;
  const hint = '--ref refs/tags/v1.2.3 makes it about that tag, which need not be there yet';
  return [{ severity: 'warning', code: 'no-tag', message, hint, at: { file: file.path } }];
}
