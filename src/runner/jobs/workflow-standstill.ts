/** How a workflow's job stands still: what of it is written down where, and how it is found again. */
import { join } from 'node:path';
import type { JobRequest } from '../../engine/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { MachineError } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { flattenSteps, type StepsJob } from '../../workflow/index.ts';
import type { JobPlace } from '../steps/index.ts';
import type { KeptMemory } from './action-memory.ts';
import type { Closed, StandingStep, Standstill } from './frame.ts';
import { lookAround, putAside, readPutAside } from './put-aside.ts';
import { digestSteps, type ReadStandingJob, type StandingJob } from './standing-job.ts';

/** What a run does about steps that fail. */
export interface FailureSettings {
  /** Where jobs that stand still are written down: a directory a leg. */
  readonly directory: HostPath;
  /** A step that fails stops its job, which is gone on with later. */
  readonly pauses: boolean;
  /** In this process, so that what a job has left running may go on. */
  readonly staysOpen: boolean;
  /** Those of the run, by name, which are asked for again. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Told first; the job waits for it. The environment is the step's. */
  readonly onFailure?: (failed: Failed) => Promise<void>;
}

export interface Failed {
  readonly leg: string;
  readonly step: string;
  readonly message: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface StandingPlace {
  readonly request: JobRequest;
  readonly place: JobPlace;
  readonly home: HostPath;
  readonly memory: KeptMemory;
  readonly stood: StandingJob | undefined;
  /** Of this machine, also for a job in a container. */
  readonly hostEnv: Readonly<Record<string, string>>;
  readonly leave: () => Promise<Closed>;
  /** Where the job's files are on another machine: they are here too, as they are there. */
  readonly bringBack: () => Promise<void>;
}

export function createStandstill(settings: FailureSettings, job: StandingPlace): Standstill {
  const { request, place, home, memory, stood } = job;
  const { leg, job: model } = request;
  // A container goes with its job; its files are looked at with the programs of this machine.
  const processOf = ({ process }: StandingStep) =>
    process ?? { cwd: place.workspace, env: { ...job.hostEnv, ...Object.fromEntries(place.made.env) } };
  return {
    ...(stood === undefined ? {} : { before: stood.steps }),
    staysOpen: settings.staysOpen,
    onFailure: async (failed) => {
      const { cwd } = processOf(failed);
      const env = lookAround(processOf(failed));
      if (settings.onFailure !== undefined) await job.bringBack();
      await settings.onFailure?.({ leg: leg.id, step: failed.name, message: failed.failure.message, cwd, env });
      return settings.pauses;
    },
    putAside: async (steps, failed) => {
      const standing: StandingJob = {
        steps,
        done: digestSteps(model.steps, steps),
        home,
        env: place.made.env,
        path: place.made.path,
        actions: memory.remembered(),
        matchers: place.matchers.list(),
      };
      const enter = await putAside(standing, {
        directory: standingDirectory(settings, leg.id),
        temp: place.temp,
        process: processOf(failed),
        seal: { secrets: settings.secrets, mask: (text) => place.masker.maskText(text) },
      });
      return { workspace: place.workspace, enter };
    },
    leave: job.leave,
  };
}

export function standingDirectory({ directory }: Pick<FailureSettings, 'directory'>, leg: string): HostPath {
  return hostPath(join(directory, leg));
}

/** Of a job that is gone on with. Rejects with a `MachineError` when what it left is not there any more. */
export async function findStanding(
  settings: Pick<FailureSettings, 'directory' | 'secrets'>,
  leg: string,
): Promise<ReadStandingJob> {
  const found = await readPutAside(standingDirectory(settings, leg), settings.secrets);
  if (found !== undefined) return found;
  const message = `what ${leg} left when it was paused is not there any more`;
  throw new MachineError({ code: 'environment-lost', message });
}

/** Whether a job that stands still can be gone on with as it is written now; the error is a sentence. */
export async function checkStanding(
  settings: Pick<FailureSettings, 'directory' | 'secrets'>,
  leg: string,
  { steps }: StepsJob,
): Promise<Result<undefined, string>> {
  const { job } = await findStanding(settings, leg);
  const { order, background } = job.steps;
  // Behind the last step it is those in the background that are gone on with.
  const isThere = order.next < flattenSteps(steps).length || background.length > 0;
  if (isThere && digestSteps(steps, job.steps) === job.done) return ok(undefined);
  return err(`the steps of ${leg} before the one that failed are not the same any more`);
}
