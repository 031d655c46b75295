/** What all attempts of a task have in common. */
import type { HostPath } from '../shared/brand.ts';
import type { Limits } from './clocks.ts';
import { type CommandEnd, type CommandPorts, runCommand } from './command.ts';
import { reachedLimit } from './exit.ts';
import { countOf } from './messages.ts';
import type { Sandbox, TaskPorts } from './ports.ts';
import type { WorkTree } from './repository-port.ts';
import type { Given } from './review/given.ts';
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
  /** Absent where the command runs on this machine itself. */
  readonly sandbox?: Sandbox;
  /** What the command sees of `Files`, where it runs in a sandbox. */
  readonly reads: readonly HostPath[];
  readonly writes: readonly HostPath[];
  /** What a reviewer was given. */
  readonly given?: Given;
}

/** As many are looked at; a task's files lie on two at most. */
const DISKS = 3;

/** Runs the text of a command with the task's shell, and warns of what it left running. */
export async function runShell(
  setting: AttemptSetting,
  what: 'command' | 'verify',
  limits: Limits,
): Promise<CommandEnd> {
  const { ports, settings, tree, cwd, env } = setting;
  const call = await shellArguments(ports.files, settings.shell, settings[what] ?? '');
  if (!call.ok) throw new Error(`a shell that was accepted is refused: ${call.error.message}`);
  const { argv, script } = call.value;
  // Old news would let the idle clock run out while files change.
  const maxAge = (limits.idle ?? 0) / 4;
  const end = await runCommand(placeOf(setting, script), {
    argv,
    cwd,
    env,
    limits,
    activity: () => tree.activity(maxAge),
    // Its temporary files, a sandbox's home among them, may be on another.
    disks: [tree.path, ...setting.writes, ...setting.reads].slice(0, DISKS),
  });
  const { reaped } = end.contained;
  const name = what === 'command' ? 'the command' : 'verify';
  if (end.ended === undefined && reaped > 0) {
    const left = countOf(reaped, 'process', 'processes');
    setting.warn('left-running', `${name} left ${left} running, which orch has ended`);
  }
  warnOfAlive(setting.warn, name, end.contained);
  for (const limit of end.reached) setting.warn('sandbox-limit', `${name}: ${reachedLimit(limit)}`);
  return end;
}

function placeOf({ ports, sandbox, reads, writes }: AttemptSetting, script: HostPath | undefined): CommandPorts {
  if (sandbox === undefined) return ports;
  const shared = { reads: script === undefined ? reads : [...reads, script], writes };
  return { ...ports, processes: { start: (request) => sandbox.start({ ...request, ...shared }) } };
}
