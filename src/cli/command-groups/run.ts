/** `orch run`. */
import { type Command, Option } from 'commander';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { addWorkflowChoice, addWorkflowRun, collect } from '../workflow-options.ts';
import { type Done, examples, uiOption } from './words.ts';

export function addRun(program: Command, done: Done): void {
  const command = program
    .command('run')
    .summary('run the tasks of an orchestrator.yaml, or workflows')
    .description(
      'Runs the declared tasks, each in its own worktree and branch, or GitHub workflows, each job in its own clone; writes logs, a journal and a summary.',
    )
    .argument('[files...]', `the orchestrator.yaml (default: ${DEFAULT_CONFIG}), or workflows: files, folders, names`)
    .option('--config <file>', 'the same, as an option')
    .option('--only <task...>', 'run these tasks, and those that they depend on')
    .option('--max-parallel <n>', 'jobs at once')
    .addOption(
      new Option('--on-failure <policy>', 'what a failure does to the rest').choices(['continue', 'no-new', 'kill']),
    )
    .option('--base <ref>', 'what the tasks start from')
    .option('--include-uncommitted', 'start from a snapshot of the working tree')
    .option('--input <name=value>', 'a value for the expressions (repeatable)', collect)
    .option(
      '--var <name=value>',
      'a variable for the expressions (repeatable); ENV:NAME=VALUE as with --secret',
      collect,
    )
    .option(
      '-s, --secret <name>',
      'a secret, from the environment (repeatable); NAME=VALUE shows it to whoever lists processes; ENV:NAME is for jobs of that environment',
      collect,
    )
    .option('--secret-file <file>', 'secrets as NAME=VALUE lines (repeatable)', collect)
    .option('--env-file <file>', 'host variables as NAME=VALUE lines, for env_from and secrets (repeatable)', collect)
    .option('--rerun-failed <run>', 'run again what did not succeed in that run; the rest is reused')
    .option('--no-on-finish', 'do not start what "on_finish" says')
    .option('--no-framework-review', 'do not review the run afterwards, whatever "framework_review" says')
    .option('--wait', 'wait for another run to end instead of refusing')
    .option('-n, --dry-run', 'show what would run')
    .addOption(uiOption())
    .addHelpText(
      'after',
      examples([
        'orch run',
        'orch run --only api --max-parallel 2',
        'orch run --rerun-failed 20261122-204512-k3f9',
        'orch run .github/workflows/ci.yml',
        'orch run ci --job test --matrix node:20',
        'orch run --event pull_request',
        'orch run --event workflow_dispatch -W .github/workflows/release.yml --input level=minor',
        'orch run --list',
      ]),
    )
    .action(async (files: readonly string[], options) => {
      const { runFiles } = await import('../commands/run-files.ts');
      done(await runFiles({ ...options, files }));
    });
  addWorkflowChoice(command);
  addWorkflowRun(command);
}
