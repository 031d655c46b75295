/**
 * GitHub's workflow model: the only model of work in orch.
 * Names and meaning follow GitHub's workflow syntax. What may hold an expression is a `Node`: literals and text as
 * written, where a string with `${{ }}` is an expression that is not evaluated yet. `at` says where it was written
 * and never takes part in equality.
 */
import type { SourceRange } from '../shared/source.ts';

export type Node = ScalarNode | SequenceNode | MappingNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly at?: SourceRange;
}

export interface SequenceNode {
  readonly kind: 'sequence';
  readonly items: readonly Node[];
  readonly at?: SourceRange;
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly entries: readonly MappingEntry[];
  readonly at?: SourceRange;
}

export interface MappingEntry {
  readonly key: ScalarNode;
  readonly value: Node;
}

export interface Workflow {
  readonly name?: ScalarNode;
  readonly runName?: ScalarNode;
  /** Event name to its filters and inputs, as written. */
  readonly on: MappingNode;
  readonly env?: Node;
  readonly defaults?: Node;
  readonly permissions?: Node;
  readonly concurrency?: Node;
  readonly jobs: readonly Job[];
}

/** A job that runs steps. Jobs that call a reusable workflow join this union when they can be run. */
export type Job = StepsJob;

export interface StepsJob {
  readonly kind: 'steps';
  readonly id: string;
  readonly name?: ScalarNode;
  /** Ids as written; compared without regard to case. */
  readonly needs: readonly string[];
  /** As written, without `${{ }}` or with. Absent means `success()`. */
  readonly if?: ScalarNode;
  readonly strategy?: Strategy;
  readonly runsOn: Node;
  readonly env?: Node;
  readonly permissions?: Node;
  readonly concurrency?: Node;
  readonly outputs?: MappingNode;
  readonly timeoutMinutes?: ScalarNode;
  readonly continueOnError?: ScalarNode;
  readonly steps: readonly Step[];
  readonly at?: SourceRange;
}

/** `matrix` may be an expression as a whole, or hold expressions anywhere. */
export interface Strategy {
  readonly matrix?: Node;
  readonly failFast?: ScalarNode;
  readonly maxParallel?: ScalarNode;
}

export type Step = RunStep | ActionStep;

interface StepBase {
  readonly id?: string;
  readonly name?: ScalarNode;
  readonly if?: ScalarNode;
  readonly env?: Node;
  readonly continueOnError?: ScalarNode;
  readonly timeoutMinutes?: ScalarNode;
  readonly at?: SourceRange;
}

export interface RunStep extends StepBase {
  readonly kind: 'run';
  readonly run: ScalarNode;
  readonly shell?: ScalarNode;
  readonly workingDirectory?: ScalarNode;
}

export interface ActionStep extends StepBase {
  readonly kind: 'action';
  readonly uses: string;
  readonly with?: Node;
}

export type JobResult = 'success' | 'failure' | 'cancelled' | 'skipped';

export function scalar(value: ScalarNode['value']): ScalarNode {
  return { kind: 'scalar', value };
}

export function sequence(items: readonly Node[]): SequenceNode {
  return { kind: 'sequence', items };
}

/** A mapping with string keys, in the order given. */
export function mapping(entries: Readonly<Record<string, Node>>): MappingNode {
  return { kind: 'mapping', entries: Object.entries(entries).map(([key, value]) => ({ key: scalar(key), value })) };
}
