/** `orch framework-review`. */
import type { Command } from 'commander';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { collect } from '../workflow-options.ts';
import { type Done, examples, uiOption } from './words.ts';

export function addFrameworkReview(program: Command, done: Done): void {
  program
    .command('framework-review')
    .summary('analyse a main run that is over')
    .description(
      'Runs what "framework_review" says on the journal of a main run that is over, and on a digest of it: a log analysis, a bug report and a fix plan, on a branch of their own. The main run and its files stay as they are.',
    )
    .argument('[run]', 'the run that is reviewed (default: the latest main run)')
    .option('--config <file>', `the orchestrator.yaml (default: ${DEFAULT_CONFIG})`)
    .option('--input <name=value>', 'a value for the expressions (repeatable)', collect)
    .option('--var <name=value>', 'a variable for the expressions (repeatable)', collect)
    .option('-s, --secret <name>', 'a secret, from the environment (repeatable)', collect)
    .option('--secret-file <file>', 'secrets as NAME=VALUE lines (repeatable)', collect)
    .option('--env-file <file>', 'host variables as NAME=VALUE lines, for env_from and secrets (repeatable)', collect)
    .option('--wait', 'wait for a run that is on to end instead of refusing')
    .option('-n, --dry-run', 'show what would run')
    .addOption(uiOption())
    .addHelpText(
      'after',
      examples(['orch framework-review', 'orch framework-review 20261122-204512-k3f9', 'orch framework-review --wait']),
    )
    .action(async (run: string | undefined, options) =>
      done(await (await import('../commands/framework-review.ts')).frameworkReview({ ...options, run })),
    );
}
