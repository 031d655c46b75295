/** A workflow's parts under GitHub's keys, in the order in which people write them. */
import {
  type ControlStep,
  type Job,
  type MappingNode,
  mapping,
  type Node,
  type ScalarNode,
  type Step,
  type Strategy,
  scalar,
  sequence,
  type Workflow,
  type WorkStep,
} from '../model.ts';

/** What is undefined is not written. */
type Fields = Readonly<Record<string, Node | undefined>>;

export function workflowFields(workflow: Workflow): MappingNode {
  return written({
    name: workflow.name,
    description: workflow.description,
    'run-name': workflow.runName,
    on: eventsNode(workflow.on),
    permissions: workflow.permissions,
    'cache-mode': workflow.cacheMode,
    env: workflow.env,
    defaults: workflow.defaults,
    concurrency: workflow.concurrency,
    jobs: { kind: 'mapping', entries: workflow.jobs.map((job) => ({ key: scalar(job.id), value: jobFields(job) })) },
  });
}

/** Events without filters as a word or a list of words. */
function eventsNode(on: MappingNode): Node {
  const isBare = on.entries.every(({ value }) => value.kind === 'scalar' && value.value === null);
  if (!isBare || on.entries.length === 0) return on;
  return oneOrMore(on.entries.map(({ key }) => key));
}

function jobFields(job: Job): MappingNode {
  const { needs } = job;
  const first = {
    name: job.name,
    needs: needs.length === 0 ? undefined : oneOrMore(needs.map(scalar)),
    if: job.if,
  };
  const shared = {
    permissions: job.permissions,
    'cache-mode': job.cacheMode,
    concurrency: job.concurrency,
    strategy: strategyNode(job.strategy),
  };
  if (job.kind === 'call')
    return written({ ...first, ...shared, uses: job.uses, with: job.with, secrets: job.secrets });
  return written({
    ...first,
    'runs-on': job.runsOn,
    environment: job.environment,
    ...shared,
    container: job.container,
    services: job.services,
    snapshot: job.snapshot,
    'timeout-minutes': job.timeoutMinutes,
    'cancel-timeout-minutes': job.cancelTimeoutMinutes,
    'continue-on-error': job.continueOnError,
    outputs: job.outputs,
    env: job.env,
    defaults: job.defaults,
    steps: sequence(job.steps.map(stepFields)),
  });
}

function strategyNode(strategy: Strategy | undefined): Node | undefined {
  if (strategy === undefined || strategy.expression !== undefined) return strategy?.expression;
  const { failFast, maxParallel, matrix } = strategy;
  return written({ 'fail-fast': failFast, 'max-parallel': maxParallel, matrix });
}

function stepFields(step: Step): MappingNode {
  return step.kind === 'run' || step.kind === 'action' ? workFields(step) : controlFields(step);
}

function workFields(step: WorkStep): MappingNode {
  const work: Fields =
    step.kind === 'action'
      ? { uses: scalar(step.uses), with: step.with }
      : { shell: step.shell, 'working-directory': step.workingDirectory };
  return written({
    name: step.name,
    id: textNode(step.id),
    if: step.if,
    background: step.background === undefined ? undefined : scalar(step.background),
    'timeout-minutes': step.timeoutMinutes,
    'continue-on-error': step.continueOnError,
    ...work,
    env: step.env,
    run: step.kind === 'run' ? step.run : undefined,
  });
}

function controlFields(step: ControlStep): MappingNode {
  if (step.kind === 'parallel') return written({ parallel: sequence(step.steps.map(stepFields)) });
  return written({
    name: step.name,
    id: textNode(step.id),
    'continue-on-error': step.continueOnError,
    ...targetFields(step),
  });
}

function targetFields(step: Exclude<ControlStep, { kind: 'parallel' }>): Fields {
  switch (step.kind) {
    case 'wait':
      return { wait: oneOrMore(step.targets.map(scalar)) };
    case 'wait-all':
      return { 'wait-all': scalar(true) };
    case 'cancel':
      return { cancel: scalar(step.target) };
  }
}

function oneOrMore(names: readonly ScalarNode[]): Node {
  const [only] = names;
  return names.length === 1 && only !== undefined ? only : sequence(names);
}

function textNode(text: string | undefined): ScalarNode | undefined {
  return text === undefined ? undefined : scalar(text);
}

function written(fields: Fields): MappingNode {
  return mapping(
    Object.fromEntries(
      Object.entries(fields).flatMap(([key, node]) => (node === undefined ? [] : [[key, node] as const])),
    ),
  );
}
