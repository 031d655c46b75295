/** Node actions: `pre`, `main` and `post` with one state; `post` comes when one of the others was started. */
import type { ActionStep, NodeRuns } from '../../workflow/index.ts';
import { failedStep, runNode, type StepHandler } from '../steps/index.ts';
import { type StepInUse, type StepSettings, stageStep, tellWarnings, type UsedStep } from './action-in-use.ts';
import { readInputs } from './action-inputs.ts';
import type { LoadedAction } from './job-actions.ts';
import { stepName } from './run-step.ts';

export function openNode(
  { step, id }: UsedStep<ActionStep>,
  { action, directory, github: own, runs }: LoadedAction & { readonly runs: NodeRuns },
  { place, addPost, github: outer }: StepSettings,
): StepInUse {
  const github = { ...outer, ...own };
  const state = new Map<string, string>();
  let registered = false;
  const run =
    (file: string, shown: ActionStep): StepHandler =>
    async (call) => {
      const inputs = await readInputs(action, call, github);
      if (!inputs.ok) return failedStep('expression', inputs.error);
      if (shown === step) await tellWarnings(inputs.value.warnings, call, place);
      const title = stepName(shown);
      return runNode({ place, call, directory, file, title, github, inputs: inputs.value.values, state });
    };
  const runAndRegister =
    (file: string, shown: ActionStep): StepHandler =>
    (call) => {
      if (!registered && runs.post !== undefined) {
        registered = true;
        const post = stageStep(step, 'Post', runs.postIf);
        addPost({ step: post, id, handler: run(runs.post, post) });
      }
      return run(file, shown)(call);
    };
  const main = runAndRegister(runs.main, step);
  if (runs.pre === undefined) return { main };
  const pre = stageStep(step, 'Pre', runs.preIf);
  return { main, pre: { step: pre, id, handler: runAndRegister(runs.pre, pre) } };
}
