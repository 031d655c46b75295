/** Runs one command to its end, whoever ends it, and leaves nothing of it running. */
import type { HostPath } from '../shared/brand.ts';
import type { Containment } from '../shared/verdict.ts';
import { type Ending, type Limits, type Watch, watchClocks } from './clocks.ts';
import type { Sample } from './idle-clock.ts';
import type { ProcessExit, ProcessRequest, RunningProcess, SandboxedProcess, TaskPorts } from './ports.ts';

/** Milliseconds between asking a command to end and ending it. */
const GRACE = 10_000;

export interface CommandRequest {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: HostPath;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Limits;
  /** Differs when a file has changed; asked for while the command is silent. */
  readonly activity?: () => Promise<string>;
  /** On each disk that it may write to a path. */
  readonly disks: readonly HostPath[];
}

export interface CommandEnd {
  readonly exit: ProcessExit;
  /** Present when orch ended it: then the exit code says nothing. */
  readonly ended?: Ending;
  readonly contained: Containment;
  /** Limits of its sandbox that it ran into. */
  readonly reached: readonly string[];
  /** Milliseconds. */
  readonly duration: number;
}

export type CommandPorts = Pick<TaskPorts, 'clock' | 'files' | 'log' | 'signal'> & { readonly processes: CommandPlace };

/** The machine itself, or a sandbox on it. */
interface CommandPlace {
  start(request: ProcessRequest): Promise<RunningProcess | SandboxedProcess>;
}

export async function runCommand(ports: CommandPorts, request: CommandRequest): Promise<CommandEnd> {
  const startedAt = ports.clock.now();
  // A fast command may write before there is a watch to tell.
  let written = false;
  let watch: Watch | undefined;
  const running = await ports.processes.start({
    argv: request.argv,
    cwd: request.cwd,
    env: request.env,
    onOutput: (chunk) => {
      written = true;
      watch?.output();
      return ports.log.write(chunk);
    },
  });
  watch = watchClocks({
    clock: ports.clock,
    signal: ports.signal,
    limits: request.limits,
    sample: () => takeSample(running, request.activity),
    space: { paths: request.disks, measure: (path) => ports.files.space(path) },
  });
  if (written) watch.output();
  let ending: { exit: ProcessExit; ended?: Ending };
  try {
    ending = await awaitEnd(running, watch.ended);
  } catch (error) {
    await running.reap();
    throw error;
  } finally {
    watch.stop();
  }
  const contained = await running.reap();
  const reached = 'reached' in running ? running.reached() : [];
  return { ...ending, contained, reached, duration: Math.round(ports.clock.now() - startedAt) };
}

async function awaitEnd(
  running: RunningProcess,
  ended: Promise<Ending>,
): Promise<{ exit: ProcessExit; ended?: Ending }> {
  const first = await Promise.race([running.exit.then((exit) => ({ exit })), ended.then((ending) => ({ ending }))]);
  if ('exit' in first) return first;
  await running.stop(GRACE);
  return { exit: await running.exit, ended: first.ending };
}

/** A part that cannot be read is left out: the clock then judges by the others. */
async function takeSample(running: RunningProcess, activity: CommandRequest['activity']): Promise<Sample> {
  const [files, cpu] = await Promise.allSettled([activity?.(), running.cpuTime()]);
  return {
    ...(files.status === 'fulfilled' && files.value !== undefined && { activity: files.value }),
    ...(cpu.status === 'fulfilled' && { cpu: cpu.value }),
  };
}

/** Both containments as one: every way that was used, and all that had to be ended. */
export function addContainment(first: Containment, second: Containment): Containment {
  const alive = (first.alive ?? 0) + (second.alive ?? 0);
  return {
    by: [...new Set([...first.by, ...second.by])],
    reaped: first.reaped + second.reaped,
    ...(alive > 0 && { alive }),
  };
}

export const UNCONTAINED: Containment = { by: [], reaped: 0 };
