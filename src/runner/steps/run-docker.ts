/** Stages of Docker actions: each a container of its own, in whose place the stage is run. */
import { hostPath } from '../../shared/brand.ts';
import { ok } from '../../shared/result.ts';
import type { JsonObject } from '../../workflow/index.ts';
import { actionHeader } from './action-header.ts';
import type { StepCall, StepEnd } from './handler.ts';
import { innerPath } from './inside.ts';
import type { JobPlace } from './job-place.ts';
import { runStage } from './stage.ts';

export interface DockerStage {
  /** The job's, as the action's container sees it; its processes are what `docker run` is given behind its options. */
  readonly place: JobPlace;
  readonly call: StepCall;
  readonly image: string;
  readonly args: readonly string[];
  /** What the action sets itself, under all that the workflow sets. */
  readonly env: Readonly<Record<string, string>>;
  /** For the log. */
  readonly title: string;
  readonly github: JsonObject;
  readonly inputs: Readonly<Record<string, string>>;
  /** Shared by the stages of one step. */
  readonly state: Map<string, string>;
}

export function runDocker({ place, call, env, image, args, title, inputs, ...stage }: DockerStage): Promise<StepEnd> {
  return runStage({
    place,
    call: { ...call, env: { ...env, ...call.env } },
    ...stage,
    prepare: async () =>
      ok({
        kind: 'docker',
        argv: [image, ...args],
        cwd: hostPath(innerPath(place, place.workspace)),
        header: actionHeader(title, inputs, call.env),
        inputs,
      }),
  });
}
