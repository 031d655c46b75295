/** The commands and their options, as commander has them; each loads its own code only when it is called. */

import { Argument, Command, CommanderError, Option } from 'commander';
import { DEFAULT_CONFIG } from '../shared/default-config.ts';
import { EXIT } from '../shared/exit-codes.ts';
import { DYNAMIC_LISTS, type DynamicList } from './completion/shape.ts';
import { VERSION } from './version.ts';
import { addWorkflowChoice, addWorkflowRun, collect } from './workflow-options.ts';

/** The exit code. Errors other than those of the command line itself are thrown. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const result = { code: EXIT.success as number };
  const program = makeProgram((code) => {
    result.code = code;
  }, argv[2]);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end this way too, with 0.
    return error.exitCode === 0 ? EXIT.success : EXIT.badInput;
  }
  return result.code;
}

type Done = (code: number) => void;

/** In the order of the help. */
const GROUPS: readonly {
  readonly names: readonly string[];
  readonly add: (program: Command, done: Done) => void;
}[] = [
  { names: ['run'], add: addRun },
  { names: ['retry', 'abort'], add: addPaused },
  { names: ['status', 'logs', 'report', 'clean'], add: addWatching },
  { names: ['validate', 'plan', 'doctor'], add: addChecking },
  { names: ['export-gha', 'parity'], add: addExport },
  // A completion script is made of all the commands.
  { names: [], add: addTools },
];

/** All commands; those beside one that is `named` only where its name is not known. */
export function makeProgram(done: Done, named = ''): Command {
  const program = new Command('orch');
  program
    .description(
      'Runs declared work unattended, in parallel, each task in its own git worktree, and proves what was done.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'help for a command')
    .showSuggestionAfterError()
    .showHelpAfterError('(orch --help lists the commands; orch help COMMAND explains one)')
    .exitOverride()
    .addHelpText('after', examples(['orch init', 'orch plan', 'orch run', 'orch status', 'orch logs -f api']));
  const one = GROUPS.find(({ names }) => names.includes(named));
  for (const { add } of one === undefined ? GROUPS : [one]) add(program, done);
  return program;
}

function addRun(program: Command, done: Done): void {
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
      const { runFiles } = await import('./commands/run-files.ts');
      done(await runFiles({ ...options, files }));
    });
  addWorkflowChoice(command);
  addWorkflowRun(command);
}

function addPaused(program: Command, done: Done): void {
  const add = (how: 'retry' | 'abort', summary: string, description: string): void => {
    program
      .command(how)
      .summary(summary)
      .description(description)
      .argument('[run]', 'the run (default: the newest that is paused)')
      .option('--job <job...>', 'only these jobs or legs (default: all that are paused)')
      .option('--secret <name>', 'a secret, from the environment (repeatable)', collect)
      .option('--secret-file <file>', 'secrets as NAME=VALUE lines (repeatable)', collect)
      .addOption(uiOption())
      .addHelpText('after', examples([`orch ${how}`, `orch ${how} 20261122-204512-k3f9 --job test`]))
      .action(async (run: string | undefined, options) =>
        done(await (await import('./commands/go-on.ts')).goOn(how, { ...options, run })),
      );
  };
  add(
    'retry',
    'repeat the step at which a run is paused',
    'Goes on with a workflow run that is paused: the failed step again, with the files as they are now, then the rest.',
  );
  add(
    'abort',
    'let the failure stand at which a run is paused',
    'Ends the jobs at which a workflow run is paused: the last stages of their actions run, and the failure stands.',
  );
}

