/** A step that uses an action: its stages before, at and after its turn. */
import type { Failure } from '../../shared/failure.ts';
import { ok, type Result } from '../../shared/result.ts';
import {
  type ActionStep,
  conditionText,
  hasExpression,
  type JsonObject,
  type ScalarNode,
  scalar,
  usesStatusFunction,
  type WorkStep,
} from '../../workflow/index.ts';
import { type JobPlace, type ScriptSettings, type StepCall, type StepHandler, writeLines } from '../steps/index.ts';
import type { ActionContainers } from './action-containers.ts';
import type { ActionMemory } from './action-memory.ts';
import type { ExtraStep } from './frame.ts';
import type { ActionPlace, JobActions, LoadedAction } from './job-actions.ts';
import { stepName } from './run-step.ts';
import type { JobFacts } from './step-scope.ts';

/** What steps are opened with: the job's, or those of a composite action. */
export interface StepSettings extends ActionPlace {
  readonly place: JobPlace;
  readonly facts: JobFacts;
  readonly actions: JobActions;
  readonly after: (milliseconds: number, call: () => void) => () => void;
  /** For Docker actions. */
  readonly containers: ActionContainers;
  /** What actions keep from one stage to another. */
  readonly memory: ActionMemory;
  /** The ids of the steps around, each with a slash behind it. */
  readonly path: string;
  /** Registers a stage to come after the other steps. */
  readonly addPost: (post: ExtraStep) => void;
  readonly defaults: ScriptSettings['defaults'];
  /** Members of `github` that a composite action around adds. */
  readonly github: JsonObject;
  /** Opens one step; here so that a composite action can open its own. */
  readonly open: OpenStep;
}

export interface UsedStep<S extends WorkStep = WorkStep> {
  readonly step: S;
  /** Given or generated. */
  readonly id: string;
  /** The step's action, when it was loaded before the first step. */
  readonly loaded?: LoadedAction | undefined;
}

export interface StepInUse {
  /** What has to be there before the first step of the job, such as an image. */
  readonly prepare?: (signal: AbortSignal) => Promise<Result<void, Failure>>;
  readonly pre?: ExtraStep;
  readonly main: StepHandler;
}

export type OpenStep = (used: UsedStep, settings: StepSettings) => StepInUse;

/** By which the memory knows the action of a step. */
export function placeInJob({ id }: UsedStep, { path }: StepSettings): string {
  return `${path}${id}`;
}

/** The step with the name and the condition of a stage. */
export function stageStep(step: ActionStep, stage: 'Pre' | 'Post', condition?: ScalarNode): ActionStep {
  return { ...step, name: scalar(`${stage} ${stepName(step)}`), if: stageCondition(condition) };
}

/** Stands as it is: `success()` is not added where there is no status function, and absent means always. */
function stageCondition(condition: ScalarNode | undefined): ScalarNode {
  const text = conditionText(condition).trim();
  if (condition === undefined || text === '') return scalar('always()');
  if (usesStatusFunction(text)) return condition;
  const bare = hasExpression(text) ? text.replace(/^\$\{\{([^]*)\}\}$/, '$1') : text;
  return { ...condition, value: `always() && (${bare})` };
}

export async function tellWarnings(warnings: readonly string[], call: StepCall, place: JobPlace): Promise<void> {
  for (const message of warnings) call.tell({ type: 'annotation', annotation: { level: 'warning', message } });
  await writeLines(
    place,
    warnings.map((message) => `##[warning]${message}`),
  );
}

/** One after the other, so that their lines in the log stay together. */
export async function prepareSteps(
  steps: readonly (StepInUse | undefined)[],
  signal: AbortSignal,
): Promise<Result<void, Failure>> {
  for (const step of steps) {
    const prepared = await step?.prepare?.(signal);
    if (prepared?.ok === false) return prepared;
  }
  return ok(undefined);
}
