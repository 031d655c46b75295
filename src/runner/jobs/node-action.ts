/** Node actions: `pre`, `main` and `post` with one state; `post` comes when one of the others was started. */
import type { ActionStep, NodeRuns } from '../../workflow/index.ts';
import { failedStep, runNode, type StepHandler } from '../steps/index.ts';
import {
  placeInJob,
  type StepInUse,
  type StepSettings,
  stageStep,
  tellWarnings,
  type UsedStep,
} from './action-in-use.ts';
import { readInputs } from './action-inputs.ts';
import type { LoadedAction } from './job-actions.ts';
import { stepName } from './run-step.ts';

export function openNode(
  used: UsedStep<ActionStep>,
  { action, directory, github: own, runs }: LoadedAction & { readonly runs: NodeRuns },
  settings: StepSettings,
): StepInUse {
  const { step, id } = used;
  const { place, addPost, memory, github: outer } = settings;
  const known = placeInJob(used, settings);
  const github = { ...outer, ...own };
  const state = memory.stateOf(known);
  const run =
    (file: string, shown: ActionStep): StepHandler =>
    async (call) => {
      const inputs = await readInputs(action, call, github);
      if (!inputs.ok) return failedStep('expression', inputs.error);
      if (shown === step) await tellWarnings(inputs.value.warnings, call, place);
      const title = stepName(shown);
      return runNode({ place, call, directory, file, title, github, inputs: inputs.value.values, state });
    };
  const register = (): void => {
    if (runs.post === undefined) return;
    const post = stageStep(step, 'Post', runs.postIf);
    addPost({ step: post, id, handler: run(runs.post, post) });
  };
  memory.canRegister(known, register);
  const runAndRegister =
    (file: string, shown: ActionStep): StepHandler =>
    (call) => {
      if (memory.begins(known)) register();
      return run(file, shown)(call);
    };
  const main = runAndRegister(runs.main, step);
  if (runs.pre === undefined) return { main };
  const pre = stageStep(step, 'Pre', runs.preIf);
  return { main, pre: { step: pre, id, handler: runAndRegister(runs.pre, pre) } };
}
