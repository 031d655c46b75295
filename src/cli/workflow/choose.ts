/** Which of the workflows found an event starts, and which event a workflow is started by when nobody says. */
import { judgeTrigger, type Workflow } from '../../workflow/index.ts';
import { UsageError } from '../explain.ts';
import type { WorkflowEvent } from './event.ts';
import type { ReadWorkflow } from './read-workflows.ts';

/** The events that people start by hand, the likeliest first. */
const LIKELY = ['push', 'workflow_dispatch', 'pull_request', 'schedule', 'workflow_call'];

function eventNames({ on }: Workflow): readonly string[] {
  return on.entries.map(({ key }) => String(key.value));
}

/** Inputs are for who starts a workflow by hand. */
export function likelyEvent(workflow: Workflow, hasInputs: boolean): string {
  const names = eventNames(workflow);
  const order = hasInputs ? ['workflow_dispatch', 'workflow_call', ...LIKELY] : LIKELY;
  return order.find((name) => names.includes(name)) ?? names[0] ?? 'push';
}

export interface Choice {
  readonly chosen: readonly Chosen[];
  /** A sentence for each that the event does not start. */
  readonly passedOver: readonly string[];
}

export interface Chosen {
  readonly file: ReadWorkflow;
  readonly event: WorkflowEvent;
}

/**
 * A file that was named itself runs whatever its filters say, since it was asked for; of a folder those run that the
 * event starts, or with `all` those that name the event.
 */
export function chooseWorkflows(candidates: readonly Chosen[], all: boolean): Choice {
  const chosen: Chosen[] = [];
  const passedOver: string[] = [];
  for (const candidate of candidates) {
    const { file, event } = candidate;
    const known = eventNames(file.workflow).includes(event.name);
    if (file.named && !known) {
      throw new UsageError(`${file.path} does not run on ${event.name}`, {
        hint: `it runs on ${eventNames(file.workflow).join(', ')}`,
      });
    }
    const verdict = file.named || (all && known) ? undefined : judgeTrigger(file.workflow.on, event.trigger);
    if (verdict === undefined || verdict.starts) chosen.push(candidate);
    else passedOver.push(`${file.path}: ${verdict.reason}`);
  }
  return { chosen, passedOver };
}
