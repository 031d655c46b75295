/** What actions ask a service of GitHub for, on this machine: artifacts. */
export { type Artifact, dropUploads } from './artifact-shelf.ts';
export { createRunServices, type JobAccess, type RunServices, type RunServicesSettings } from './run-services.ts';
