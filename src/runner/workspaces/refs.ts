/** Moves branches of the repository; nothing else of it is touched, and no hook runs. */
import { MachineError } from '../../shared/failure.ts';
import { readRef } from './head-file.ts';
import type { GitRepository } from './repository.ts';

/** Makes a branch, or accepts one that already stands there. Call it under the repository's lock. */
export async function createBranch(repository: GitRepository, branch: string, commit: string): Promise<void> {
  const { git } = repository;
  const ref = `refs/heads/${branch}`;
  const complaint = await git.moveRef(ref, commit, git.nullId);
  if (complaint === undefined) return;
  const there = await readRef(git, repository.commonDir, ref);
  if (there === commit) return;
  throw there === undefined
    ? refused(branch, complaint)
    : new MachineError({ code: 'environment-lost', message: `the branch ${branch} exists already, at ${there}` });
}

/** Points a branch at a commit, unless it moves meanwhile. Call it under the repository's lock. */
export async function moveBranch(repository: GitRepository, branch: string, commit: string): Promise<void> {
  const { git, commonDir } = repository;
  const ref = `refs/heads/${branch}`;
  const before = await readRef(git, commonDir, ref);
  if (before === commit) return;
  const complaint = await git.moveRef(ref, commit, before ?? git.nullId);
  if (complaint !== undefined) throw refused(branch, complaint);
}

function refused(branch: string, stderr: string): MachineError {
  if (/no space left/i.test(stderr))
    return new MachineError({ code: 'disk-full', message: 'git update-ref: the disk is full' });
  const inTheWay = /'refs\/heads\/([^']+)' exists; cannot create/.exec(stderr)?.[1];
  if (inTheWay !== undefined) {
    return new MachineError({
      code: 'environment-lost',
      message: `the branch ${branch} cannot be made: git cannot have it beside the branch ${inTheWay}`,
      hint: `rename it: git branch -m ${inTheWay} <new name>`,
    });
  }
  const reason =
    stderr
      .trim()
      .split('\n')[0]
      ?.replace(/^(fatal|error): (start: |commit: )?/, '') ?? '';
  return new MachineError({ code: 'environment-lost', message: `the branch ${branch} cannot be set: ${reason}` });
}
