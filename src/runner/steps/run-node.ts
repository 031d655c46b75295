/** Stages of Node actions: always on the Node that runs orch. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { err, ok } from '../../shared/result.ts';
import type { JsonObject } from '../../workflow/index.ts';
import { actionHeader } from './action-header.ts';
import type { StepCall, StepEnd } from './handler.ts';
import { innerPath } from './inside.ts';
import type { JobPlace } from './job-place.ts';
import { runStage } from './stage.ts';

export interface NodeStage {
  readonly place: JobPlace;
  readonly call: StepCall;
  /** The action's directory, and a file in it. */
  readonly directory: HostPath;
  readonly file: string;
  /** For the log. */
  readonly title: string;
  readonly github: JsonObject;
  readonly inputs: Readonly<Record<string, string>>;
  /** Shared by the stages of one step. */
  readonly state: Map<string, string>;
}

export function runNode({ place, call, directory, file, title, github, inputs, state }: NodeStage): Promise<StepEnd> {
  const program = join(directory, file);
  const inner = (path: string): string => innerPath(place, path);
  return runStage({
    place,
    call,
    github,
    state,
    prepare: async () =>
      existsSync(program)
        ? ok({
            kind: 'node',
            argv: [place.inside?.node ?? process.execPath, inner(program)],
            cwd: hostPath(inner(place.workspace)),
            header: actionHeader(title, inputs, call.env),
            inputs,
          })
        : err({
            code: 'action-not-found',
            message: `File not found: '${program}'`,
            hint: 'actions run as they are committed: it may have to be built, and what git ignores is not there',
          }),
  });
}
