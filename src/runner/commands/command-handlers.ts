/** What each workflow command does. The error of a handler is the reason that fails the step. */
import { posix, win32 } from 'node:path';
import type { Severity } from '../../shared/diagnostic.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { annotationEffects } from './annotation-command.ts';
import { annotate, type CommandEffect, isBlockedVariable, missingValue } from './effects.ts';
import type { MatcherRegistry } from './matcher-registry.ts';
import { parseProblemMatchers } from './problem-matcher.ts';
import type { WrittenCommand } from './syntax.ts';

export interface CommandSetting {
  /** The `env` context of the step. */
  readonly env: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly platform: NodeJS.Platform;
  readonly matchers: MatcherRegistry;
  /** The content of a file that declares problem matchers; the error is a sentence. The path is absolute. */
  readonly readFile: (path: string) => Result<Uint8Array, string>;
}

/** What a command can change in the reader. */
export interface EchoSwitch {
  echo: boolean;
}

export interface CommandHandler {
  /** Shown by its effect or not at all, so `::echo::on` does not show it again. */
  readonly quiet?: boolean;
  run(command: WrittenCommand, setting: CommandSetting, reader: EchoSwitch): Result<readonly CommandEffect[], string>;
}

const COMMANDS: ReadonlyMap<string, CommandHandler> = new Map<string, CommandHandler>([
  ['add-mask', { quiet: true, run: addMask }],
  ['add-matcher', { run: addMatcher }],
  ['add-path', { run: addPath }],
  ['debug', { quiet: true, run: ({ data }) => ok([{ type: 'debug', message: data }]) }],
  ['echo', { run: switchEcho }],
  ['endgroup', { run: () => ok([{ type: 'output', line: '##[endgroup]' }]) }],
  ['error', annotation('error')],
  ['group', { run: ({ data }) => ok([{ type: 'output', line: `##[group]${data}` }]) }],
  // Said by very old versions of actions/checkout; GitHub takes no notice of it from anybody else.
  ['internal-set-repo-path', { quiet: true, run: () => ok([]) }],
  ['notice', annotation('notice')],
  ['remove-matcher', { run: removeMatcher }],
  ['save-state', { run: (command) => setValue('save-state', command) }],
  ['set-env', { run: setEnv }],
  ['set-output', { run: (command) => setValue('set-output', command) }],
  ['warning', annotation('warning')],
]);

/** Names are compared without regard to case. */
export function findCommand(name: string): CommandHandler | undefined {
  return COMMANDS.get(name.toLowerCase());
}

export function readsAsTrue(text: string | undefined): boolean {
  return text?.trim().toLowerCase() === 'true';
}

function annotation(level: Severity): CommandHandler {
  return { quiet: true, run: (command, setting) => ok(annotationEffects(command, level, setting)) };
}

function addMask({ data }: WrittenCommand, _: CommandSetting, { echo }: EchoSwitch): ReturnType<CommandHandler['run']> {
  if (data.trim() === '') return ok([warn("Can't add secret mask for empty string in ##[add-mask] command.")]);
  // Output comes line by line: each line of the value is a secret too.
  const values = new Set([data, ...data.split(/[\r\n]/).filter((line) => line !== '')]);
  return ok([
    ...(echo ? [{ type: 'output', line: '::add-mask::***' } as const] : []),
    ...[...values].map((value) => ({ type: 'mask', value }) as const),
  ]);
}

function switchEcho(
  { data }: WrittenCommand,
  _: CommandSetting,
  reader: EchoSwitch,
): ReturnType<CommandHandler['run']> {
  if (data === '') return err(missingValue('value'));
  const word = data.trim().toLowerCase();
  if (word !== 'on' && word !== 'off') {
    return err(`Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '${data}'.`);
  }
  reader.echo = word === 'on';
  return ok([{ type: 'debug', message: `Setting echo command value to '${word}'` }]);
}

