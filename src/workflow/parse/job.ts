/** One job: with steps of its own, or calling a workflow. */
import type { SourceRange } from '../../shared/source.ts';
import { checkId } from '../ids.ts';
import type { CallJob, Job, MappingEntry, Node, StepsJob } from '../model.ts';
import { keyText, mappingOf, present, scalarOf, textOf, textsOf, valueOf } from '../nodes.ts';
import { parseWorkflowReference } from '../references.ts';
import { checkConcurrency } from './concurrency.ts';
import { type Conditions, readCondition } from './condition.ts';
import { checkContainer, checkServices } from './container.ts';
import { checkRunsOn } from './runs-on.ts';
import { checkSnapshot } from './snapshot.ts';
import { readSteps } from './steps.ts';
import { readStrategy } from './strategy.ts';

export function readJob({ key, value }: MappingEntry, reading: Conditions): Job {
  const id = keyText(key);
  const problem = checkId(id);
  // The schema has told of an empty one.
  if (problem !== undefined && id !== '') reading.faults.error('id', problem, key);
  const concurrency = valueOf(value, 'concurrency');
  checkConcurrency(concurrency, reading.faults);
  const base = {
    id,
    name: scalarOf(valueOf(value, 'name')),
    needs: textsOf(valueOf(value, 'needs')).map((need) => need.value),
    if: readCondition(valueOf(value, 'if'), 'job-if', reading),
    strategy: readStrategy(valueOf(value, 'strategy'), reading.faults),
    permissions: valueOf(value, 'permissions'),
    cacheMode: scalarOf(valueOf(value, 'cache-mode')),
    concurrency,
    at: span(key.at, value.at),
  };
  const uses = textOf(valueOf(value, 'uses'));
  if (uses === undefined) return present<StepsJob>({ kind: 'steps', ...base, ...readOwn(id, { key, value }, reading) });
  const reference = uses.value === '' ? undefined : parseWorkflowReference(uses.value);
  if (reference?.ok === false) reading.faults.error('uses', reference.error, uses);
  const [inputs, secrets] = [valueOf(value, 'with'), valueOf(value, 'secrets')];
  return present<CallJob>({ kind: 'call', ...base, uses, with: inputs, secrets });
}

function readOwn(
  id: string,
  { key, value }: MappingEntry,
  reading: Conditions,
): { [K in Exclude<keyof StepsJob, 'kind' | keyof CallJob>]: StepsJob[K] | undefined } {
  const { faults } = reading;
  const [runsOn, container, services] = [
    valueOf(value, 'runs-on'),
    valueOf(value, 'container'),
    valueOf(value, 'services'),
  ];
  const snapshot = valueOf(value, 'snapshot');
  if (runsOn !== undefined) checkRunsOn(runsOn, faults);
  checkContainer(container, faults);
  checkServices(services, faults);
  checkSnapshot(snapshot, reading);
  const steps = readSteps(valueOf(value, 'steps'), { ...reading, conditionType: 'step-if' });
  if (isWithoutSteps(valueOf(value, 'steps'))) {
    const message = 'No steps defined in `steps` and no workflow called in `uses` for the following jobs:';
    faults.error('no-steps', `${message} ${id}`, key);
  }
  return {
    // Without it the schema has told of a fault, and nobody gets this job.
    runsOn: runsOn ?? { kind: 'scalar', value: '' },
    container,
    services,
    snapshot,
    steps,
    env: valueOf(value, 'env'),
    defaults: valueOf(value, 'defaults'),
    environment: valueOf(value, 'environment'),
    outputs: mappingOf(valueOf(value, 'outputs')),
    timeoutMinutes: scalarOf(valueOf(value, 'timeout-minutes')),
    cancelTimeoutMinutes: scalarOf(valueOf(value, 'cancel-timeout-minutes')),
    continueOnError: scalarOf(valueOf(value, 'continue-on-error')),
  };
}

function isWithoutSteps(steps: Node | undefined): boolean {
  return steps === undefined || (steps.kind === 'sequence' && steps.items.length === 0);
}

function span(from: SourceRange | undefined, to: SourceRange | undefined): SourceRange | undefined {
  return from && to && { start: from.start, end: to.end };
}
