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
  readonly migration?: Migration;
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

export interface Migration {
  /** The names of the tasks that may only propose. */
  readonly tasks: readonly string[];
  /** Whose reviewers approve on GitHub. */
  readonly environment: string;
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
  /** The task that this is a job of, when a contour has added it. */
  readonly partOf?: string;
  readonly shape?: JobShape;
  readonly at: SourceRange;
}

/** What is not usual about the job that a task becomes: contours are made of it. */
export interface JobShape {
  /** The jobs whose results it begins with, when these are not all that it needs. */
  readonly startsWith?: readonly string[];
  /** What those that run although it was skipped begin with in its place; what it needs unless said. */
  readonly behind?: readonly string[];
  /** A condition of all its steps, for a job that may be there for nothing. */
  readonly stepsIf?: string;
  /** Outputs of the step that runs, beside the declared ones. */
  readonly outputs?: readonly string[];
  /** More inputs of the actions. */
  readonly prepare?: Readonly<Record<string, string>>;
  readonly run?: Readonly<Record<string, string>>;
  /** Nothing of the user's runs in it, so that nothing has to be set up. */
  readonly isBare?: true;
  /** The action that stands in the place of the one that runs a command. */
  readonly action?: { readonly name: 'conclude-review'; readonly inputs: Readonly<Record<string, string>> };
}
