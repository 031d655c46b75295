/** What has to be there before a task's first attempt: settings, a working tree, an environment. */
import type { Failure } from '../shared/failure.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { ActionCall } from './action.ts';
import type { AttemptSetting } from './attempt-setting.ts';
import { cancelledFailure } from './cancellation.ts';
import { digestGiven } from './digest-run.ts';
import { findMissingSecrets, selectEnvironment } from './environment.ts';
import { invalidInput } from './inputs.ts';
import { isolateEnvironment } from './isolation.ts';
import type { TaskPorts } from './ports.ts';
import { findPrompt } from './prompt.ts';
import { type PrepareRecord, readPrepare } from './record.ts';
import { type RunSettings, readRunSettings } from './run-settings.ts';
import { openSandbox } from './sandbox.ts';
import { pathInside } from './tree-path.ts';
import { createWarn, type Warn } from './warnings.ts';

/** What the attempts work with. */
export interface Run extends AttemptSetting {
  readonly call: ActionCall;
  readonly prepared: PrepareRecord;
  /** For `setup`, should it have to be repeated. */
  readonly setupEnv: Readonly<Record<string, string>>;
}

/** Fails as `input-invalid`, `secret-missing`, `cancelled`, or for want of a sandbox. */
export async function makeReady(call: ActionCall, ports: TaskPorts): Promise<Result<Run, Failure>> {
  if (ports.signal.aborted) return err(cancelledFailure(ports.signal));
  const settings = readRunSettings(call.inputs);
  if (!settings.ok) return settings;
  const prepared = readPrepare(call.memo);
  const tree = await ports.repository.current();
  if (prepared === undefined || tree === undefined)
    return err(invalidInput(['there is no working tree: prepare-task has to run before']));
  const cwd = pathInside(tree.path, settings.value.workingDirectory);
  if (cwd === undefined)
    return err(
      invalidInput([`working-directory ${JSON.stringify(settings.value.workingDirectory)} leaves the working tree`]),
    );

  const warn = createWarn(ports, call.memo);
  const env = readEnvironment(call, settings.value, warn);
  if (!env.ok) return env;
  const prompt = await findPrompt(ports, tree, { prompt: settings.value.prompt, change: prepared.change });
  if (!prompt.ok) return prompt;
  const wanted = settings.value.sandbox;
  const sandbox = wanted && (await openSandbox(ports, { settings: settings.value, box: wanted, tree, prepared, warn }));
  if (sandbox?.ok === false) return sandbox;
  const { run, job, leg } = ports.job;
  const own = { ORCH_RUN: run, ORCH_TASK: job, ORCH_LEG: leg };
  const digest = digestGiven(call.memo);
  return ok({
    call,
    ports,
    settings: settings.value,
    tree,
    cwd,
    warn,
    prepared,
    env: {
      ...(await commandEnvironment(ports, settings.value, env.value.command)),
      ...own,
      ORCH_WORKTREE: tree.path,
      ORCH_START: prepared.start,
      ...prompt.value.env,
      ...digest.env,
    },
    reads: [...prompt.value.reads, ...digest.reads],
    writes: [],
    ...(sandbox && { sandbox: sandbox.value }),
    setupEnv: { ...env.value.setup, ...own },
  });
}

interface Environments {
  readonly command: Readonly<Record<string, string>>;
  /** The same without secrets. */
  readonly setup: Readonly<Record<string, string>>;
}

function readEnvironment({ env }: ActionCall, settings: RunSettings, warn: Warn): Result<Environments, Failure> {
  const { environment, secrets, sandbox } = settings;
  const absent = findMissingSecrets(env, secrets);
  if (absent) return err(absent);
  const place = sandbox === undefined ? 'host' : 'sandbox';
  const names = [...environment, ...secrets];
  const { missing, refused, env: command } = selectEnvironment(env, names, place);
  for (const name of missing)
    warn('variable-missing', `the variable ${name} is not set here, so the task does not have it`);
  for (const name of refused)
    warn('variable-reserved', `the variable ${name} is not for tasks, so the task does not have it`);
  const secret = new Set(secrets);
  // Setup runs on this machine itself, whatever the command does.
  const whole = place === 'host' ? command : selectEnvironment(env, names).env;
  return ok({ command, setup: Object.fromEntries(Object.entries(whole).filter(([name]) => !secret.has(name))) });
}

async function commandEnvironment(
  { files }: TaskPorts,
  { isolated, reviewRound, sandbox }: RunSettings,
  env: Environments['command'],
): Promise<Environments['command']> {
  const round = reviewRound === undefined ? {} : { ORCH_REVIEW_ROUND: String(reviewRound) };
  return { ...(isolated ? await isolateEnvironment(files, env, sandbox) : env), ...round };
}
