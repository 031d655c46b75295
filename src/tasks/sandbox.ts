/** The container of a task's commands, and what it has to tell: refused hosts, and what could not be had. */
import { type Failure, MachineError } from '../shared/failure.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { countOf } from './messages.ts';
import type { Sandbox, SandboxRequest, TaskPorts } from './ports.ts';
import type { PrepareRecord } from './record.ts';
import type { WorkTree } from './repository-port.ts';
import type { RunSettings } from './run-settings.ts';
import { note, type Warn } from './warnings.ts';

/** Hosts that are named in warnings; a program may try any number. */
const NAMED = 20;

export interface SandboxOpening {
  readonly box: SandboxRequest['settings'];
  readonly settings: Pick<RunSettings, 'writable' | 'isolated'>;
  readonly tree: WorkTree;
  readonly prepared: PrepareRecord;
  readonly warn: Warn;
}

/** Fails where there can be none. To be closed after the last attempt. */
export async function openSandbox(ports: TaskPorts, opening: SandboxOpening): Promise<Result<Sandbox, Failure>> {
  try {
    return ok(await open(ports, opening));
  } catch (error) {
    if (error instanceof MachineError) return err(error.failure);
    throw error;
  }
}

async function open(ports: TaskPorts, opening: SandboxOpening): Promise<Sandbox> {
  const { box, settings, tree, prepared, warn } = opening;
  const refusals = gatherRefusals(ports, warn);
  const sandbox = await ports.sandboxes.open({
    settings: box,
    tree: tree.path,
    branch: prepared.branch,
    start: prepared.start,
    ...(settings.writable.length > 0 && { writable: settings.writable }),
    ...(settings.isolated && { isolated: true }),
    signal: ports.signal,
    tell: (line) => note(ports, line),
    onRefusal: (host, why) => refusals.add(host, why),
    onTrouble: (message) => warn('sandbox', message),
  });
  return {
    start: (request) => sandbox.start(request),
    close: async () => {
      refusals.close();
      await sandbox.close();
    },
  };
}

interface Refusals {
  add(host: string, why: string): void;
  close(): void;
}

/** Each host once, while they are few. */
function gatherRefusals(ports: TaskPorts, warn: Warn): Refusals {
  const seen = new Set<string>();
  let more = 0;
  return {
    add: (host, why) => {
      if (seen.has(host)) return;
      if (seen.size >= NAMED) {
        more += 1;
        return;
      }
      seen.add(host);
      warn('host-refused', `the sandbox refused a connection to ${host}: ${why}`);
    },
    close: () => {
      if (more === 0) return;
      warn('host-refused', `the sandbox refused ${countOf(more, 'connection')} to further hosts`);
      more = 0;
    },
  };
}
