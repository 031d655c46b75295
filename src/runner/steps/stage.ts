/** One process of a step: started with the step's environment, its output and command files obeyed, its end judged. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import type { HostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { JsonObject } from '../../workflow/index.ts';
import { createCommandReader, createLineReader } from '../commands/index.ts';
import type { JobProcess, ProcessExit } from '../environments/index.ts';
import { createEffects, type StageEffects } from './effects.ts';
import type { StepCall, StepEnd } from './handler.ts';
import { type Inside, innerPath } from './inside.ts';
import { type JobPlace, writeLines } from './job-place.ts';
import { buildStepEnv, type StepKind, type StepServices } from './step-env.ts';

export interface Stage {
  readonly place: JobPlace;
  readonly call: StepCall;
  /** Members of the `github` context that are the step's own, such as `action_path`. */
  readonly github: JsonObject;
  /** What earlier stages of the same action saved; this one adds to it. */
  readonly state: Map<string, string>;
  /** Asked when the command files are there; the failure is the step's. */
  readonly prepare: (github: JsonObject) => Promise<Result<StageCommand, Failure>>;
}

export interface StageCommand {
  readonly kind: StepKind;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: HostPath;
  /** Shown before the output. */
  readonly header: readonly string[];
  /** An action's, defaults included. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** Milliseconds from SIGINT to SIGTERM, and from there to SIGKILL: GitHub's. */
const INTERRUPT_GRACE = 7500;
const STOP_GRACE = 2500;
const LARGEST_MATCHER = 1024 * 1024;

export async function runStage(stage: Stage): Promise<StepEnd> {
  const { place, call } = stage;
  const files = place.commandFiles.take();
  try {
    const github = { ...place.github, action: call.id, ...stage.github, ...pathsIn(place, files.paths) };
    const command = await stage.prepare(github);
    if (!command.ok) return { outcome: 'failure', failure: command.error, outputs: {} };
    const effects = createEffects(stage);
    const services = await place.services(command.value.kind, { github, given: call.inputs });
    const env = envOf(command.value, { stage, github, services });
    const exit = await runCommand(command.value, { stage, env, effects });
    await effects.apply(files.read(place.platform));
    const end = judge(exit, { stage, effects, kind: command.value.kind });
    // Nobody can enter a container that goes with the job.
    const canBeEntered = end.outcome === 'failure' && place.inside === undefined;
    return canBeEntered ? { ...end, process: { cwd: command.value.cwd, env } } : end;
  } finally {
    files.giveBack();
  }
}

function pathsIn({ inside }: JobPlace, paths: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (inside === undefined) return paths;
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, inside.toInner(path)]));
}

interface Running {
  readonly stage: Stage;
  readonly env: Readonly<Record<string, string>>;
  readonly effects: StageEffects;
}

interface Surroundings {
  readonly stage: Stage;
  readonly github: JsonObject;
  readonly services: StepServices;
}

function envOf({ kind, inputs }: StageCommand, around: Surroundings): Readonly<Record<string, string>> {
  const { github, services } = around;
  const { place, call, state } = around.stage;
  return buildStepEnv({
    kind,
    platform: place.platform,
    base: place.hostEnv,
    env: call.env,
    state: Object.fromEntries(state),
    inputs: { ...inputs, ...services.inputs },
    prepends: place.made.path,
    github,
    runner: place.runner,
    services,
  });
}

