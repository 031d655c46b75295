/** `orch init`, `schema`, `eval` and `completion`. */
import { Argument, type Command, Option } from 'commander';
import { DYNAMIC_LISTS, type DynamicList } from '../completion/shape.ts';
import { CONTOUR_NAMES } from '../init/contour-names.ts';
import { type Done, examples } from './words.ts';

/** May be given more than once. */
function contourOption(): Option {
  const option = new Option('--contour <name>', 'add a built-in contour with its prompts and templates (repeatable)');
  option.choices(CONTOUR_NAMES);
  const { parseArg } = option;
  return option.argParser((name: string, before?: readonly string[]) => {
    parseArg?.(name, undefined);
    return [...(before ?? []), name];
  });
}

export function addTools(program: Command, done: Done): void {
  program
    .command('init')
    .summary('write a small orchestrator.yaml to begin with')
    .description(
      'Writes a small working orchestrator.yaml, its schema for editors and an example task. Existing files are left alone; a contour is added at the end of an orchestrator.yaml that is there.',
    )
    .addOption(contourOption())
    .addHelpText('after', examples(['orch init && orch run', 'orch init --contour review']))
    .action(async (options) => done(await (await import('../commands/init.ts')).init(options)));
  program
    .command('schema')
    .summary('print the JSON Schema of orchestrator.yaml')
    .description('Prints the JSON Schema of orchestrator.yaml, for editors.')
    .addHelpText('after', examples(['orch schema > orchestrator.schema.json']))
    .action(async () => done(await (await import('../commands/schema.ts')).schema()));
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
      done(await (await import('../commands/eval.ts')).evaluate({ ...options, expression })),
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
    .action(async (shell: string) =>
      done(await (await import('../commands/completion.ts')).completion(shell, program)),
    );
  program
    .command('__complete', { hidden: true })
    .addArgument(new Argument('<list>').choices(DYNAMIC_LISTS))
    .action(async (list: DynamicList) => done(await (await import('../commands/complete.ts')).complete(list)));
}
