/** `orch init`, `schema`, `eval` and `completion`. */
import { Argument, type Command } from 'commander';
import { DYNAMIC_LISTS, type DynamicList } from '../completion/shape.ts';
import { type Done, examples } from './words.ts';

export function addTools(program: Command, done: Done): void {
  program
    .command('init')
    .summary('write a small orchestrator.yaml to begin with')
    .description(
      'Writes a small working orchestrator.yaml, its schema for editors and an example task. Existing files are left alone.',
    )
    .addHelpText('after', examples(['orch init && orch run']))
    .action(async () => done(await (await import('../commands/init.ts')).init()));
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