function setValue(type: 'save-state' | 'set-output', { properties, data }: WrittenCommand) {
  const name = properties.get('name');
  if (name === undefined) return err(`Required field 'name' is missing in ##[${type}] command.`);
  const deprecated = `The \`${type}\` command is deprecated and will be disabled soon. Please upgrade to using Environment Files. For more information see: https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/`;
  return ok([warn(deprecated), { type, name, value: data } as const]);
}

function setEnv({ properties, data }: WrittenCommand, setting: CommandSetting): ReturnType<CommandHandler['run']> {
  const refusal = refuseUnsecure('set-env', setting);
  if (refusal !== undefined) return err(refusal);
  const name = properties.get('name');
  if (name === undefined) return err(`Required field 'name' is missing in ##[set-env] command.`);
  if (isBlockedVariable(name)) {
    const message = `Can't update NODE_OPTIONS environment variable using ::set-env:: command.`;
    return ok([annotate({ level: 'error', message })]);
  }
  return ok([{ type: 'set-env', name, value: data }]);
}

function addPath({ data }: WrittenCommand, setting: CommandSetting): ReturnType<CommandHandler['run']> {
  const refusal = refuseUnsecure('add-path', setting);
  if (refusal !== undefined) return err(refusal);
  return data === '' ? err(missingValue('path')) : ok([{ type: 'add-path', path: data }]);
}

function refuseUnsecure(command: string, { env }: CommandSetting): string | undefined {
  if (readsAsTrue(env['ACTIONS_ALLOW_UNSECURE_COMMANDS'])) return undefined;
  return `The \`${command}\` command is disabled. Please upgrade to using Environment Files or opt into unsecure command execution by setting the \`ACTIONS_ALLOW_UNSECURE_COMMANDS\` environment variable to \`true\`. For more information see: https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/`;
}

function addMatcher({ data }: WrittenCommand, setting: CommandSetting): ReturnType<CommandHandler['run']> {
  if (data === '') return ok([warn('File path must be specified.')]);
  const matchers = readMatchers(data, setting);
  if (!matchers.ok) return matchers;
  if (matchers.value.length === 0) return ok([]);
  setting.matchers.add(matchers.value);
  const owners = matchers.value.map(({ owner }) => `'${owner}'`).join(', ');
  const message = `Added matchers: ${owners}. Problem matchers scan action output for known warning or error strings and report these inline.`;
  const warnings = matchers.value.flatMap(({ owner, unknown }) =>
    unknown === undefined ? [] : [warn(`The matcher '${owner}' finds nothing here: only .NET knows ${unknown}`)],
  );
  return ok([...warnings, { type: 'debug', message } as const]);
}

function removeMatcher(command: WrittenCommand, setting: CommandSetting): ReturnType<CommandHandler['run']> {
  const owner = command.properties.get('owner');
  if (owner !== undefined && command.data !== '') {
    return ok([
      warn('Either specify an owner name or a file path in ##[remove-matcher] command. Both values cannot be set.'),
    ]);
  }
  if (owner === undefined && command.data === '') {
    return ok([warn('Either an owner name or a file path must be specified in ##[remove-matcher] command.')]);
  }
  const named = owner === undefined ? readMatchers(command.data, setting) : ok([{ owner }]);
  if (!named.ok) return named;
  const owners = named.value.map((matcher) => matcher.owner);
  setting.matchers.remove(owners);
  return ok([{ type: 'debug', message: `Removed matchers: ${owners.map((name) => `'${name}'`).join(', ')}` }]);
}

function readMatchers(file: string, { workspace, platform, readFile }: CommandSetting) {
  const path = platform === 'win32' ? win32 : posix;
  const bytes = readFile(path.resolve(workspace, file));
  return bytes.ok ? parseProblemMatchers(bytes.value) : bytes;
}

function warn(message: string): CommandEffect {
  return annotate({ level: 'warning', message });
}
