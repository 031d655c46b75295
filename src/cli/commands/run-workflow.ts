/** `orch run` of workflows: from names and an event to a report a run. */
import { type OpenFrame, openWorkflowFrames, type WorkflowFrames } from '../../runner/jobs/index.ts';
import { openTerminal, renderDiagnostics, type UiMode } from '../../ui/index.ts';
import { EXIT } from '../exit-codes.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';
import { parallelism } from '../run/setup.ts';
import { executeWorkflow } from '../workflow/execute.ts';
import { interruptible } from '../workflow/interruptible.ts';
import { listWorkflows } from '../workflow/listing.ts';
import { readSettings, type WorkflowOptions } from '../workflow/options.ts';
import { type Preparation, prepareRuns } from '../workflow/prepare.ts';

export interface RunWorkflowOptions extends WorkflowOptions {
  readonly operands: readonly string[];
  readonly list?: boolean;
  readonly dryRun?: boolean;
  readonly maxParallel?: string;
  readonly ui?: UiMode;
}

/** Several workflows run one after the other, each with a journal and a summary; the worst exit code is the answer. */
export async function runWorkflows(project: Project, options: RunWorkflowOptions): Promise<number> {
  const open: (frames: WorkflowFrames) => OpenFrame = openWorkflowFrames;
  const maxParallel = parallelism(options.maxParallel, undefined);
  const settings = readSettings(project.repository.root, options, process.env);
  const request = { operands: options.operands, options, settings };
  const preparation = await interruptible((signal) => prepareRuns(project, { ...request, signal }));
  if (preparation === undefined) return EXIT.cancelled;
  showDiagnostics(preparation);
  for (const notice of settings.notices) process.stderr.write(`orch: ${notice}\n`);
  const { runs, diagnostics, passedOver } = preparation;
  if (diagnostics.some(({ severity }) => severity === 'error')) return EXIT.badInput;
  if (runs.length === 0) {
    throw new UsageError('no workflow is started by this event', {
      hint: `${passedOver.join('\n  ')}\n  --all ignores filters`,
    });
  }
  if (options.list === true || options.dryRun === true) {
    process.stdout.write(listWorkflows(runs));
    return EXIT.success;
  }
  const ui = options.ui === undefined ? {} : { ui: options.ui };
  let worst: number = EXIT.success;
  for (const prepared of runs) {
    const { exitCode, stopped } = await executeWorkflow(project, { prepared, settings, maxParallel, open, ...ui });
    worst = worseOf(worst, exitCode);
    if (stopped) break;
  }
  return worst;
}

/** A failure says more than a job that nobody served, and a wish to stop more than either. */
function worseOf(one: number, other: number): number {
  const order: readonly number[] = [EXIT.success, EXIT.incomplete, EXIT.failed, EXIT.cancelled];
  return order.indexOf(other) > order.indexOf(one) ? other : one;
}

function showDiagnostics({ diagnostics, sources }: Preparation): void {
  if (diagnostics.length === 0) return;
  const terminal = openTerminal(process.stderr, process.env);
  const view = { sources, chalk: terminal.chalk, columns: terminal.size().columns };
  terminal.write(renderDiagnostics(diagnostics, 'text', view));
}
