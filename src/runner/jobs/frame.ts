/** What a job has to itself while it runs: a log, and somebody for each kind of step. */
import type { JobRequest, PlanContexts, RunnerEvent } from '../../engine/index.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';
import type { JsonObject, Node, WorkStep } from '../../workflow/index.ts';
import type { FailedProcess, HashPlace, StepHandler } from '../steps/index.ts';
import type { StandingSteps } from './standing-job.ts';

export interface JobFrame {
  /** Undefined when nobody here can run such a step. `index` counts the steps as they take their turns. */
  handlerFor(step: WorkStep, index: number): StepHandler | undefined;
  /** A line of orch's own in the job's log. */
  note(line: string): void;
  /** Tells of a failed step in the job's log; by default with a note. */
  readonly tellFailure?: (failure: Failure) => void;
  /** The last that each step printed, for reports; a task's attempts have logs of their own. */
  readonly recent?: RecentOutput;
  /** Aborted when the job cannot go on, such as when its log cannot be written. */
  readonly lost: AbortSignal;
  /** What a job of a workflow has around it; a task's has nothing. */
  readonly surroundings?: Surroundings;
  /** What is done about a step that fails; absent where nothing is. */
  readonly standstill?: Standstill;
  /** Closes what the job had open; says where its log is. */
  close(): Promise<Closed>;
}

/** A job of a workflow may stop at a step that fails, for people to look at it. */
export interface Standstill {
  /** Where the job stood in another process, when it is gone on with here. */
  readonly before?: StandingSteps;
  /** Whether the job stays open while it stands still, with what its steps have left running. */
  readonly staysOpen: boolean;
  /** Told of a step whose failure counts, before it does. True when the job is to stand still. */
  onFailure(failed: StandingStep): Promise<boolean>;
  /** Writes down where the job stands, so that any process can go on with it. */
  putAside(steps: StandingSteps, failed: StandingStep): Promise<{ readonly workspace: string; readonly enter: string }>;
  /** Closes what the job has open, and leaves its files. */
  leave(): Promise<Closed>;
}

export interface StandingStep {
  /** What people see. */
  readonly name: string;
  readonly failure: Failure;
  /** Absent when it came to none. */
  readonly process?: FailedProcess;
}

export interface RecentOutput {
  /** A step begins. */
  mark(): void;
  /** Of the step that began last. */
  read(): readonly string[];
}

export interface Surroundings {
  readonly contexts: PlanContexts;
  readonly secrets: Readonly<Record<string, string>>;
  readonly runner: JsonObject;
  /** Of the `job` context, beside its status. */
  readonly job: JsonObject;
  /** The workflow's `env`, below the job's. */
  readonly env: Node | undefined;
  /** What steps have added to `env` so far. */
  added(): Readonly<Record<string, string>>;
  readonly hashes: HashPlace;
  /** Steps that are left out: the sentence that says why. */
  leftOut(index: number): string | undefined;
  /** Fetches and starts what the steps need; the stages that come before them. `env` is the job's. */
  setUp(env: Readonly<Record<string, string>>, cancelled: AbortSignal): Promise<Result<readonly ExtraStep[], Failure>>;
  /** The stage that comes next after the steps: the one that was registered last. */
  takePost(): ExtraStep | undefined;
  /** Of the step in the background with this index. */
  sideOf(index: number): SidePlace;
  /** A line of the log as GitHub prints it. */
  readonly print: (line: string) => void;
  /** A line for whoever debugs; absent when nobody does. */
  readonly debug?: (line: string) => void;
}

/** What a step in the background does to its job stays with it until it is joined. */
export interface SidePlace {
  /** Its turn has come: it sees what the job has now, and nothing of what comes later. */
  begin(): void;
  /** A line in its output. */
  readonly print: (line: string) => void;
  /** Writes its output so far into the job's log, and what follows as it comes. */
  show(): Promise<void>;
  /** Gives the job the variables and paths that it has added. */
  join(): void;
}

/** What runs in a job and is no step of it: an action's `pre` or `post`, a hook of the runner. */
export interface ExtraStep {
  /** For an action the step that uses it, with the stage's condition and name. */
  readonly step: WorkStep;
  readonly id: string;
  readonly handler: StepHandler;
}

export interface Closed {
  readonly log: { readonly path: string; readonly bytes: number; readonly sha256: string };
  /** Why what the job left is not whole. */
  readonly failure?: Failure;
}

export type OpenFrame = (request: JobRequest, emit: (event: RunnerEvent) => void) => Promise<JobFrame>;
