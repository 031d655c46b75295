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
  readonly description?: ScalarNode;
  readonly runName?: ScalarNode;
  /** Event name to its filters and inputs, as written. */
  readonly on: MappingNode;
  readonly env?: Node;
  readonly defaults?: Node;
  readonly permissions?: Node;
  /** What its jobs may do with caches: `read`, `write`, `write-only` or `none`. */
  readonly cacheMode?: ScalarNode;
  readonly concurrency?: Node;
  readonly jobs: readonly Job[];
}

export type Job = StepsJob | CallJob;

interface JobBase {
  readonly id: string;
  readonly name?: ScalarNode;
  /** Ids as written; compared without regard to case. */
  readonly needs: readonly string[];
  /** As written, without `${{ }}` or with. Absent means `success()`. */
  readonly if?: ScalarNode;
  readonly strategy?: Strategy;
  readonly permissions?: Node;
  /** In place of the workflow's. */
  readonly cacheMode?: ScalarNode;
  readonly concurrency?: Node;
  /** From the first character of its id. */
  readonly at?: SourceRange;
}

/** A job that runs steps on a machine. */
export interface StepsJob extends JobBase {
  readonly kind: 'steps';
  readonly runsOn: Node;
  readonly env?: Node;
  readonly defaults?: Node;
  readonly environment?: Node;
  readonly container?: Node;
  /** Service id to its container; an expression may stand for the whole. */
  readonly services?: Node;
  readonly snapshot?: Node;
  readonly outputs?: MappingNode;
  readonly timeoutMinutes?: ScalarNode;
  /** Between the request to stop and the kill. */
  readonly cancelTimeoutMinutes?: ScalarNode;
  readonly continueOnError?: ScalarNode;
  readonly steps: readonly Step[];
}

/** A job that calls a reusable workflow. */
export interface CallJob extends JobBase {
  readonly kind: 'call';
  readonly uses: TextNode;
  readonly with?: Node;
  /** The text `inherit`, or the callee's secret names to their values. */
  readonly secrets?: Node;
}

/** A text that is never an expression. */
export interface TextNode extends ScalarNode {
  readonly value: string;
}

/** `matrix` may be an expression as a whole, or hold expressions anywhere. */
export interface Strategy {
  /** The whole, when it or one of its keys is an expression; then nothing else is there. */
  readonly expression?: Node;
  readonly matrix?: Node;
  readonly failFast?: ScalarNode;
  readonly maxParallel?: ScalarNode;
}

export type Step = WorkStep | ControlStep;

/** A step that does something of its own. */
export type WorkStep = RunStep | ActionStep;

/** A step that directs background steps. It has no condition: it always takes its turn. */
export type ControlStep = WaitStep | WaitAllStep | CancelStep | ParallelStep;

interface ControlBase {
  readonly id?: string;
  readonly name?: ScalarNode;
  readonly continueOnError?: ScalarNode;
  readonly at?: SourceRange;
}

interface StepBase extends ControlBase {
  readonly if?: ScalarNode;
  readonly env?: Node;
  readonly timeoutMinutes?: ScalarNode;
  /** True: later steps start while this one goes on. */
  readonly background?: boolean;
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

/** Waits for background steps; its result is the worst of theirs. */
export interface WaitStep extends ControlBase {
  readonly kind: 'wait';
  readonly targets: readonly string[];
}

export interface WaitAllStep extends ControlBase {
  readonly kind: 'wait-all';
}

export interface CancelStep extends ControlBase {
  readonly kind: 'cancel';
  readonly target: string;
}

/** Steps that run in the background all at once, and a wait for them. */
export interface ParallelStep {
  readonly kind: 'parallel';
  readonly steps: readonly WorkStep[];
  readonly at?: SourceRange;
}

export function isWorkStep(step: Step): step is WorkStep {
  return step.kind === 'run' || step.kind === 'action';
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
