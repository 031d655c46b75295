/** From tasks to GitHub: `orch export-gha` and `orch parity`. */
import { type Command, Option } from 'commander';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { collect } from '../workflow-options.ts';
import { type Done, examples } from './words.ts';

export function addExport(program: Command, done: Done): void {
  program
    .command('export-gha')
    .summary('write the tasks as a GitHub workflow')
    .description(
      'Writes the tasks as a workflow for GitHub Actions, with the actions that it uses, and says what differs there.',
    )
    .option('--config <file>', `the orchestrator.yaml (default: ${DEFAULT_CONFIG})`)
    .option('--out <folder>', 'where the workflow goes (default: .github/workflows)')
    .option(
      '--actions <source>',
      'where its actions are: vendored (copied beside it) or OWNER/REPO@SHA#RELEASE',
      'vendored',
    )
    .option(
      '--event <events>',
      'what starts it, apart by commas: push, "push:main dev", pull_request, "schedule:0 6 * * 1-5", workflow_run:NAME (default: workflow_dispatch)',
    )
    .option(
      '--runs-on <labels>',
      'the labels that a runner must have, and group:NAME, apart by commas',
      'ubuntu-latest',
    )
    .option('--transport <way>', 'how commits get from job to job: artifacts, or branches that are pushed', 'artifacts')
    .option('--check', 'write nothing; exit 1 with a diff when the files are not what the tasks say')
    .addOption(new Option('--stdout', 'print the workflow and write nothing').conflicts('check'))
    .option('--force', 'overwrite files that no export has written')
    .addHelpText(
      'after',
      examples([
        'orch export-gha',
        'orch export-gha --event push,pull_request',
        'orch export-gha --check',
        'orch export-gha --stdout --runs-on self-hosted,linux',
      ]),
    )
    .action(async (options) => done(await (await import('../commands/export-gha.ts')).exportGha(options)));
  program
    .command('parity')
    .summary('prove that the tasks and the exported workflow are the same')
    .description(
      'Compares the tasks with the workflow that was exported of them: the files, and what both come to in fresh clones; names what would not work on GitHub. Needs the options that the export was written with.',
    )
    .option('--config <file>', `the orchestrator.yaml (default: ${DEFAULT_CONFIG})`)
    .option('--static', 'run nothing')
    .addOption(new Option('--with <runner>', 'run the exported workflow with another runner too').choices(['act']))
    .option('--out <folder>', 'where the workflow is (default: .github/workflows)')
    .option('--actions <source>', 'as for export-gha', 'vendored')
    .option('--event <events>', 'as for export-gha')
    .option('--runs-on <labels>', 'as for export-gha', 'ubuntu-latest')
    .option('--transport <way>', 'as for export-gha', 'artifacts')
    .option('--input <name=value>', 'a value for the expressions (repeatable)', collect)
    .option('--var <name=value>', 'a variable for the expressions (repeatable)', collect)
    .option('-s, --secret <name>', 'a secret, from the environment (repeatable)', collect)
    .option('--secret-file <file>', 'secrets as NAME=VALUE lines (repeatable)', collect)
    .option('--env-file <file>', 'host variables as NAME=VALUE lines (repeatable)', collect)
    .addOption(new Option('--format <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples(['orch parity', 'orch parity --static', 'orch parity --event push --with act']))
    .action(async (options) => done(await (await import('../commands/parity.ts')).parity(options)));
}
