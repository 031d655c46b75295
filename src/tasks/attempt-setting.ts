/** What all attempts of a task have in common. */
import type { HostPath } from '../shared/brand.ts';
import type { Limits } from './clocks.ts';
import { type CommandEnd, runCommand } from './command.ts';
import { countOf } from './messages.ts';
import type { TaskPorts, WorkTree } from './ports.ts';
import type { RunSettings } from './run-settings.ts';
import { shellArguments } from './shell.ts';
import { type Warn, warnOfAlive } from './warnings.ts';

export interface AttemptSetting {
  readonly ports: TaskPorts;
  readonly settings: RunSettings;
  readonly tree: WorkTree;
  readonly cwd: HostPath;
  /** For the command and `verify`. */
  readonly env: Readonly<Record<string, string>>;
  readonly warn: Warn;
}

/** Runs the text of a command with the task's shell, and warns of what it left running. */
export async function runShell(
  setting: AttemptSetting,
  what: 'command' | 'verify',
  limits: Limits,
): Promise<CommandEnd> {
  const { ports, settings, tree, cwd, env } = setting;
  const argv = await shellArguments(ports.files, settings.shell, settings[what] ?? '');
  if (!argv.ok) throw new Error(`a shell that was accepted is refused: ${argv.error.message}`);
  // Old news would let the idle clock run out while files change.
  const maxAge = (limits.idle ?? 0) / 4;
  const end = await runCommand(ports, { argv: argv.value, cwd, env, limits, activity: () => tree.activity(maxAge) });
  const { reaped } = end.contained;
  const name = what === 'command' ? 'the command' : 'verify';
  if (end.ended === undefined && reaped > 0) {
    const left = countOf(reaped, 'process', 'processes');
    setting.warn('left-running', `${name} left ${left} running, which orch has ended`);
  }
  warnOfAlive(setting.warn, name, end.contained);
  return end;
}
