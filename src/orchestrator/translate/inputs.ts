/** What each of the task's actions is given. All values are text; what is at its default is left out. */

import { TASK_DEFAULTS } from '../build-config.ts';
import type { Config, Task } from '../config.ts';
import { inputJson } from '../input-json.ts';
import { keyText } from '../nodes.ts';
import { ancestorsOf, startsWith } from './ancestors.ts';
import { literal } from './literal.ts';
import { spanText } from './spans.ts';

/** As `prepare-task` has it. */
const SETUP_TIMEOUT = '10m';

export type ActionInputs = Readonly<Record<string, string>>;

/** Undefined, empty or equal to the default: not worth a line in an export. */
type Optional = readonly [name: string, value: string | undefined, byDefault?: string];

function present(inputs: readonly Optional[]): ActionInputs {
  const shown = inputs.flatMap(([name, value, byDefault]) =>
    value === undefined || value === '' || value === byDefault ? [] : [[name, value] as const],
  );
  return Object.fromEntries(shown);
}

export function prepareInputs(task: Task, config: Config): ActionInputs {
  const ancestors = ancestorsOf(task, config);
  const { setupTimeout } = config.worktrees;
  // Where no command runs there is nothing to set up for.
  const setup = task.shape?.action === undefined && task.shape?.isBare !== true ? config.worktrees.setup : undefined;
  return present([
    ['dependencies', inputJson(startsWith(task)), '[]'],
    ['ancestors', ancestors && inputJson(ancestors)],
    ['setup', text(setup)],
    ...(setup === undefined
      ? []
      : ([
          ['setup-timeout', spanText(setupTimeout), SETUP_TIMEOUT],
          // Nothing else that runs while preparing has a use for them.
          ['environment', variableNames(task)],
        ] as const)),
    ...more(task.shape?.prepare),
  ]);
}

export function runInputs(task: Task): ActionInputs {
  const byDefault = TASK_DEFAULTS;
  return present([
    ['command', literal(task.command)],
    ['shell', text(task.shell), byDefault.shell],
    ['working-directory', text(task.workingDirectory)],
    ['prompt', text(task.prompt)],
    ['environment', variableNames(task)],
    ['secrets', task.secrets.join(' ')],
    ['outputs', task.outputs.join(' ')],
    ['timeout', spanText(task.timeout), spanText(byDefault.timeout)],
    ['idle-timeout', span(task.idleTimeout)],
    ['startup-timeout', span(task.startupTimeout)],
    ['retries', String(task.retries), String(byDefault.retries)],
    ['retry-delay', spanText(task.retryDelay), spanText(byDefault.retryDelay)],
    ['retry-on', task.retryOn?.join(' ')],
    ['retry-from', task.retryFrom, byDefault.retryFrom],
    ['expect', lines(task.expect)],
    ['verify', text(task.verify)],
    ['verify-timeout', spanText(task.verifyTimeout), spanText(byDefault.verifyTimeout)],
    ['changes', task.changes, byDefault.changes],
    ['sandbox', text(task.sandbox?.text)],
    ...more(task.shape?.run),
  ]);
}

export function finishInputs(task: Task): ActionInputs {
  return present([
    ['commit', String(task.commit), String(TASK_DEFAULTS.commit)],
    ['artifacts', lines(task.artifacts)],
    ['description', text(task.description)],
  ]);
}

function more(inputs: ActionInputs = {}): readonly Optional[] {
  return Object.entries(inputs).map(([name, value]) => [name, literal(value)]);
}

/** Secrets are not among them: they are named apart. */
function variableNames(task: Task): string {
  const names = [...task.env.entries.map(({ key }) => keyText(key)), ...task.envFrom];
  return [...new Set(names)].join(' ');
}

function text(value: string | undefined): string | undefined {
  return value === undefined ? undefined : literal(value);
}

function span(value: number | undefined): string | undefined {
  return value === undefined ? undefined : spanText(value);
}

function lines(values: readonly string[]): string {
  return values.map(literal).join('\n');
}
