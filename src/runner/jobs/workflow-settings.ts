/** What the frames of workflow jobs are opened with. */
import type { JobRequest, PlanContexts } from '../../engine/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import type { Json, RemoteReference, Workflow } from '../../workflow/index.ts';
import type { ActionStore } from '../actions/index.ts';
import type { JobEnvironment, SystemClock } from '../environments/index.ts';
import type { RunServices } from '../services/index.ts';
import type { ContainerSettings } from './job-container.ts';
import type { JobHooks } from './job-hooks.ts';
import type { LogSettings } from './open-log.ts';
import type { FailureSettings } from './workflow-standstill.ts';

export interface WorkflowFrames extends LogSettings {
  /** The run's id, as in the journal. */
  readonly run: string;
  /** The repository that the run is of. */
  readonly repository: {
    /** `owner/name`. */
    readonly name: string;
    /** Such as `https://github.com`. */
    readonly serverUrl: string;
    /** The commit that workspaces are made of. */
    readonly commit: string;
    /** What `github.ref` says. */
    readonly ref: string;
  };
  /** The file that a job comes from; jobs of called workflows have their own. */
  readonly sourceOf: (request: JobRequest) => JobSource;
  /** Makes the job's working tree, or finds the one that it has. */
  readonly workspace: (leg: string, there: boolean) => Promise<JobWorkspace>;
  /** A directory of the run; each job gets a RUNNER_TEMP below it, removed at its end. */
  readonly temp: HostPath;
  /** RUNNER_TOOL_CACHE, shared by jobs; made when it is missing. */
  readonly toolCache: HostPath;
  /** The event's payload, for GITHUB_EVENT_PATH. */
  readonly event: string;
  /** What steps inherit of this machine, such as PATH and HOME. Nothing else of orch's own environment reaches them. */
  readonly hostEnv: Readonly<Record<string, string>>;
  /** Opens the place for a job's processes; the directory is the job's own. */
  readonly openProcesses: (directory: HostPath) => JobEnvironment;
  readonly clock: Pick<SystemClock, 'now' | 'after'>;
  readonly actions: ActionStore;
  /** What is done about a step that fails; by default nothing. */
  readonly failures?: FailureSettings;
  /** Run around every job. */
  readonly hooks?: JobHooks;
  /** Steps of a job that are left out, by index: why. */
  readonly leftOut?: (request: JobRequest, index: number) => string | undefined;
  /** The bundle of `steps/hash-files-program.ts`. */
  readonly hashProgram: HostPath;
  readonly containers: ContainerSettings;
  readonly services: RunServices;
}

export interface JobSource {
  readonly workflow: Pick<Workflow, 'env' | 'defaults'>;
  /** `github` holds what does not depend on the job, `token` included. */
  readonly contexts: PlanContexts;
  readonly secrets: Readonly<Record<string, string>>;
  /** Members of the `job` context: `workflow_ref`, `workflow_sha`, `workflow_repository`, `workflow_file_path`. */
  readonly job: Readonly<Record<string, Json>>;
  /** The file's own repository at its commit, for `$/…`; absent: the job's working tree as it was made. */
  readonly self?: RemoteReference;
}

export interface JobWorkspace {
  /** GITHUB_WORKSPACE. */
  readonly work: HostPath;
  /** `runner.workspace`, the directory above it. */
  readonly root: HostPath;
  /** Folders elsewhere that files in it name. */
  readonly reads?: readonly HostPath[];
  dispose(): Promise<void>;
}
