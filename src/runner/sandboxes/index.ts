/** The sandboxes of tasks: boxes of the container engine, made of what this machine has. */
export { findReplaceable, type SandboxGround } from './mounts.ts';
export { type BoxGit, createSandboxes, findSandboxFaults, type GitPlace, type SandboxesSettings } from './sandboxes.ts';
