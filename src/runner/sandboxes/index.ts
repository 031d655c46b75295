/** The sandboxes of tasks: boxes of the container engine, made of what this machine has. */
export { takeBackFiles } from './file-owner.ts';
export { findReplaceable, type SandboxGround } from './mounts.ts';
export { type BoxGit, createSandboxes, findSandboxFaults, type GitPlace, type SandboxesSettings } from './sandboxes.ts';
