/** From a tree without mistakes to a Config: defaults applied, durations in milliseconds. */

import { FAILURE_CODES, type FailureCode } from '../shared/failure.ts';
import { parseDuration } from '../shared/quantity.ts';
import { readSandbox } from '../shared/sandbox.ts';
import { type MappingEntry, type MappingNode, type Node, scalar } from '../workflow/index.ts';
import type { Config, FrameworkReview, Migration, OnFailure, Task, TaskSandbox, WorktreeConfig } from './config.ts';
import { inputJson } from './input-json.ts';
import {
  entriesOf,
  entryOf,
  itemsOf,
  jsonOf,
  keyText,
  mappingOf,
  numberOf,
  scalarOf,
  textOf,
  textsOf,
  valueOf,
} from './nodes.ts';
import type { Values } from './overrides.ts';
import { GATE, migrationJobs } from './pipelines/migration/index.ts';
import { type Review, withReviews } from './pipelines/review/index.ts';
import { type FileView, type TaskView, tasksByName, viewReviewer } from './view.ts';

const MINUTE = 60_000;

/** What a task has when neither it nor `defaults` says otherwise; spans in milliseconds. */
export const TASK_DEFAULTS = {
  timeout: 60 * MINUTE,
  retries: 0,
  retryDelay: 10_000,
  retryFrom: 'start',
  verifyTimeout: 10 * MINUTE,
  changes: 'allowed',
  commit: true,
  shell: 'bash',
} as const;

const SETUP_TIMEOUT = 10 * MINUTE;

/** Only for a file that passed every check: a value of another form counts as absent here. */
export function buildConfig(view: FileView, values: Values): Config {
  const { root, file } = view;
  const declared = tasksByName(view);
  return {
    file,
    name: textOf(valueOf(root, 'name'))?.text ?? 'framework-run',
    base: textOf(valueOf(root, 'base'))?.text ?? 'HEAD',
    ...given('maxParallel', numberOf(valueOf(root, 'max_parallel'))),
    onFailure: oneOf<OnFailure>(valueOf(root, 'on_failure'), ['continue', 'no-new', 'kill'], 'continue'),
    inputs: values.inputs,
    vars: values.vars,
    worktrees: buildWorktrees(valueOf(root, 'worktrees')),
    platforms: buildPlatforms(valueOf(root, 'platforms')),
    ...given('onFinish', textOf(valueOf(root, 'on_finish'))?.text),
    tasks: buildTasks(view, declared),
    ...given('frameworkReview', buildFrameworkReview(view)),
    ...given('migration', buildMigration(view)),
    keys: placesOfKeys(root),
  };
}

function buildWorktrees(node: Node | undefined): WorktreeConfig {
  return {
    ...given('root', textOf(valueOf(node, 'root'))?.text),
    copy: texts(valueOf(node, 'copy')),
    link: texts(valueOf(node, 'link')),
    ...given('setup', textOf(valueOf(node, 'setup'))?.text),
    setupTimeout: duration(valueOf(node, 'setup_timeout')) ?? SETUP_TIMEOUT,
  };
}

export function buildPlatforms(node: Node | undefined): Config['platforms'] {
  const places = entriesOf(node).map(({ key, value }) => [keyText(key).toLowerCase(), textOf(value)?.text] as const);
  return Object.fromEntries(places.filter((place): place is [string, string] => place[1] !== undefined));
}

function buildTasks(view: FileView, declared: ReadonlyMap<string, TaskView>): readonly Task[] {
  const reviews = new Map<string, Review>();
  const proposing = view.tasks
    .filter(({ isProposing }) => isProposing === true)
    .map((own) => buildTask(own, view.root, declared));
  const tasks = view.tasks.flatMap((own) => {
    if (own.isProposing === true) return [];
    const task = buildTask(own, view.root, declared);
    const reviewer = viewReviewer(own, view.root);
    if (reviewer !== undefined) reviews.set(task.name, buildReview(reviewer, task, view.root));
    return task;
  });
  const at = valueOf(view.root, 'migration')?.at ?? NOWHERE;
  return [...migrationJobs(proposing, at), ...withReviews(tasks, reviews)];
}

function buildMigration({ root, tasks }: FileView): Migration | undefined {
  const node = valueOf(root, 'migration');
  if (node === undefined) return undefined;
  const names = tasks.flatMap(({ isProposing, name }) =>
    isProposing === true && name !== undefined ? [name.text] : [],
  );
  return { tasks: names, environment: textOf(valueOf(node, 'environment'))?.text ?? GATE };
}

function buildReview(view: TaskView, task: Task, root: Node): Review {
  const { sandbox, ...rest } = buildTask(view, root, new Map());
  const box = view.value('sandbox') === undefined ? withoutMounts(task.sandbox) : sandbox;
  return {
    rounds: numberOf(view.value('max_rounds')) ?? 1,
    reviewer: { ...rest, ...given('sandbox', box), at: task.at },
    notes: unique(texts(view.value('notes'))),
    ...given('fix', textOf(view.value('fix'))?.text),
  };
}

/** What is mounted for a task may be what its author remembers. */
function withoutMounts(sandbox: TaskSandbox | undefined): TaskSandbox | undefined {
  if (sandbox === undefined || sandbox.settings.mounts.length === 0) return sandbox;
  const { mounts: _mounts, ...rest } = JSON.parse(sandbox.text) as Readonly<Record<string, unknown>>;
  return { settings: { ...sandbox.settings, mounts: [] }, text: inputJson(rest) };
}

