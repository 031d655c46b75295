/** Whether a command line is about tasks or about workflows, by what it names and by the options that it has. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { EVENT_NAMES } from '../../workflow/index.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';
import { workflowOptions } from '../workflow-options.ts';
import { byName, findWorkflows, namesWorkflows } from './files.ts';

/** Options that say nothing about workflows. */
const OF_TASKS = ['config', 'only', 'onFailure', 'base', 'rerunFailed'] as const;

/** The options of a command line; any other may be there too. */
export type Given = { readonly [name in (typeof OF_TASKS)[number] | 'workflows']?: unknown };

export type Meant =
  | { readonly kind: 'tasks'; readonly config: string | undefined }
  | { readonly kind: 'workflows'; readonly operands: readonly string[] };

/** Throws `UsageError` for options that do not go together, and for what is nothing at all. */
export function whatIsMeant({ repository }: Project, files: readonly string[], options: Given): Meant {
  const { root } = repository;
  const operands = [...files, ...(Array.isArray(options.workflows) ? options.workflows.map(String) : [])];
  const ofWorkflows = optionOfWorkflows(options);
  refuseEvent(root, operands);
  const workflows =
    operands.length > 0 ? namesWorkflows(root, operands) : options.config === undefined && ofWorkflows !== undefined;
  const ofTasks = OF_TASKS.find((name) => options[name] !== undefined);
  if (workflows && ofTasks !== undefined)
    throw new UsageError(`${flagOf(ofTasks)} is for tasks, and these are workflows`);
  if (workflows) return { kind: 'workflows', operands };
  if (ofWorkflows !== undefined) throw new UsageError(`${ofWorkflows} is for workflows, and this is a file of tasks`);
  const [file, ...more] = operands;
  if (more.length > 0) throw new UsageError('one file of tasks at a time');
  if (file === undefined && ofTasks === undefined) refuseNothing(root);
  return { kind: 'tasks', config: file };
}

/** The first that says nothing about tasks: with one of them, and no file, workflows are meant. */
function optionOfWorkflows(options: Given): string | undefined {
  const given = new Map(Object.entries(options));
  return workflowOptions().find((option) => given.get(option.attributeName()) !== undefined)?.long;
}

/** As act has it. A workflow may well be called `release`, as an event is. */
function refuseEvent(root: string, operands: readonly string[]): void {
  const event = operands.find(
    (operand) => EVENT_NAMES.includes(operand) && !existsSync(resolve(operand)) && byName(root, operand) === undefined,
  );
  if (event === undefined) return;
  throw new UsageError(`there is no file or workflow "${event}"`, {
    hint: `--event ${event} is for the workflows that this event starts`,
  });
}

/** Somebody who has workflows and no tasks is told how to run what there is. */
function refuseNothing(root: string): void {
  if (existsSync(join(root, DEFAULT_CONFIG))) return;
  const [workflow] = findWorkflows(root, []);
  if (workflow === undefined) return;
  throw new UsageError(`${DEFAULT_CONFIG} does not exist, and no workflow is named`, {
    hint: `workflows: --event push, --list, or a file such as ${workflow.path}\n  tasks: \`orch init\` writes a file to begin with`,
  });
}

function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