async function runCommand(command: StageCommand, { stage, env, effects }: Running): Promise<ProcessExit> {
  const { place, call } = stage;
  const lines = createLineReader();
  const stream = createCommandReader({
    env: call.env,
    workspace: innerPath(place, place.workspace),
    platform: place.platform,
    matchers: place.matchers,
    readFile: (path) => readMatcherFile(path, place),
    repositoryFile: place.repositoryFile,
    echo: place.debug,
  }).open();
  let over = false;
  // While the process starts there is time for it; before its output it is in any case.
  const header = [...command.header];
  const showHeader = (): void | Promise<void> => writeLines(place, header.splice(0));
  const starting = place.processes.start({
    argv: command.argv,
    cwd: command.cwd,
    env,
    onOutput: (chunk) => {
      // What a step leaves running has nobody to listen to it.
      if (over) return;
      void showHeader();
      return effects.apply(stream.read(lines.push(chunk)));
    },
  });
  // The order is given by then, or could not be.
  const [started] = await Promise.allSettled([starting]);
  await showHeader();
  const running = started.status === 'fulfilled' ? started.value : await starting;
  place.commandFiles.useTime();
  const exit = await endOf(running, call.signal);
  await running.settle();
  over = true;
  await effects.apply(stream.read(lines.end()));
  return exit;
}

/** Asks a cancelled command to end: first as Ctrl-C does, then as `kill` does, then nobody is asked. */
async function endOf(running: JobProcess, signal: AbortSignal): Promise<ProcessExit> {
  let stopping: Promise<void> | undefined;
  const stop = (): void => {
    stopping = running.interrupt(INTERRUPT_GRACE).then(() => running.stop(STOP_GRACE));
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const exit = await running.exit;
  signal.removeEventListener('abort', stop);
  await stopping;
  return exit;
}

interface Judged {
  readonly stage: Stage;
  readonly effects: StageEffects;
  readonly kind: StepKind;
}

function judge(exit: ProcessExit, { stage, effects, kind }: Judged): StepEnd {
  const outputs = effects.outputs();
  if (stage.call.signal.aborted) return { outcome: 'cancelled', outputs };
  const failure = failureOf(exit, kind);
  if (failure !== undefined) {
    const said = exit.kind === 'exited' && kind !== 'run' ? effects.lastError() : undefined;
    // As on GitHub an action that has said what is wrong is not talked over.
    if (said !== undefined) return { outcome: 'failure', failure: { ...failure, message: said }, told: true, outputs };
    return { outcome: 'failure', failure, outputs };
  }
  const message = effects.failed();
  if (message === undefined) return { outcome: 'success', outputs };
  return { outcome: 'failure', failure: { code: 'output-invalid', message }, told: true, outputs };
}

/** In containers alone: this machine's Node is there, since orch runs on it. */
const NO_NODE = "Node actions need the image's own node here, which does not start";

function isNodeMissing(message: string, kind: StepKind): boolean {
  return kind === 'node' && /\bnode\b.* not found/.test(message);
}

function failureOf(exit: ProcessExit, kind: StepKind): Failure | undefined {
  switch (exit.kind) {
    case 'not-started':
      return {
        code: 'not-started',
        message: isNodeMissing(exit.message, kind) ? `${NO_NODE}: ${exit.message}` : exit.message,
      };
    case 'signalled':
      if (exit.lost !== undefined) return { code: 'environment-lost', message: `The step was lost: ${exit.lost}.` };
      return { code: 'signal', message: `The step was ended by ${exit.signal}.` };
    case 'exited': {
      if (exit.code === 0) return undefined;
      const what = kind === 'run' ? 'Process' : 'The action';
      return { code: 'exit-code', message: `${what} completed with exit code ${exit.code}.` };
    }
  }
}

/** A link that was made in the container means a file there, and must not lead to one of this machine. */
function sharedFile(named: string, { toHost, isShared }: Inside): string | undefined {
  const path = toHost(named);
  const real = path === undefined ? undefined : realpathSync(path);
  return real !== undefined && isShared(real) ? real : undefined;
}

function readMatcherFile(named: string, { inside }: JobPlace): Result<Uint8Array, string> {
  try {
    const path = inside === undefined ? named : sharedFile(named, inside);
    if (path === undefined) return err(`${named} lies in no folder that the container shares with this machine`);
    const stats = statSync(path);
    if (!stats.isFile()) return err(`${path} is no regular file`);
    if (stats.size > LARGEST_MATCHER) return err(`${path} has ${stats.size} bytes; 1 MiB is the limit`);
    return ok(readFileSync(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return err(error.message);
    throw error;
  }
}
