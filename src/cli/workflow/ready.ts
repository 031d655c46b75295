/** Workflows made ready for a command: prepared, with what is wrong or passed over said on standard error. */
import { hasErrors } from '../../shared/diagnostic.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import type { Result } from '../../shared/result.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';
import { showDiagnostics } from '../show-diagnostics.ts';
import { interruptible } from './interruptible.ts';
import { readSettings, type WorkflowOptions, type WorkflowSettings } from './options.ts';
import { configuredPlatforms } from './platforms.ts';
import { type Prepared, prepareRuns } from './prepare.ts';

export interface ReadyWorkflows {
  readonly runs: readonly Prepared[];
  readonly settings: WorkflowSettings;
  /** Some file is wrong, and these are the others. */
  readonly incomplete: boolean;
}

/** The error is an exit code: a file is wrong, or somebody wished it to stop. Throws `UsageError` when the command line is, or when nothing is there to be run. */
export async function readyWorkflows(
  project: Project,
  operands: readonly string[],
  options: WorkflowOptions & { readonly looking?: boolean },
): Promise<Result<ReadyWorkflows, number>> {
  const { root } = project.repository;
  const configured = await configuredPlatforms(root);
  if (configured === undefined) return { ok: false, error: EXIT.badInput };
  const settings = readSettings(root, options, process.env, configured);
  const request = { operands, options, settings, looking: options.looking === true };
  const preparation = await interruptible((signal) => prepareRuns(project, { ...request, signal }));
  if (preparation === undefined) return { ok: false, error: EXIT.cancelled };
  showDiagnostics(preparation.diagnostics, preparation.sources);
  for (const notice of settings.notices) process.stderr.write(`orch: ${notice}\n`);
  const { runs, diagnostics, passedOver } = preparation;
  const incomplete = hasErrors(diagnostics);
  if (runs.length > 0) return { ok: true, value: { runs, settings, incomplete } };
  if (incomplete) return { ok: false, error: EXIT.badInput };
  throw new UsageError('no workflow is started by this event', {
    hint: `${passedOver.join('\n  ')}\n  --all ignores filters`,
  });
}
