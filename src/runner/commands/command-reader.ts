/** Reads the output of one step line by line: commands take effect, problems become annotations, the rest is output. */
import {
  type CommandHandler,
  type CommandSetting,
  type EchoSwitch,
  findCommand,
  readsAsTrue,
} from './command-handlers.ts';
import { type CommandEffect, commandFailed } from './effects.ts';
import type { ProblemPlace } from './problem-annotation.ts';
import { createProblemFinder } from './problem-finder.ts';
import { parseCommand, type WrittenCommand } from './syntax.ts';

export interface CommandReaderOptions extends CommandSetting, ProblemPlace {
  /** Whether recognised commands show in the log from the start: so when debugging. */
  readonly echo: boolean;
  /** Milliseconds for a pattern of a problem matcher on a line; one second, as on GitHub. */
  readonly matchLimit?: number;
}

export interface CommandReader {
  /** A reader of one stream of the step. What `stop-commands` and `echo` say holds for all of them. */
  open(): StreamReader;
}

export interface StreamReader {
  /** What lines that came together bring about, in order. Give many at once where there are many. */
  read(lines: readonly string[]): readonly CommandEffect[];
}

const STOP = 'stop-commands';
/** Shorter tokens would take ordinary words for secrets. */
const SHORTEST_MASKED_TOKEN = 7;

interface StepState extends EchoSwitch {
  /** Lower case; undefined while commands are processed. */
  stopped: string | undefined;
}

/** For one step. The matchers outlive it: they are the job's. */
export function createCommandReader(options: CommandReaderOptions): CommandReader {
  const step: StepState = { echo: options.echo, stopped: undefined };
  return { open: () => openStream(options, step) };
}

function openStream(options: CommandReaderOptions, step: StepState): StreamReader {
  const problems = createProblemFinder(options);
  return {
    read: (lines) => {
      const effects: CommandEffect[] = [];
      problems.expect(lines);
      for (const [index, line] of lines.entries()) {
        const done = readCommand(line, options, step);
        for (const effect of done.effects) effects.push(effect);
        if (!done.handled) for (const effect of problems.find(index)) effects.push(effect);
      }
      return effects;
    },
  };
}

interface Reading {
  /** A line that is not handled goes on to the problem matchers and into the log. */
  readonly handled: boolean;
  readonly effects: readonly CommandEffect[];
}

const NO_COMMAND: Reading = { handled: false, effects: [] };

function readCommand(line: string, options: CommandReaderOptions, step: StepState): Reading {
  if (!line.includes('::') && !line.includes('##[')) return NO_COMMAND;
  const isKnown = (name: string): boolean =>
    findCommand(name) !== undefined || name.toLowerCase() === STOP || name.toLowerCase() === step.stopped;
  const command = parseCommand(line, isKnown);
  if (command === undefined) return NO_COMMAND;
  const name = command.name.toLowerCase();
  if (step.stopped !== undefined) return readWhileStopped(line, name, step);
  if (name === STOP) return { handled: true, effects: stopCommands(line, command, options, step) };
  const handler = findCommand(name);
  return handler === undefined
    ? NO_COMMAND
    : { handled: true, effects: runCommand(handler, { line, command }, options, step) };
}

function readWhileStopped(line: string, name: string, step: StepState): Reading {
  if (name !== step.stopped) {
    const message = `Process commands has been stopped and waiting for '##[${step.stopped}]' to resume.`;
    return { handled: false, effects: [{ type: 'debug', message }] };
  }
  step.stopped = undefined;
  return {
    handled: true,
    effects: [
      { type: 'output', line },
      { type: 'debug', message: 'Resume processing commands' },
    ],
  };
}

function stopCommands(
  line: string,
  { data }: WrittenCommand,
  { env }: CommandReaderOptions,
  step: StepState,
): readonly CommandEffect[] {
  const token = data.toLowerCase();
  // Anybody's output could contain such a token and start the commands again.
  const weak = token === '' || token === 'pause-logging' || token === STOP || findCommand(token) !== undefined;
  if (weak && !isConvertedToTrue(env['ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS'])) {
    return commandFailed(`command '${line}'`, WEAK_TOKEN);
  }
  step.stopped = token;
  return [
    ...(data.length >= SHORTEST_MASKED_TOKEN ? [{ type: 'mask', value: data } as const] : []),
    { type: 'output', line },
    { type: 'debug', message: 'Paused processing commands until the token is received' },
  ];
}

const WEAK_TOKEN =
  "You cannot use a endToken that is an empty string, the string 'pause-logging', or another workflow command. For more information see: https://docs.github.com/actions/learn-github-actions/workflow-commands-for-github-actions#example-stopping-and-starting-workflow-commands or opt into insecure command execution by setting the `ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS` environment variable to `true`.";

/** This switch takes more words than the others. */
function isConvertedToTrue(text: string | undefined): boolean {
  return readsAsTrue(text) || text === '1' || text?.toLowerCase() === '$true';
}

function runCommand(
  handler: CommandHandler,
  { line, command }: { readonly line: string; readonly command: WrittenCommand },
  options: CommandReaderOptions,
  step: StepState,
): readonly CommandEffect[] {
  const shown: readonly CommandEffect[] = step.echo && !handler.quiet ? [{ type: 'output', line }] : [];
  const result = handler.run(command, options, step);
  const what = handler.quiet ? command.name.toLowerCase() : line;
  return [...shown, ...(result.ok ? result.value : commandFailed(`command '${what}'`, result.error))];
}
