/** The steps of a job or a composite action. */
import type { ControlStep, Node, Step, TextNode, WorkStep } from '../model.ts';
import { isWorkStep } from '../model.ts';
import { itemsOf, present, scalarOf, textOf, textsOf, valueOf } from '../nodes.ts';
import { looksLikeShortSha, parseActionReference } from '../references.ts';
import { type Conditions, readCondition } from './condition.ts';
import { openStepScope, type StepScope } from './step-scope.ts';

export interface StepReading extends Conditions {
  /** The definition of a step's `if` in the schema. */
  readonly conditionType: string;
}

/** What is no step of any kind is left out; the schema has told of it. */
export function readSteps(node: Node | undefined, reading: StepReading): readonly Step[] {
  return readList(node, reading, openStepScope(reading.faults));
}

function readList(node: Node | undefined, reading: StepReading, scope: StepScope): readonly Step[] {
  if (node?.kind !== 'sequence') return [];
  return itemsOf(node).flatMap((item) => readStep(item, reading, scope) ?? []);
}

function readStep(node: Node, reading: StepReading, scope: StepScope): Step | undefined {
  if (node.kind !== 'mapping') return undefined;
  const id = textOf(valueOf(node, 'id'));
  const step = readWork(node, reading) ?? readControl(node, id, { reading, scope });
  // Declared behind its own targets: no step waits for itself.
  if (id !== undefined && id.value !== '') scope.declare(id);
  return step;
}

function readWork(node: Node, reading: StepReading): WorkStep | undefined {
  const run = scalarOf(valueOf(node, 'run'));
  const uses = textOf(valueOf(node, 'uses'));
  if (run === undefined && uses === undefined) return undefined;
  const background = scalarOf(valueOf(node, 'background'))?.value;
  const common = {
    ...commonOf(node),
    if: readCondition(valueOf(node, 'if'), reading.conditionType, reading),
    env: valueOf(node, 'env'),
    timeoutMinutes: scalarOf(valueOf(node, 'timeout-minutes')),
    background: typeof background === 'boolean' ? background : undefined,
  };
  if (run !== undefined) {
    const shell = scalarOf(valueOf(node, 'shell'));
    const workingDirectory = scalarOf(valueOf(node, 'working-directory'));
    return present<WorkStep>({ kind: 'run', run, shell, workingDirectory, ...common });
  }
  if (uses === undefined) return undefined;
  checkUses(uses, reading);
  return present<WorkStep>({ kind: 'action', uses: uses.value, with: valueOf(node, 'with'), ...common });
}

function checkUses(uses: TextNode, { faults }: StepReading): void {
  // The schema has told of an empty one.
  if (uses.value === '') return;
  const reference = parseActionReference(uses.value);
  if (!reference.ok) faults.error('uses', reference.error, uses);
  else if (reference.value.kind === 'remote' && looksLikeShortSha(reference.value.ref)) {
    const { ref } = reference.value;
    faults.warning('short-sha', `'${ref}' looks like a shortened sha, and GitHub knows whole ones only`, uses);
  }
}

function commonOf(node: Node): Pick<WorkStep, 'id' | 'name' | 'continueOnError' | 'at'> {
  const id = textOf(valueOf(node, 'id'))?.value;
  return present({
    id: id === '' ? undefined : id,
    name: scalarOf(valueOf(node, 'name')),
    continueOnError: scalarOf(valueOf(node, 'continue-on-error')),
    at: node.at,
  });
}

interface ControlReading {
  readonly reading: StepReading;
  readonly scope: StepScope;
}

function readControl(
  node: Node,
  id: TextNode | undefined,
  { reading, scope }: ControlReading,
): ControlStep | undefined {
  const [wait, waitAll] = [valueOf(node, 'wait'), valueOf(node, 'wait-all')];
  const cancel = textOf(valueOf(node, 'cancel'));
  const parallel = valueOf(node, 'parallel');
  if (wait !== undefined) {
    const targets = textsOf(wait);
    for (const target of targets) scope.target(target, id);
    return { kind: 'wait', targets: targets.map(({ value }) => value), ...commonOf(node) };
  }
  if (waitAll !== undefined) {
    if (scalarOf(waitAll)?.value === false) {
      reading.faults.error('wait-all', "The value of 'wait-all' must be true or omitted", waitAll);
    }
    return { kind: 'wait-all', ...commonOf(node) };
  }
  if (cancel !== undefined) {
    scope.target(cancel, id);
    return { kind: 'cancel', target: cancel.value, ...commonOf(node) };
  }
  if (parallel === undefined) return undefined;
  const steps = readList(parallel, reading, scope);
  checkParallel(steps, node, reading);
  return present<ControlStep>({ kind: 'parallel', steps: steps.filter(isWorkStep), at: node.at });
}

const BACKGROUND =
  "'background' is not allowed inside a parallel block. " +
  'Steps in a parallel block are automatically run as background steps.';

function checkParallel(steps: readonly Step[], node: Node, { faults }: StepReading): void {
  for (const step of steps) {
    const place = step.at === undefined ? node : { at: step.at };
    if (step.kind === 'parallel') faults.error('parallel', "Nested 'parallel' blocks are not allowed.", place);
    else if (!isWorkStep(step))
      faults.error('parallel', `'${step.kind}' is not allowed inside a parallel block.`, place);
    else if (step.background !== undefined) faults.error('parallel', BACKGROUND, place);
  }
}