function buildTask(view: TaskView, root: Node, declared: ReadonlyMap<string, TaskView>): Task {
  const text = (key: string): string | undefined => textOf(view.value(key))?.text;
  const span = (key: string): number | undefined => duration(view.value(key));
  return {
    name: view.name?.text ?? '',
    command: text('command') ?? '',
    ...given('description', text('description')),
    ...given('prompt', text('prompt')),
    dependsOn: declaredNames(texts(view.own('depends_on')), declared),
    ...given('if', scalarOf(view.value('if'))),
    ...given('matrix', view.own('matrix')),
    ...given('failFast', scalarOf(view.value('fail_fast'))),
    ...given('maxParallel', scalarOf(view.value('max_parallel'))),
    outputs: unique(texts(view.value('outputs'))),
    env: mergeEnv(valueOf(root, 'env'), view.value('env')),
    envFrom: unique([...texts(valueOf(root, 'env_from')), ...texts(view.value('env_from'))]),
    secrets: unique(texts(view.value('secrets'))),
    timeout: span('timeout') ?? TASK_DEFAULTS.timeout,
    ...given('idleTimeout', span('idle_timeout')),
    ...given('startupTimeout', span('startup_timeout')),
    ...buildRetries(view),
    ...given('continueOnError', scalarOf(view.value('continue_on_error'))),
    ...given('sandbox', buildSandbox(view.value('sandbox'))),
    ...given('workingDirectory', text('working_directory')),
    ...given('shell', text('shell')),
    ...buildEvidence(view),
    ...given('mutex', text('mutex')),
    at: view.node.at ?? NOWHERE,
  };
}

function buildFrameworkReview({ frameworkReview: view, root }: FileView): FrameworkReview | undefined {
  if (view === undefined) return undefined;
  const task = { ...buildTask(view, root, new Map()), name: 'framework-review' };
  return { after: oneOf(view.own('after'), ['always', 'failure', 'never'] as const, 'always'), task };
}

/** Undefined for `host`. */
function buildSandbox(node: Node | undefined): TaskSandbox | undefined {
  if (mappingOf(node) === undefined || node === undefined) return undefined;
  const written = jsonOf(node);
  const settings = readSandbox(written);
  return settings.ok ? { settings: settings.value, text: inputJson(written) } : undefined;
}

const NOWHERE = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } as const;

function buildRetries(view: TaskView): Pick<Task, 'retries' | 'retryDelay' | 'retryOn' | 'retryFrom'> {
  const retryOn = view.value('retry_on');
  return {
    retries: numberOf(view.value('retries')) ?? TASK_DEFAULTS.retries,
    retryDelay: duration(view.value('retry_delay')) ?? TASK_DEFAULTS.retryDelay,
    ...given('retryOn', retryOn && itemsOf(retryOn).flatMap(retryCode)),
    retryFrom: oneOf(view.value('retry_from'), ['start', 'last'], TASK_DEFAULTS.retryFrom),
  };
}

function retryCode(node: Node): readonly (number | FailureCode)[] {
  const value = scalarOf(node)?.value;
  if (typeof value === 'number') return [value];
  return FAILURE_CODES.filter((code) => code === value);
}

type Evidence = Pick<Task, 'expect' | 'verify' | 'verifyTimeout' | 'changes' | 'commit' | 'artifacts'>;

function buildEvidence(view: TaskView): Evidence {
  const changes = ['required', 'allowed', 'forbidden'] as const;
  return {
    expect: unique(texts(view.value('expect'))),
    ...given('verify', textOf(view.value('verify'))?.text),
    verifyTimeout: duration(view.value('verify_timeout')) ?? TASK_DEFAULTS.verifyTimeout,
    changes: oneOf(view.value('changes'), changes, TASK_DEFAULTS.changes),
    commit: scalarOf(view.value('commit'))?.value !== false,
    artifacts: unique(texts(view.value('artifacts'))),
  };
}

/** Dependencies as the tasks themselves spell their names, each once. */
function declaredNames(names: readonly string[], declared: ReadonlyMap<string, TaskView>): readonly string[] {
  // What is no task is the gate of a migration.
  return unique(names.map((name) => declared.get(name.toLowerCase())?.name?.text ?? name.toLowerCase()));
}

/** The task's own variables replace the file's of the same name, in place; null is an empty text, as on GitHub. */
function mergeEnv(file: Node | undefined, task: Node | undefined): MappingNode {
  const merged = new Map<string, MappingEntry>();
  for (const entry of [...entriesOf(file), ...entriesOf(task)]) {
    const value: Node = scalarOf(entry.value)?.value === null ? scalar('') : entry.value;
    merged.set(keyText(entry.key).toLowerCase(), { key: entry.key, value });
  }
  return { kind: 'mapping', entries: [...merged.values()], ...given('at', mappingOf(task)?.at) };
}

function placesOfKeys(root: Node): NonNullable<Config['keys']> {
  const places = entriesOf(root).flatMap(({ key }) => {
    const at = entryOf(root, keyText(key))?.key.at;
    return at === undefined ? [] : [[keyText(key), at] as const];
  });
  return Object.fromEntries(places);
}

/** Milliseconds; undefined for `off` and for what is not there. */
function duration(node: Node | undefined): number | undefined {
  const text = textOf(node)?.text;
  return text === undefined ? undefined : parseDuration(text);
}

function texts(node: Node | undefined): readonly string[] {
  return textsOf(node).map(({ text }) => text);
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function oneOf<T extends string>(node: Node | undefined, choices: readonly T[], otherwise: T): T {
  const text = textOf(node)?.text;
  return choices.find((choice) => choice === text) ?? otherwise;
}

/** `{ key: value }`, or nothing when there is no value. */
function given<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: T });
}
