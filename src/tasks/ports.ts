/**
 * What the task semantics need from the world. Adapters fill these here (`runner/`) and in the bundled actions; the
 * code in this folder touches nothing else. Paths are absolute on the machine that runs the task. An adapter that
 * fails because of the machine throws `MachineError`.
 */
import type { HostPath } from '../shared/brand.ts';
import type { Failure } from '../shared/failure.ts';
import type { SandboxSettings } from '../shared/sandbox.ts';
import type { AttemptReport, Containment } from '../shared/verdict.ts';
import type { Repository } from './repository-port.ts';

export interface TaskPorts {
  readonly job: JobIdentity;
  readonly repository: Repository;
  readonly processes: Processes;
  readonly sandboxes: Sandboxes;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly log: TaskLog;
  readonly results: Results;
  readonly history: RunHistory;
  readonly files: Files;
  readonly globs: Globs;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  /** Aborted when the job is to end; its reason is a sentence. */
  readonly signal: AbortSignal;
}

export interface JobIdentity {
  readonly run: string;
  readonly job: string;
  /** `job` or `job+leg`, unique in the run. */
  readonly leg: string;
}

/** Monotonic milliseconds, suspend not counted. */
export interface Clock {
  now(): number;
  /** Calls once after `milliseconds`; returns how to call it off. */
  after(milliseconds: number, call: () => void): () => void;
}

export interface Processes {
  start(request: ProcessRequest): Promise<RunningProcess>;
}

export interface ProcessRequest {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: HostPath;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** stdout and stderr in the order they were written. A returned promise holds the process back until it is done. */
  readonly onOutput: (chunk: Uint8Array) => void | Promise<void>;
}

/** Containers for the commands of tasks that have a `sandbox`. */
export interface Sandboxes {
  /** Makes ready what the commands of the task have in common. Throws `MachineError` where it cannot. */
  open(request: SandboxRequest): Promise<Sandbox>;
}

export interface SandboxRequest {
  readonly settings: SandboxSettings;
  readonly tree: HostPath;
  readonly branch: string;
  readonly start: string;
  /** Folders of the tree that can be written, when the rest cannot. */
  readonly writable?: readonly string[];
  /** Whether its git knows nothing but the start and the commit before it. */
  readonly isolated?: boolean;
  readonly signal: AbortSignal;
  /** Takes lines for the task's log. */
  readonly tell: (line: string) => void;
  /** A connection that was not allowed: `example.com:443`, and why. */
  readonly onRefusal: (host: string, why: string) => void;
  /** What went not quite right, a sentence each. */
  readonly onTrouble: (message: string) => void;
}

export interface Sandbox {
  /** Runs one command in a container of its own; paths of this machine are translated in it. */
  start(request: SandboxedRequest): Promise<SandboxedProcess>;
  /** Takes everything back. Nothing can be started afterwards. */
  close(): Promise<void>;
}

/** Files and directories of `Files` that the command sees beside its working tree. */
export interface SandboxedRequest extends ProcessRequest {
  readonly reads: readonly HostPath[];
  readonly writes: readonly HostPath[];
}

export interface SandboxedProcess extends RunningProcess {
  /** Of its limits those that it ran into, known when it was reaped: `memory limit of 512 MiB`. */
  reached(): readonly string[];
}

export interface RunningProcess {
  /** The command itself ended; what it left behind may still run. Never rejects. */
  readonly exit: Promise<ProcessExit>;
  /** CPU time used so far by everything the command started, in milliseconds. */
  cpuTime(): Promise<number>;
  /** Asks everything to end, and after `grace` milliseconds ends it. Resolves when the command has ended. */
  stop(grace: number): Promise<void>;
  /** Ends whatever is left of what the command started, and takes the last of its output. Call once, at the end. */
  reap(): Promise<Containment>;
}

export type ProcessExit =
  | { readonly kind: 'exited'; readonly code: number }
  /** `lost`: it was not heard of any more, and why. */
  | { readonly kind: 'signalled'; readonly signal: string; readonly lost?: string }
  | { readonly kind: 'not-started'; readonly message: string };

/** Where the command's output goes; what is behind it masks. */
export interface TaskLog {
  write(chunk: Uint8Array): void | Promise<void>;
  /** A line of orch's own among the output. */
  note(line: string): void;
}

/** Where the results of other jobs are found, and this one's is left. */
export interface Results {
  /** The legs of a job in index order, or undefined when the job was skipped. */
  of(job: string): Promise<readonly JobCommits[] | undefined>;
  publish(commits: JobCommits): Promise<void>;
}

/** What is known of runs that are over. */
export interface RunHistory {
  /** Makes these files of a run, or says why it cannot. */
  digest(run: string, files: DigestFiles): Promise<Failure | undefined>;
}

/** None of them is there yet. */
export interface DigestFiles {
  /** A copy that a reader can get through. */
  readonly journal: HostPath;
  readonly markdown: HostPath;
  readonly json: HostPath;
}

export interface JobCommits {
  readonly start: string;
  readonly result: string;
}

/** Files that belong to the job but not to its tree. */
export interface Files {
  /** A new empty directory, readable by the owner alone. */
  temporary(name: string): Promise<HostPath>;
  /** At most `limit` bytes; undefined when there is no such regular file. Symlinks are not followed. */
  read(path: HostPath, limit: number): Promise<string | undefined>;
  write(path: HostPath, text: string): Promise<void>;
  /** Of the disk that holds `path`; undefined when it does not say. */
  space(path: HostPath): Promise<Space | undefined>;
  /** A copy of a file of the user's checkout that the task's tree lacks, such as an untracked prompt. */
  fromCheckout(path: string): Promise<HostPath | undefined>;
  /** Copies what matches, regular files inside `root` only, to where the run keeps artifacts. Paths are relative to `root`. */
  keepArtifacts(
    root: HostPath,
    globs: readonly string[],
  ): Promise<readonly { readonly path: string; readonly bytes: number }[]>;
}

/** Bytes. */
export interface Space {
  /** What a user without privileges may still write. */
  readonly free: number;
  readonly size: number;
}

/** Patterns over paths, as in `expect` and `artifacts`. */
export interface Globs {
  /** Whether a path, relative to the tree and with `/`, is one that the pattern names. */
  match(pattern: string, path: string): boolean;
}

/** What happens inside the steps of a task, as it happens. */
export interface Progress {
  report(event: TaskProgress): void;
}

export type TaskProgress =
  | {
      readonly type: 'task.prepared';
      readonly branch: string;
      readonly start: string;
      readonly worktree: string;
      readonly from: readonly { readonly job: string; readonly commit: string }[];
    }
  | { readonly type: 'attempt.started'; readonly attempt: number; readonly of: number }
  | { readonly type: 'attempt.delayed'; readonly attempt: number; readonly delay: number }
  | { readonly type: 'verify.started'; readonly attempt: number }
  | ({ readonly type: 'attempt.finished' } & AttemptReport)
  | { readonly type: 'warning'; readonly code: string; readonly message: string };
