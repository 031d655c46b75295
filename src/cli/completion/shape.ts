/** What can be completed, read from the program as commander has it: nothing is listed a second time. */
import type { Argument, Command, Option } from 'commander';

export interface CommandShape {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionShape[];
  /** In order; a variadic one is the last. */
  readonly values: readonly ValueShape[];
}

export interface OptionShape {
  /** `--tail`, and `-n` where there is one. */
  readonly long: string;
  readonly short?: string;
  readonly description: string;
  /** May be given more than once. */
  readonly repeatable: boolean;
  readonly value?: ValueShape;
}

export interface ValueShape {
  /** What it is called in the help. */
  readonly name: string;
  readonly variadic: boolean;
  readonly candidates: Candidates;
}

/** `ask`: what `orch __complete <list>` prints, a line each. */
export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** With `list`, also what `orch __complete` prints for it. */
  | { readonly kind: 'files'; readonly list?: DynamicList }
  | { readonly kind: 'ask'; readonly list: DynamicList }
  | { readonly kind: 'none' };

export const DYNAMIC_LISTS = ['tasks', 'jobs', 'workflows', 'events', 'logs', 'runs'] as const;
export type DynamicList = (typeof DYNAMIC_LISTS)[number];

/** The program itself, whose one value is the command, and its commands; hidden ones are left out. */
export function shapeOf(program: Command): { readonly top: CommandShape; readonly commands: readonly CommandShape[] } {
  const help = program.createHelp();
  const names = help.visibleCommands(program).map((command) => command.name());
  const shape = (command: Command): CommandShape => ({
    name: command.name(),
    summary: command.summary() || command.description(),
    options: help.visibleOptions(command).flatMap((option) => optionShape(option, command)),
    values: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      variadic: argument.variadic,
      candidates: candidatesOf(argument.name(), command.name() === 'help' ? names : argument.argChoices, command),
    })),
  });
  const commands = help.visibleCommands(program).map(shape);
  const value: ValueShape = { name: 'command', variadic: false, candidates: { kind: 'words', words: names } };
  return { top: { ...shape(program), values: [value] }, commands };
}

function optionShape(option: Option, command: Command): readonly OptionShape[] {
  if (option.long === undefined || option.long === null) return [];
  const name = /[<[]([^>\].]+)/.exec(option.flags)?.[1] ?? 'value';
  const takesValue = option.required || option.optional;
  return [
    {
      long: option.long,
      ...(option.short ? { short: option.short } : {}),
      description: option.description,
      repeatable: option.parseArg !== undefined || option.variadic,
      ...(takesValue
        ? { value: { name, variadic: option.variadic, candidates: candidatesOf(name, option.argChoices, command) } }
        : {}),
    },
  ];
}

const BY_NAME: ReadonlyMap<string, Candidates> = new Map<string, Candidates>([
  ['file', { kind: 'files' }],
  ['files', { kind: 'files' }],
  ['path', { kind: 'files' }],
  ['event', { kind: 'ask', list: 'events' }],
  ['job', { kind: 'ask', list: 'jobs' }],
  ['task', { kind: 'ask', list: 'tasks' }],
  ['run', { kind: 'ask', list: 'runs' }],
]);

/** Commands about the jobs of a run that has begun. */
const IN_RUNS: ReadonlySet<string> = new Set(['logs', 'retry', 'abort']);

function candidatesOf(name: string, choices: Argument['argChoices'], command?: Command): Candidates {
  if (choices !== undefined) return { kind: 'words', words: choices };
  // What has a log is known from the run, legs included; what can be run, from the file.
  if ((name === 'task' || name === 'job') && IN_RUNS.has(command?.name() ?? '')) return { kind: 'ask', list: 'logs' };
  if (name === 'files' && command?.name() !== 'validate') return { kind: 'files', list: 'workflows' };
  return BY_NAME.get(name) ?? { kind: 'none' };
}
