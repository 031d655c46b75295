/** What an orchestrator.yaml says, checked and with its defaults applied. Spans of time are milliseconds. */
import type { FailureCode } from '../shared/failure.ts';
import type { SandboxSettings } from '../shared/sandbox.ts';
import type { SourceRange } from '../shared/source.ts';
import type { MappingNode, Node, ScalarNode } from '../workflow/index.ts';

export type OnFailure = 'continue' | 'no-new' | 'kill';

export interface Config {
  /** The file as the user named it. */
  readonly file: string;
  readonly name: string;
  /** The ref that tasks start from. */
  readonly base: string;
  readonly maxParallel?: number;
  readonly onFailure: OnFailure;
  /** Values for the expressions. Scalars only. */
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly worktrees: WorktreeConfig;
  /** Labels of `runs-on` in lower case, and the image that each stands for or `host`. */
  readonly platforms: Readonly<Record<string, string>>;
  readonly onFinish?: string;
  readonly tasks: readonly Task[];
  readonly frameworkReview?: FrameworkReview;
  /** Where each top-level key was written. */
  readonly keys?: Readonly<Record<string, SourceRange>>;
}

/** What is reviewed is a main run that is over; the review has a run of its own. */
export interface FrameworkReview {
  /** After which main runs it starts by itself. */
  readonly after: 'always' | 'failure' | 'never';
  /** Its command, as the one task of that run. */
  readonly task: Task;
}

export interface WorktreeConfig {
  readonly root?: string;
  readonly copy: readonly string[];
  readonly link: readonly string[];
  readonly setup?: string;
  readonly setupTimeout: number;
}

export interface TaskSandbox {
  readonly settings: SandboxSettings;
  /** As written, in JSON. */
  readonly text: string;
}

export interface Task {
  readonly name: string;
  readonly description?: string;
  readonly command: string;
  readonly prompt?: string;
  readonly dependsOn: readonly string[];
  readonly if?: ScalarNode;
  readonly matrix?: Node;
  readonly failFast?: ScalarNode;
  readonly maxParallel?: ScalarNode;
  readonly outputs: readonly string[];
  /** The file's `env` and the task's own, merged; values may hold expressions. */
  readonly env: MappingNode;
  /** Names of host variables, the file's and the task's own. */
  readonly envFrom: readonly string[];
  readonly secrets: readonly string[];
  readonly timeout: number;
  readonly idleTimeout?: number;
  readonly startupTimeout?: number;
  readonly retries: number;
  readonly retryDelay: number;
  /** Exit codes and failure codes worth another attempt; absent means any. */
  readonly retryOn?: readonly (number | FailureCode)[];
  readonly retryFrom: 'start' | 'last';
  readonly continueOnError?: ScalarNode;
  /** Absent on this machine itself. */
  readonly sandbox?: TaskSandbox;
  readonly workingDirectory?: string;
  readonly shell?: string;
  readonly expect: readonly string[];
  readonly verify?: string;
  readonly verifyTimeout: number;
  readonly changes: 'required' | 'allowed' | 'forbidden';
  readonly commit: boolean;
  readonly artifacts: readonly string[];
  readonly mutex?: string;
  readonly at: SourceRange;
}
