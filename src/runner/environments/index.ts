/** Places to run commands in, and the clocks to measure them by. */
export { strongestContainment } from './containment.ts';
export { isStartedBy } from './cookie.ts';
export { startActionContainer } from './docker/action-container.ts';
export { whyNoBoxes } from './docker/box-refusals.ts';
export { type PackedContext, packContext } from './docker/build-context.ts';
export { type BuildSettings, buildImage } from './docker/build-image.ts';
export type { Carrier } from './docker/carrier.ts';
export type { CreateDraft } from './docker/create-draft.ts';
export { readCreateOptions } from './docker/create-options.ts';
export { type Engine, openEngine, requireEngine } from './docker/engine.ts';
export { readEngineFacts } from './docker/engine-facts.ts';
export { type Externals, type ExternalsSettings, pastShell, prepareExternals } from './docker/externals.ts';
export { type FileOwner, giveBack, openToAll } from './docker/file-access.ts';
export { readPorts } from './docker/flag-values.ts';
export { type Gate, openGate } from './docker/gate.ts';
export { type ImageRequest, provideImage, volumesOf } from './docker/images.ts';
export { type JobContainer, startJobContainer } from './docker/job-container.ts';
export type { Owner } from './docker/labels.ts';
export { type JobNetwork, openNetwork } from './docker/network.ts';
export { createPathMap, type Mount, type PathMap } from './docker/path-map.ts';
export { reclaimFiles } from './docker/reclaim.ts';
export { startWithFiles } from './docker/remote-steps.ts';
export { type Service, startService } from './docker/service.ts';
export { splitWords } from './docker/shell-words.ts';
export type { Supervised } from './docker/supervised.ts';
export { listContainersByRun, removeOrTell, sweepAbandoned, sweepContainers } from './docker/sweep.ts';
export { BOX_HOME, createTaskBoxes, type TaskBoxes } from './docker/task-box.ts';
export { removeVolumes } from './docker/volumes.ts';
export { listRunProcesses, type RunProcess, sweepRun } from './ending.ts';
export { createHostEnvironment, type HostOptions } from './host.ts';
export { openHostJob } from './job-environment.ts';
export type {
  Environment,
  JobEnvironment,
  JobProcess,
  ProcessExit,
  ProcessRequest,
  RunningProcess,
} from './process.ts';
export { which } from './program-lookup.ts';
export { askVersion, type VersionAnswer, type VersionQuestion } from './program-version.ts';
export { type SystemClock, systemClock } from './system-clock.ts';
