/** Looking before anything runs: `orch validate`, `plan` and `doctor`. */
import { type Command, Option } from 'commander';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { addWorkflowChoice, collect } from '../workflow-options.ts';
import { type Done, examples } from './words.ts';

export function addChecking(program: Command, done: Done): void {
  program
    .command('validate')
    .summary('check files and run nothing')
    .description(
      'Checks orchestrator.yaml files, workflows and action.yml files, and names every mistake with its place.',
    )
    .argument('[files...]', `files (default: ${DEFAULT_CONFIG})`)
    .addOption(
      new Option('--format <format>', 'how to show the mistakes').choices(['text', 'json', 'github']).default('text'),
    )
    .addHelpText('after', examples(['orch validate', 'orch validate --format github ci/orchestrator.yaml']))
    .action(async (files: readonly string[], options) =>
      done(await (await import('../commands/validate.ts')).validate({ ...options, files })),
    );
  const plan = program
    .command('plan')
    .summary('show the job graph')
    .description('Shows what would run and in which order, without running it: tasks, or the jobs of workflows.')
    .argument('[files...]', `the orchestrator.yaml (default: ${DEFAULT_CONFIG}), or workflows: files, folders, names`)
    .option('--config <file>', 'the orchestrator.yaml, as an option')
    .option('--only <task...>', 'these tasks, and those that they depend on')
    .option('--input <name=value>', 'a value for the expressions (repeatable)', collect)
    .option('--var <name=value>', 'a variable for the expressions (repeatable)', collect)
    .addOption(new Option('--format <format>', 'how to show it').choices(['text', 'json', 'mermaid']).default('text'))
    .addHelpText(
      'after',
      examples(['orch plan', 'orch plan --format mermaid', 'orch plan ci', 'orch plan --event push']),
    )
    .action(async (files: readonly string[], options) =>
      done(await (await import('../commands/plan-files.ts')).planFiles({ ...options, files })),
    );
  addWorkflowChoice(plan);
  program
    .command('doctor')
    .summary('what this machine has')
    .description('Checks git, Node, the shell, process containment, the tasks, Docker, agent CLIs and disk space.')
    .addHelpText('after', examples(['orch doctor']))
    .action(async () => done(await (await import('../commands/doctor.ts')).doctor()));
}
