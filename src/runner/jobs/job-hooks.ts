/** The scripts that the owner of a runner has run around each job: ACTIONS_RUNNER_HOOK_JOB_STARTED and _COMPLETED. */
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { type RunStep, scalar } from '../../workflow/index.ts';
import { failedStep, type JobPlace, scriptHandler } from '../steps/index.ts';
import type { ExtraStep } from './frame.ts';

/** Absolute paths on this machine. */
export interface JobHooks {
  readonly started?: string;
  readonly completed?: string;
}

/** As GitHub names them. */
const NAMES = { started: 'Set up runner', completed: 'Complete runner' };

/** What runs them, by how they are called. */
const SHELLS: Readonly<Record<string, string>> = {
  '.sh': 'bash --noprofile --norc -e -o pipefail',
  '.ps1': 'pwsh -NoLogo -NoProfile -File',
};

/** It runs like a step of the job's own shell, and sees its environment files. */
export function hookStage(moment: keyof JobHooks, script: string, place: JobPlace): ExtraStep {
  const shell = SHELLS[extname(script)];
  const step: RunStep = {
    kind: 'run',
    name: scalar(NAMES[moment]),
    run: scalar(`exec ${shell ?? ''} ${quoted(script)}`),
    shell: scalar('bash'),
    ...(moment === 'completed' ? { if: scalar('always()') } : {}),
  };
  const runs = scriptHandler({ place, step, defaults: {}, github: {} });
  return {
    step,
    id: `__runner_${moment}`,
    handler: async (call) => {
      if (shell === undefined) {
        return failedStep('not-started', `'${script}' is not a valid path to a script: it must end in '.sh' or '.ps1'`);
      }
      return existsSync(script) ? runs(call) : failedStep('not-started', `the hook ${script} does not exist`);
    },
  };
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
