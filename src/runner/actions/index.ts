/** Actions and reusable workflows of other repositories: fetched, kept and read. */
export { copyAction, copyTree } from './action-cache.ts';
export {
  type ActionStore,
  type ActionStoreOptions,
  createActionStore,
  DEFAULT_SOURCE,
  type RemoteRepository,
} from './action-store.ts';
export { type ActionManifest, findManifest, readFileBelow, readWorkflow } from './manifest.ts';
