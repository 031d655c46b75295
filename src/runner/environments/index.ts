/** Places to run commands in, and the clocks to measure them by. */
export { strongestContainment } from './containment.ts';
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
