/** Who this job is and where it may keep things, read from the variables that a runner gives an action. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MachineError } from '../../src/shared/failure.ts';
import type { JobIdentity } from '../../src/tasks/index.ts';

export interface Place {
  readonly job: JobIdentity;
  /** 0-based, among the legs of the job's matrix. */
  readonly index: number;
  /** The checkout. */
  readonly workspace: string;
  /** Of this job alone; kept from one of its steps to the next. */
  readonly directory: string;
  /** Where working trees are made: not in the checkout, whose tools would look into them. */
  readonly worktrees: string;
}

/**
 * `leg-index` and `matrix` are inputs that the actions fill from their defaults. Legs are numbered from 1, since a leg
 * knows its own values but not what sets it apart from the others.
 */
export async function readPlace(
  env: Readonly<Record<string, string | undefined>>,
  inputs: Readonly<Record<string, string>>,
): Promise<Place> {
  const wanted = (name: string): string => {
    const value = env[name];
    if (value !== undefined && value !== '') return value;
    throw new MachineError({ code: 'environment-lost', message: `${name} is not set: this is an action for a runner` });
  };
  const job = wanted('GITHUB_JOB');
  const index = Number(inputs['leg-index'] ?? 0);
  const isMatrix = !['', 'null'].includes((inputs['matrix'] ?? '').trim());
  const temporary = wanted('RUNNER_TEMP');
  const directory = join(temporary, 'orch');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return {
    job: {
      run: `${wanted('GITHUB_RUN_ID')}-${env['GITHUB_RUN_ATTEMPT'] ?? '1'}`,
      job,
      leg: isMatrix ? `${job}+${index + 1}` : job,
    },
    index,
    workspace: wanted('GITHUB_WORKSPACE'),
    directory,
    worktrees: join(temporary, 'orch-worktrees'),
  };
}
