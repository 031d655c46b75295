/** What a task means: its actions, and the ports that they need filled. */
export type { ActionCall, ActionResult, Memo, TaskAction } from './action.ts';
export { concludeReview } from './conclude.ts';
export type { FileRead } from './contracts/contract.ts';
export { digestRun } from './digest-run.ts';
export { CERTIFICATE_FILES } from './environment.ts';
export { finishTask } from './finish.ts';
export { attemptBranches } from './leftovers.ts';
export type {
  Clock,
  Files,
  Globs,
  JobCommits,
  JobIdentity,
  ProcessExit,
  Processes,
  ProcessRequest,
  Progress,
  Results,
  RunHistory,
  RunningProcess,
  Sandbox,
  SandboxedProcess,
  SandboxedRequest,
  Sandboxes,
  SandboxRequest,
  TaskLog,
  TaskPorts,
  TaskProgress,
} from './ports.ts';
export { prepareTask } from './prepare.ts';
export type { Capture, Change, Repository, WorkTree } from './repository-port.ts';
export { runTask } from './run.ts';
