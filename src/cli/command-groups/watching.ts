/** What a run is at and what it has left: `orch status`, `logs`, `report` and `clean`. */
import { type Command, Option } from 'commander';
import { type Done, examples } from './words.ts';

export function addWatching(program: Command, done: Done): void {
  program
    .command('status')
    .summary('where a run stands')
    .description('Shows where the newest run of tasks or of a workflow stands, from any terminal; or an older one.')
    .argument('[run]', 'the run (default: the newest)')
    .addOption(new Option('--format <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples(['orch status', 'watch orch status']))
    .action(async (run: string | undefined, options) =>
      done(await (await import('../commands/status.ts')).status({ ...options, run })),
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
      done(await (await import('../commands/logs.ts')).logs({ ...options, names })),
    );
  program
    .command('report')
    .summary('write the summary of a run again')
    .description('Rebuilds the summary from the journal of a run: the same events give the same bytes.')
    .argument('[run]', 'the run (default: the newest)')
    .option('--stdout', 'print it and write nothing')
    .addHelpText('after', examples(['orch report', 'orch report --stdout 20261122-204512-k3f9']))
    .action(async (run: string | undefined, options) =>
      done(await (await import('../commands/report.ts')).report({ ...options, run })),
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
    .action(async (options) => done(await (await import('../commands/clean.ts')).clean(options)));
}