function addWatching(program: Command, done: Done): void {
  program
    .command('status')
    .summary('where a run stands')
    .description('Shows where the newest run of tasks or of a workflow stands, from any terminal; or an older one.')
    .argument('[run]', 'the run (default: the newest)')
    .addOption(new Option('--format <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples(['orch status', 'watch orch status']))
    .action(async (run: string | undefined, options) =>
      done(await (await import('./commands/status.ts')).status({ ...options, run })),
    );
  program
    .command('logs')
    .summary('what a task or job printed')
    .description('Prints the log of a task or job, or names the logs that there are.')
    .usage('[options] [run] [task or job]')
    .argument('[task...]', 'a task, a job, or a leg such as build+linux; a run before it (default: the newest)')
    .option('-f, --follow', 'go on until it ends')
    .option('--run <run>', 'the run, as an option')
    .option('-n, --tail <lines>', 'only the last lines')
    .addHelpText(
      'after',
      examples(['orch logs', 'orch logs api', 'orch logs -f api', 'orch logs -n 50 20261122-204512-k3f9 api']),
    )
    .action(async (names: readonly string[], options) =>
      done(await (await import('./commands/logs.ts')).logs({ ...options, names })),
    );
  program
    .command('report')
    .summary('write the summary of a run again')
    .description('Rebuilds the summary from the journal of a run: the same events give the same bytes.')
    .argument('[run]', 'the run (default: the newest)')
    .option('--stdout', 'print it and write nothing')
    .addHelpText('after', examples(['orch report', 'orch report --stdout 20261122-204512-k3f9']))
    .action(async (run: string | undefined, options) =>
      done(await (await import('./commands/report.ts')).report({ ...options, run })),
    );
  program
    .command('clean')
    .summary('remove what finished runs have left')
    .description(
      'Lists the worktrees, clones and processes that finished or crashed runs have left, then removes them. Branches stay, and work that was not committed is put on them first.',
    )
    .option('--dry-run', 'only list')
    .option('--older-than <span>', 'only runs that started longer ago, such as 7d')
    .option('--force', 'remove also what holds things that no branch can keep, such as repositories inside')
    .addHelpText('after', examples(['orch clean --dry-run', 'orch clean', 'orch clean --older-than 7d']))
    .action(async (options) => done(await (await import('./commands/clean.ts')).clean(options)));
}

function addChecking(program: Command, done: Done): void {
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
      done(await (await import('./commands/validate.ts')).validate({ ...options, files })),
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
      done(await (await import('./commands/plan-files.ts')).planFiles({ ...options, files })),
    );
  addWorkflowChoice(plan);
  program
    .command('doctor')
    .summary('what this machine has')
    .description('Checks git, Node, the shell, process containment, the tasks, Docker, agent CLIs and disk space.')
    .addHelpText('after', examples(['orch doctor']))
    .action(async () => done(await (await import('./commands/doctor.ts')).doctor()));
}

function addExport(program: Command, done: Done): void {
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
    .option('--runs-on <labels>', 'the labels that a runner must have, apart by commas', 'ubuntu-latest')
    .option('--transport <way>', 'how commits get from job to job: artifacts, or branches that are pushed', 'artifacts')
    .option('--check', 'write nothing; exit 1 with a diff when the files are not what the tasks say')
    .option('--stdout', 'print the workflow and write nothing')
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
    .action(async (options) => done(await (await import('./commands/export-gha.ts')).exportGha(options)));
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
    .action(async (options) => done(await (await import('./commands/parity.ts')).parity(options)));
}

function addTools(program: Command, done: Done): void {
  program
    .command('init')
    .summary('write a small orchestrator.yaml to begin with')
    .description(
      'Writes a small working orchestrator.yaml, its schema for editors and an example task. Existing files are left alone.',
    )
    .addHelpText('after', examples(['orch init && orch run']))
    .action(async () => done(await (await import('./commands/init.ts')).init()));
  program
    .command('schema')
    .summary('print the JSON Schema of orchestrator.yaml')
    .description('Prints the JSON Schema of orchestrator.yaml, for editors.')
    .addHelpText('after', examples(['orch schema > orchestrator.schema.json']))
    .action(async () => done(await (await import('./commands/schema.ts')).schema()));
  program
    .command('eval')
    .summary('evaluate a GitHub expression')
    .description('Evaluates a GitHub Actions expression, as the runner would.')
    .argument('[expression]', 'such as "github.ref == \'refs/heads/main\'"')
    .option('--contexts <file>', 'a JSON object of contexts, such as {"github": {"ref": "refs/heads/main"}}')
    .option('--batch', 'read {"expr", "contexts"} objects from standard input, one a line, and answer each')
    .addHelpText(
      'after',
      examples([
        'orch eval "contains(github.ref, \'main\')" --contexts contexts.json',
        'orch eval "format(\'{0}\', 1e15)"',
        'orch eval --batch < cases.jsonl',
      ]),
    )
    .action(async (expression: string | undefined, options) =>
      done(await (await import('./commands/eval.ts')).evaluate({ ...options, expression })),
    );
  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Prints a completion script.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples(['source <(orch completion bash)', 'orch completion fish > ~/.config/fish/completions/orch.fish']),
    )
    .action(async (shell: string) => done(await (await import('./commands/completion.ts')).completion(shell, program)));
  program
    .command('__complete', { hidden: true })
    .addArgument(new Argument('<list>').choices(DYNAMIC_LISTS))
    .action(async (list: DynamicList) => done(await (await import('./commands/complete.ts')).complete(list)));
}

function uiOption(): Option {
  return new Option('--ui <mode>', 'how to show progress (default: live on a terminal, plain elsewhere)').choices([
    'live',
    'plain',
    'json',
    'quiet',
  ]);
}

function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
