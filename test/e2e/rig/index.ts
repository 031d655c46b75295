/** What end-to-end tests are made of. */

export {
  atEngine,
  BASE_IMAGE,
  docker,
  ENGINE_SOCKET,
  overNetwork,
  SMALL_IMAGE,
  whyNoContainers,
  whyNoRegistry,
} from './containers.ts';
export {
  attemptsOf,
  type EventOf,
  endings,
  eventsOf,
  finished,
  type RunEvent,
  readJournal,
  taskOf,
  warningsOf,
} from './journal.ts';
export { type OrchOptions, type OrchResult, orch, type StartedOrch, startOrch } from './orch.ts';
export { isAlive, peakMemory, processesNamed, processesWith } from './processes.ts';
export { CONFIG, type ConfigSource, createRepository, type Repository, type TaskSource } from './repository.ts';
export { createServer, type Server } from './server.ts';
export { artifactAction, bundledAction } from './toolkit.ts';
export { branchesOf, checkoutOf, digest, filesBelow, NO_TRACES, tracesOf } from './traces.ts';
export { waitUntil } from './wait.ts';
export { createWorkflowRepository, type RunFolder, readOnlyRun } from './workflows.ts';
