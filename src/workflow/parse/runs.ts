/** `runs` of an action: on Node, in a container, or as steps. */
import { type ActionRuns, type CompositeRuns, type DockerRuns, NODE_VERSIONS, type NodeRuns } from '../action.ts';
import { AVAILABILITY, checkCondition, hasExpression } from '../expressions/index.ts';
import { isWorkStep, type Node, type ScalarNode } from '../model.ts';
import { keyText, mappingOf, present, scalarOf, textOf, valueOf } from '../nodes.ts';
import type { Faults } from './faults.ts';
import { loadActionSchema } from './schema/load.ts';
import { readSteps } from './steps.ts';

/** Undefined when it cannot run; `faults` then says why. */
export function readRuns(runs: Node, faults: Faults): ActionRuns | undefined {
  // The schema has told of it.
  if (runs.kind !== 'mapping') return undefined;
  const using = textOf(valueOf(runs, 'using'));
  const kinds = "'composite', 'docker', 'node12', 'node16', 'node20' or 'node24'";
  if (using === undefined) {
    faults.error('missing-key', `Missing 'using' value. 'using' requires ${kinds}.`, runs);
    return undefined;
  }
  // The runner compares without regard to case.
  const name = using.value.toLowerCase();
  const version = NODE_VERSIONS.find((known) => known === name);
  if (version !== undefined) return readNode(runs, version, faults);
  if (name === 'docker') return readDocker(runs, faults);
  if (name === 'composite') return readComposite(runs, faults);
  faults.error('bad-using', `'using: ${using.value}' is not supported, use ${kinds} instead.`, using);
  return undefined;
}

function readNode(runs: Node, using: NodeRuns['using'], faults: Faults): NodeRuns | undefined {
  const main = fileOf(runs, 'main');
  if (main === undefined) {
    faults.error('missing-key', 'Entry javascript file is not provided.', runs);
    return undefined;
  }
  return present<NodeRuns>({
    kind: 'node',
    using,
    main,
    pre: fileOf(runs, 'pre'),
    post: fileOf(runs, 'post'),
    ...conditionsOf(runs, faults),
  });
}

function readDocker(runs: Node, faults: Faults): DockerRuns | undefined {
  const image = fileOf(runs, 'image');
  if (image === undefined) {
    faults.error('missing-key', 'Image is not provided.', runs);
    return undefined;
  }
  const args = valueOf(runs, 'args');
  return present<DockerRuns>({
    kind: 'docker',
    image,
    args: args?.kind === 'sequence' ? args : undefined,
    env: mappingOf(valueOf(runs, 'env')),
    entrypoint: fileOf(runs, 'entrypoint'),
    preEntrypoint: fileOf(runs, 'pre-entrypoint'),
    postEntrypoint: fileOf(runs, 'post-entrypoint'),
    ...conditionsOf(runs, faults),
  });
}

function readComposite(runs: Node, faults: Faults): CompositeRuns | undefined {
  const steps = valueOf(runs, 'steps');
  if (steps === undefined) {
    faults.error('missing-key', 'No steps provided.', runs);
    return undefined;
  }
  const reading = { faults, schema: loadActionSchema(), conditionType: 'step-if' };
  return { kind: 'composite', steps: readSteps(steps, reading).filter(isWorkStep) };
}

function fileOf(runs: Node, key: string): string | undefined {
  const text = textOf(valueOf(runs, key))?.value;
  return text === '' ? undefined : text;
}

function conditionsOf(runs: Node, faults: Faults): { readonly [K in 'preIf' | 'postIf']: ScalarNode | undefined } {
  return { preIf: readStageCondition(runs, 'pre-if', faults), postIf: readStageCondition(runs, 'post-if', faults) };
}

/** Unlike a step's `if` it stands as it is: nothing is added to a condition without a status function. */
function readStageCondition(runs: Node, key: string, faults: Faults): ScalarNode | undefined {
  const condition = scalarOf(valueOf(runs, key));
  if (condition === undefined || hasExpression(keyText(condition))) return condition;
  const [fault] = checkCondition(condition, AVAILABILITY.stageIf);
  if (fault !== undefined) faults.error('expression', fault.message, condition);
  return condition;
}
