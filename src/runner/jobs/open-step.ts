/** What runs a step of a workflow or of a composite action: its shell, its action, or why there is nobody. */
import type { ActionStep } from '../../workflow/index.ts';
import { type StepHandler, scriptHandler } from '../steps/index.ts';
import {
  type OpenStep,
  placeInJob,
  type StepInUse,
  type StepSettings,
  tellWarnings,
  type UsedStep,
} from './action-in-use.ts';
import { checkoutHandler, type OwnCheckout } from './checkout.ts';
import { openComposite } from './composite-action.ts';
import { openDocker } from './docker-action.ts';
import { isCheckout, type LoadedAction } from './job-actions.ts';
import { openNode } from './node-action.ts';

/** `note` writes a line of orch's own into the job's log. */
export function createOpenStep(own: OwnCheckout, note: (line: string) => void): OpenStep {
  return ({ step, id, loaded }, settings) => {
    const { place, defaults, github } = settings;
    if (step.kind === 'run') return { main: scriptHandler({ place, step, defaults, github }) };
    if (loaded !== undefined) return openAction({ step, id }, loaded, settings);
    const late = openLate({ step, id }, settings);
    return { main: isCheckout(step.uses) ? checkoutHandler(own, note, late) : late };
  };
}

function openAction(used: UsedStep<ActionStep>, loaded: LoadedAction, settings: StepSettings): StepInUse {
  const { runs } = loaded.action;
  switch (runs.kind) {
    case 'node':
      return openNode(used, { ...loaded, runs }, settings);
    case 'composite':
      return openComposite(used, { ...loaded, runs }, settings);
    case 'docker':
      return openDocker(used, { ...loaded, runs }, settings);
  }
}

/** The action can only be looked at when its turn comes; it is too late for `pre` then. */
function openLate(used: UsedStep<ActionStep>, settings: StepSettings): StepHandler {
  settings.memory.canOpen(placeInJob(used, settings), async (signal) => {
    const loaded = await settings.actions.load(used.step.uses, settings, signal);
    if (loaded.ok) openAction(used, loaded.value, settings);
  });
  return async (call) => {
    const loaded = await settings.actions.load(used.step.uses, settings, call.signal);
    if (!loaded.ok) return { outcome: 'failure', failure: loaded.error, outputs: {} };
    const opened = openAction(used, loaded.value, settings);
    if (opened.pre !== undefined && loaded.value.local) {
      const message = `\`pre\` execution is not supported for local action from '${used.step.uses}'`;
      await tellWarnings([message], call, settings.place);
    }
    return opened.main(call);
  };
}
