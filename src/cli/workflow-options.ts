/** The options of `orch run` that are for workflows alone. */
import type { Command } from 'commander';

export function addWorkflowOptions(command: Command): void {
  command
    .optionsGroup('For workflows:')
    .option('--event <name>', 'the event; without a file, all workflows that it starts run')
    .option('--event-path <file>', 'the payload, as JSON (default: made from the repository)')
    .option('--all', 'run also what the filters of branches and paths leave out')
    .option('--job <id...>', 'these jobs, and those that they need')
    .option('--matrix <key:value>', 'only these legs (repeatable)', collect)
    .option('--list', 'show the workflows and their jobs, and run nothing')
    .option('--env <name=value>', 'an environment variable for every step; NAME passes the value it has here', collect)
    .option('--var-file <file>', 'variables as NAME=VALUE lines (repeatable)', collect)
    .option('--actor <name>', 'who started it')
    .option('--repository <owner/name>', 'what the repository is called (default: what origin says)')
    .option('--platform <label=host>', 'run jobs with this label on this machine (repeatable)', collect)
    .option('--strict', 'a job that nobody here serves leaves the run incomplete, whatever its label')
    .option('--allow-unserved', 'no such job does')
    .option('--action-source <url>', 'where actions come from, with {owner} and {repo} (default: GitHub)')
    .option('--action <owner/repo@ref=dir>', 'a folder in place of an action (repeatable)', collect)
    .option('--offline', 'take actions from the cache only');
}

export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
