/** Steps that direct those in the background: they wait for them or call them off, and come to the worst of their results. */

import type { Result } from '../../shared/result.ts';
import {
  type CancelStep,
  evaluateBoolean,
  evaluateString,
  type JobResult,
  type NodeFault,
  type Scope,
  type WaitAllStep,
  type WaitStep,
} from '../../workflow/index.ts';
import type { BackgroundSteps, JoinedStep } from './background-steps.ts';
import type { StepDone } from './run-step.ts';

export type DirectingStep = WaitStep | WaitAllStep | CancelStep;

export interface ControlRun {
  readonly step: DirectingStep;
  readonly background: BackgroundSteps;
  /** A line of the job's log. */
  readonly print: (line: string) => void;
  readonly evaluate: <T>(read: (scope: Scope) => Result<T, NodeFault>) => Result<T, NodeFault>;
}

export interface ControlEnd {
  readonly done: StepDone;
  /** The steps that it fails for. */
  readonly failed: readonly JoinedStep[];
}

/** What people see of it: its name, evaluated where that works. */
export function controlName({ step, background, evaluate }: ControlRun): string {
  const { name } = step;
  if (name !== undefined) {
    const text = evaluate((scope) => evaluateString(name, scope));
    return (text.ok && text.value) || String(name.value);
  }
  switch (step.kind) {
    case 'wait':
      return `Wait for ${namesOf(step.targets, background)}`;
    case 'wait-all':
      return 'Wait for all background steps';
    case 'cancel':
      return `Cancel ${background.nameOf(step.target)}`;
  }
}

/** The sentences in the log are GitHub's. */
export async function runControl(run: ControlRun): Promise<ControlEnd> {
  const { step, background, print } = run;
  switch (step.kind) {
    case 'wait': {
      print(`Waiting for background step(s) to complete: ${namesOf(step.targets, background)}`);
      const joined = await background.join(step.targets);
      report('Finished waiting for background step(s).', joined, print);
      return judge(joined, run);
    }
    case 'wait-all': {
      const rest = background.rest();
      const what = `Waiting for all background step(s) to complete: ${namesOf(rest, background)}`;
      print(rest.length > 0 ? what : 'No background steps remaining to wait for.');
      const joined = await background.join(rest);
      report('Finished waiting for all background step(s).', joined, print);
      return judge(joined, run);
    }
    case 'cancel': {
      print(`Cancelling background step(s): ${background.nameOf(step.target)}`);
      report('Finished cancelling background step(s).', await background.callOff(step.target), print);
      return passed();
    }
  }
}

function namesOf(ids: readonly string[], background: BackgroundSteps): string {
  return ids.map((id) => background.nameOf(id)).join(', ') || '(none)';
}

const WORDS: Readonly<Record<JobResult, string>> = {
  success: 'Succeeded',
  failure: 'Failed',
  cancelled: 'Canceled',
  skipped: 'Skipped',
};

function report(summary: string, joined: readonly JoinedStep[], print: ControlRun['print']): void {
  print(summary);
  for (const { name, done } of joined) print(`  ${name}: ${WORDS[done.conclusion]}`);
}

/** The failure has been told by the step that it is of. */
function judge(joined: readonly JoinedStep[], { step, evaluate }: ControlRun): ControlEnd {
  const conclusions = joined.map(({ done }) => done.conclusion);
  if (conclusions.includes('cancelled')) {
    return { done: { outcome: 'cancelled', conclusion: 'cancelled', outputs: {} }, failed: [] };
  }
  const failed = joined.filter(({ done }) => done.conclusion === 'failure');
  if (failed.length === 0) return passed();
  const cause = failed[0]?.done.failure;
  const forgiven = evaluate((scope) => evaluateBoolean(step.continueOnError, scope, false));
  const done = {
    outcome: 'failure',
    conclusion: forgiven.ok && forgiven.value ? 'success' : 'failure',
    told: true,
    outputs: {},
    ...(cause === undefined ? {} : { failure: cause }),
  } as const;
  return { done, failed };
}

function passed(): ControlEnd {
  return { done: { outcome: 'success', conclusion: 'success', outputs: {} }, failed: [] };
}
