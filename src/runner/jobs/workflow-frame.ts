/** What the frames of workflow jobs on this machine are made from. */
import type { JobRequest, PlanContexts } from '../../engine/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import type { Masker } from '../../shared/mask.ts';
import type { Json, Workflow } from '../../workflow/index.ts';
import type { ActionStore } from '../actions/index.ts';
import type { Environment, SystemClock } from '../environments/index.ts';

export interface WorkflowFrames {
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
  /** Makes the job's working tree. */
  readonly workspace: (leg: string) => Promise<JobWorkspace>;
  /** A directory of the run; each job gets a RUNNER_TEMP below it, removed at its end. */
  readonly temp: HostPath;
  /** RUNNER_TOOL_CACHE, shared by jobs; made when it is missing. */
  readonly toolCache: HostPath;
  /** The event's payload, for GITHUB_EVENT_PATH. */
  readonly event: string;
  /** What steps inherit of this machine, such as PATH and HOME. Nothing else of orch's own environment reaches them. */
  readonly hostEnv: Readonly<Record<string, string>>;
  readonly processes: Environment;
  readonly clock: Pick<SystemClock, 'now' | 'after'>;
  readonly masker: Masker;
  /** Where the log of a leg goes: a file that is not there yet, its name for people, and whom to tell that it is. */
  readonly logOf: (leg: string) => { readonly path: string; readonly shown: string; readonly published: () => void };
  /** The last line that a leg has printed. */
  readonly onLine: (leg: string, line: string) => void;
  readonly actions: ActionStore;
  /** The bundle of `steps/hash-files-program.ts`. */
  readonly hashProgram: HostPath;
}

export interface JobSource {
  readonly workflow: Pick<Workflow, 'env' | 'defaults'>;
  /** `github` holds what does not depend on the job, `token` included. */
  readonly contexts: PlanContexts;
  readonly secrets: Readonly<Record<string, string>>;
  /** Members of the `job` context: `workflow_ref`, `workflow_sha`, `workflow_repository`, `workflow_file_path`. */
  readonly job: Readonly<Record<string, Json>>;
  /** The root of the file's own repository at its commit, for `$/…`; absent: the job's working tree as it was made. */
  readonly root?: HostPath;
}

export interface JobWorkspace {
  /** GITHUB_WORKSPACE. */
  readonly work: HostPath;
  /** `runner.workspace`, the directory above it. */
  readonly root: HostPath;
  dispose(): Promise<void>;
}
