/** A job's steps as they take their turns: `parallel` is short for steps in the background and a wait for them. */
import { type ParallelStep, type Step, scalar, type WaitStep } from './model.ts';
import { stepIds } from './step-ids.ts';

export type FlatStep = Exclude<Step, ParallelStep>;

export interface NamedStep {
  readonly step: FlatStep;
  /** Given, or generated as on GitHub. */
  readonly id: string;
}

export function flattenSteps(steps: readonly Step[]): readonly NamedStep[] {
  /** How many steps stand before a wait that a `parallel` became. */
  const sizes = new Map<FlatStep, number>();
  const flat = steps.flatMap((step): readonly FlatStep[] => {
    if (step.kind !== 'parallel') return [step];
    const wait: WaitStep = { kind: 'wait', name: scalar('Wait for parallel steps'), targets: [] };
    sizes.set(wait, step.steps.length);
    return [...step.steps.map((member) => ({ ...member, background: true })), wait];
  });
  const ids = stepIds(flat);
  return flat.map((step, index) => {
    const size = sizes.get(step);
    const id = ids[index] ?? '';
    if (size === undefined || step.kind !== 'wait') return { step, id };
    return { step: { ...step, targets: ids.slice(index - size, index) }, id };
  });
}
