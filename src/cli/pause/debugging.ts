/** The options for debugging a workflow run: what they come to for one run, and when they cannot be meant. */
import { resolve } from 'node:path';
import { UsageError } from '../explain.ts';
import type { Execution } from '../workflow/execute.ts';
import type { WorkflowOptions, WorkflowSettings } from '../workflow/options.ts';
import type { Prepared } from '../workflow/prepare.ts';
import { type From, findFrom } from './from-step.ts';
import type { Pausing } from './pausing.ts';
import { type ResumeRecord, shapeOf } from './resume-file.ts';
import { createFailureShell } from './shell.ts';

export interface Debugging {
  readonly options: WorkflowOptions;
  readonly settings: WorkflowSettings;
  readonly maxParallel: number;
}

/** Throws `UsageError`. */
export function debuggingOf(
  prepared: Prepared,
  { options, settings, maxParallel }: Debugging,
): Pick<Execution, 'from' | 'pausing' | 'ui'> {
  const from = options.from === undefined ? undefined : findFrom(prepared.file.workflow, settings.jobs, options.from);
  const pauses = options.pauseOnFailure === true;
  if (options.shellOnFailure === true && !onTerminal()) {
    throw new UsageError('--shell-on-failure needs a terminal', {
      hint: 'without one, --pause-on-failure keeps the job for later',
    });
  }
  const pausing: Pausing = {
    waits: pauses && onTerminal(),
    ...(options.shellOnFailure === true ? { onFailure: createFailureShell() } : {}),
    ...(pauses ? { record: recordOf(prepared, { options, settings, maxParallel }, from) } : {}),
  };
  return {
    ...(from === undefined ? {} : { from }),
    ...(pauses || options.shellOnFailure === true ? { pausing } : {}),
    // Nothing may be drawn over a shell.
    ...(options.shellOnFailure === true ? { ui: 'plain' as const } : {}),
  };
}

/** Somebody is there, who reads what is said and can answer. */
export function onTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

function recordOf(
  { run, event, facts, tree, inputs, title, file, resolved }: Prepared,
  { options, settings, maxParallel }: Debugging,
  from: From | undefined,
): ResumeRecord {
  const { env, vars, offline, incomplete, jobs } = settings;
  return {
    version: 1,
    file: file.path,
    secrets: Object.keys(settings.secrets),
    secretFiles: (options.secretFile ?? []).map((path) => resolve(path)),
    maxParallel,
    ...(options.actionSource === undefined ? {} : { actionSource: options.actionSource }),
    settings: {
      env,
      vars,
      offline,
      incomplete,
      ...(jobs === undefined ? {} : { jobs }),
      matrix: [...settings.matrix],
      folders: [...settings.folders],
      labels: [...settings.labels],
      images: [...settings.images],
    },
    prepared: { run, event, facts, tree, inputs, title },
    ...(from === undefined ? {} : { from }),
    shape: shapeOf(resolved),
  };
}
