/** Docker actions: an image, and a container of it for `pre-entrypoint`, the action itself and `post-entrypoint`. */
import { realpath } from 'node:fs/promises';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import {
  type ActionStep,
  type DockerRuns,
  dataFromJson,
  evaluateNode,
  evaluateStrings,
  foldCase,
  type JsonObject,
  type Scope,
} from '../../workflow/index.ts';
import { failedStep, runDocker, type StepCall, type StepEnd, type StepHandler, writeLines } from '../steps/index.ts';
import {
  placeInJob,
  type StepInUse,
  type StepSettings,
  stageStep,
  tellWarnings,
  type UsedStep,
} from './action-in-use.ts';
import { readInputs } from './action-inputs.ts';
import { splitArguments } from './docker-arguments.ts';
import type { LoadedAction } from './job-actions.ts';
import { stepName } from './run-step.ts';

type DockerAction = LoadedAction & { readonly runs: DockerRuns };

interface DockerStage {
  /** As the stage is shown. */
  readonly step: ActionStep;
  /** In place of the image's own; '' for that. */
  readonly entrypoint: (inputs: Inputs) => string;
  /** The action's main stage. */
  readonly isMain: boolean;
}

type Inputs = Readonly<Record<string, string>>;

export function openDocker(used: UsedStep<ActionStep>, loaded: DockerAction, settings: StepSettings): StepInUse {
  const { step, id } = used;
  const { runs } = loaded;
  const { addPost, memory } = settings;
  const known = placeInJob(used, settings);
  const action = new DockerStages(step, loaded, settings, memory.stateOf(known));
  const stage =
    (shown: DockerStage): StepHandler =>
    (call) =>
      action.run(shown, call);
  const register = (): void => {
    const { postEntrypoint: entrypoint } = runs;
    if (entrypoint === undefined) return;
    const post = stageStep(step, 'Post', runs.postIf);
    addPost({ step: post, id, handler: stage({ step: post, entrypoint: () => entrypoint, isMain: false }) });
  };
  memory.canRegister(known, register);
  const runAndRegister =
    (shown: DockerStage): StepHandler =>
    (call) => {
      if (memory.begins(known)) register();
      return action.run(shown, call);
    };
  // A manifest's entrypoint counts before the step's.
  const entrypoint = (inputs: Inputs): string => runs.entrypoint ?? inputOf(inputs, 'entrypoint') ?? '';
  const main = runAndRegister({ step, entrypoint, isMain: true });
  const prepare = (signal: AbortSignal): Promise<Result<void, Failure>> => action.prepare(signal);
  const { preEntrypoint } = runs;
  if (preEntrypoint === undefined) return { main, prepare };
  const pre = stageStep(step, 'Pre', runs.preIf);
  const handler = runAndRegister({ step: pre, entrypoint: () => preEntrypoint, isMain: false });
  return { main, prepare, pre: { step: pre, id, handler } };
}

class DockerStages {
  readonly #step: ActionStep;
  readonly #loaded: DockerAction;
  readonly #settings: StepSettings;
  readonly #state: Map<string, string>;
  readonly #github: JsonObject;
  /** Of all stages, whatever becomes of the files that it was built from. */
  #image: string | undefined;

  constructor(step: ActionStep, loaded: DockerAction, settings: StepSettings, state: Map<string, string>) {
    this.#step = step;
    this.#loaded = loaded;
    this.#settings = settings;
    this.#state = state;
    this.#github = { ...settings.github, ...loaded.github };
  }

  async prepare(signal: AbortSignal): Promise<Result<void, Failure>> {
    const image = await this.#provide(signal);
    return image.ok ? ok(undefined) : image;
  }

  async run({ step, entrypoint, isMain }: DockerStage, call: StepCall): Promise<StepEnd> {
    const { action } = this.#loaded;
    const { place, containers } = this.#settings;
    const inputs = await readInputs(action, call, this.#github);
    if (!inputs.ok) return failedStep('expression', inputs.error);
    const { values, warnings } = inputs.value;
    if (isMain) await tellWarnings(warnings, call, place);
    const given = await this.#evaluate(call, values);
    if (!given.ok) return failedStep('expression', given.error);
    const image = await this.#provide(call.signal);
    if (!image.ok) return endOf(image.error, call);
    return runDocker({
      place: containers.place(place, { image: image.value, entrypoint: entrypoint(values) }),
      call,
      image: image.value,
      ...given.value,
      title: stepName(step),
      github: this.#github,
      inputs: values,
      state: this.#state,
    });
  }

  async #provide(signal: AbortSignal): Promise<Result<string, Failure>> {
    if (this.#image !== undefined) return ok(this.#image);
    const { uses } = this.#step;
    const { directory, runs } = this.#loaded;
    const { place, containers } = this.#settings;
    // Where a folder of the working tree leads was for a step in the job's container to say.
    if (place.inside?.isShared(await realpath(directory)) === false)
      return err({ code: 'action-not-found', message: `${uses} lies in no folder that the job's container shares` });
    const tell = (line: string): void => void writeLines(place, [line]);
    const image = await containers.provide({ uses, image: runs.image, directory }, { tell, signal });
    if (image.ok) this.#image = image.value;
    return image;
  }

  /** What the manifest says with the action's inputs; without it `args` are the step's. */
  async #evaluate(
    call: StepCall,
    inputs: Inputs,
  ): Promise<Result<{ readonly args: readonly string[]; readonly env: Inputs }, string>> {
    const { args, env } = this.#loaded.runs;
    const within = (scope: Scope): Scope => ({
      ...scope,
      contexts: { ...scope.contexts, inputs: dataFromJson(inputs) },
    });
    const words = args === undefined ? undefined : await call.evaluate((scope) => evaluateNode(args, within(scope)));
    if (words?.ok === false) return err(`args: ${words.error.message}`);
    const variables = await call.evaluate((scope) => evaluateStrings(env, within(scope)));
    if (!variables.ok) return err(`env: ${variables.error.message}`);
    const given = splitArguments(inputOf(inputs, 'args') ?? '');
    const list = words === undefined ? given : listOf(words.value);
    return ok({ args: list, env: variables.value });
  }
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((item) => (item === null ? '' : String(item))) : [];
}

function inputOf(inputs: Inputs, name: string): string | undefined {
  return Object.entries(inputs).find(([key]) => foldCase(key) === foldCase(name))?.[1];
}

function endOf(failure: Failure, { signal }: StepCall): StepEnd {
  return { outcome: signal.aborted ? 'cancelled' : 'failure', failure, outputs: {} };
}
