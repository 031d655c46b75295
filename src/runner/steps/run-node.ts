/** Stages of Node actions: always on the Node that runs orch. */
import { join } from 'node:path';
import type { HostPath } from '../../shared/brand.ts';
import { ok } from '../../shared/result.ts';
import type { JsonObject } from '../../workflow/index.ts';
import type { StepCall, StepEnd } from './handler.ts';
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
  const shown = Object.entries(call.inputs).map(([name, value]) => `  ${name}: ${value}`);
  const variables = Object.entries(call.env).map(([name, value]) => `  ${name}: ${value}`);
  return runStage({
    place,
    call,
    github,
    state,
    prepare: async () =>
      ok({
        kind: 'node',
        argv: [process.execPath, join(directory, file)],
        cwd: place.workspace,
        header: [
          `##[group]${title}`,
          ...(shown.length > 0 ? ['with:', ...shown] : []),
          ...(variables.length > 0 ? ['env:', ...variables] : []),
          '##[endgroup]',
        ],
        inputs,
      }),
  });
}
