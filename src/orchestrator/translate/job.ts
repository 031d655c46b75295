/** A task as a job of GitHub's: check out, prepare, run, and finish in every case. */
import { type ActionStep, mapping, type Node, type ScalarNode, type StepsJob, scalar } from '../../workflow/index.ts';
import type { Config, Task } from '../config.ts';
import { type ActionSource, CHECKOUT, usesOf } from './actions.ts';
import { type ActionInputs, finishInputs, prepareInputs, runInputs } from './inputs.ts';
import { type Limits, limitsOf } from './limits.ts';
import { literal } from './literal.ts';
import { strategyOf } from './strategy.ts';

/** The step that runs the command; the job's outputs are its. */
const RUN = 'run';

/** A job of which every step uses an action. */
export interface TaskJob extends StepsJob {
  readonly steps: readonly ActionStep[];
}

export function translateTask(task: Task, config: Config, source: ActionSource): TaskJob {
  const limits = limitsOf(task, config);
  const strategy = strategyOf(task);
  const names = [...new Set([...task.outputs, ...(task.shape?.outputs ?? [])])];
  return {
    kind: 'steps',
    id: task.name,
    needs: task.dependsOn,
    ...(task.if === undefined ? {} : { if: task.if }),
    ...(strategy === undefined ? {} : { strategy }),
    runsOn: scalar('ubuntu-latest'),
    ...(task.env.entries.length === 0 ? {} : { env: task.env }),
    ...(task.mutex === undefined ? {} : { concurrency: concurrencyOf(task.mutex) }),
    ...(names.length === 0 ? {} : { outputs: mapping(outputsOf(names)) }),
    timeoutMinutes: scalar(limits.job),
    ...(task.continueOnError === undefined ? {} : { continueOnError: task.continueOnError }),
    steps: stepsOf(task, config, { source, limits }),
    at: task.at,
  };
}

/** All that wait get their turn; GitHub would otherwise drop all but the newest. */
function concurrencyOf(mutex: string): Node {
  return mapping({ group: scalar(literal(mutex)), queue: scalar('max') });
}

function outputsOf(names: readonly string[]): Readonly<Record<string, ScalarNode>> {
  return Object.fromEntries(names.map((name) => [name, scalar(`\${{ steps.${RUN}.outputs.${name} }}`)]));
}

interface StepOptions {
  readonly source: ActionSource;
  readonly limits: Limits;
}

function stepsOf(task: Task, config: Config, options: StepOptions): readonly ActionStep[] {
  // Dependencies' commits are merged, which takes history; the token must not stay where the command can read it.
  const checkout = mapping({ 'fetch-depth': scalar(0), 'persist-credentials': scalar(false) });
  const { source } = options;
  const condition = task.shape?.stepsIf;
  const begin: readonly ActionStep[] = [
    { kind: 'action', uses: CHECKOUT, with: checkout },
    actionStep(usesOf('prepare-task', source), prepareInputs(task, config)),
    workStep(task, options),
  ];
  const always = condition === undefined ? 'always()' : `always() && ${condition}`;
  return [
    ...begin.map((step) => (condition === undefined ? step : { ...step, if: scalar(condition) })),
    { ...actionStep(usesOf('finish-task', source), finishInputs(task)), if: scalar(always) },
  ];
}

function workStep(task: Task, { source, limits }: StepOptions): ActionStep {
  const action = task.shape?.action;
  if (action !== undefined) return actionStep(usesOf(action.name, source), action.inputs);
  return {
    ...actionStep(usesOf('run-task', source), runInputs(task)),
    id: RUN,
    timeoutMinutes: scalar(limits.step),
    ...(task.secrets.length === 0 ? {} : { env: mapping(secretsOf(task)) }),
  };
}

function secretsOf(task: Task): Readonly<Record<string, ScalarNode>> {
  return Object.fromEntries(task.secrets.map((name) => [name, scalar(`\${{ secrets.${name} }}`)]));
}

function actionStep(uses: string, inputs: ActionInputs): ActionStep {
  const entries = Object.entries(inputs).map(([name, value]) => [name, scalar(value)] as const);
  return {
    kind: 'action',
    uses,
    ...(entries.length === 0 ? {} : { with: mapping(Object.fromEntries(entries)) }),
  };
}
