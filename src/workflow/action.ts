/** An action as its manifest declares it. What may hold an expression is a node, as in a workflow. */
import type { SourceRange } from '../shared/source.ts';
import type { MappingNode, ScalarNode, SequenceNode, WorkStep } from './model.ts';

export interface Action {
  readonly name?: string;
  readonly description?: string;
  readonly inputs: readonly ActionInput[];
  readonly outputs: readonly ActionOutput[];
  readonly runs: ActionRuns;
}

export interface ActionInput {
  readonly name: string;
  readonly description?: string;
  /** A word to people: the runner does not insist. */
  readonly required: boolean;
  readonly default?: ScalarNode;
  /** Printed when the input is given. */
  readonly deprecationMessage?: string;
  readonly at?: SourceRange;
}

export interface ActionOutput {
  readonly name: string;
  readonly description?: string;
  /** Of composite actions only: the others say it in a file. */
  readonly value?: ScalarNode;
}

export type ActionRuns = NodeRuns | DockerRuns | CompositeRuns;

export const NODE_VERSIONS = ['node12', 'node16', 'node20', 'node24'] as const;

export interface NodeRuns {
  readonly kind: 'node';
  readonly using: (typeof NODE_VERSIONS)[number];
  /** Files, relative to the action. */
  readonly main: string;
  readonly pre?: string;
  readonly post?: string;
  /** Absent means `always()`. */
  readonly preIf?: ScalarNode;
  readonly postIf?: ScalarNode;
}

export interface DockerRuns {
  readonly kind: 'docker';
  /** `docker://IMAGE`, or a Dockerfile relative to the action. */
  readonly image: string;
  readonly args?: SequenceNode;
  readonly env?: MappingNode;
  readonly entrypoint?: string;
  readonly preEntrypoint?: string;
  readonly postEntrypoint?: string;
  /** Absent means `always()`. */
  readonly preIf?: ScalarNode;
  readonly postIf?: ScalarNode;
}

export interface CompositeRuns {
  readonly kind: 'composite';
  readonly steps: readonly WorkStep[];
}

/** For callers that have no manifest: a Dockerfile alone is an action too. */
export function dockerfileAction(file: 'Dockerfile' | 'dockerfile'): Action {
  return { inputs: [], outputs: [], runs: { kind: 'docker', image: file } };
}
