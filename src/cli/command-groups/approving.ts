/** `orch approve`. */
import { Argument, type Command } from 'commander';
import { type Done, examples } from './words.ts';

export function addApproving(program: Command, done: Done): void {
  program
    .command('approve')
    .summary('let a migration go on from what it proposes')
    .description(
      'Approves what the newest run of a migration has proposed, so that the next orch run goes on from there; or takes an approval back. A proposal that is changed is not approved any more.',
    )
    .addArgument(new Argument('<what>', 'what waits').choices(['migration']))
    .option('--by <name>', 'who approves it')
    .option('--note <text>', 'what there is to say about it')
    .option('--rollback-plan <file>', 'the plan to go back, where the proposal has none')
    .option('--revoke', 'take the approval back')
    .addHelpText(
      'after',
      examples([
        'orch approve migration --by "Ada Lovelace"',
        'orch approve migration --by Ada --note "after the review of 3 May" --rollback-plan rollback.md',
        'orch approve migration --revoke',
      ]),
    )
    .action(async (_what: string, options) => done(await (await import('../commands/approve.ts')).approve(options)));
}
