/** The options that are for workflows alone: those that choose what runs and on what, and those of a run. */
import { Command, type Option } from 'commander';

/** For `orch run` and `orch plan`. The short ones are those of act. */
export function addWorkflowChoice(command: Command): void {
  command
    .optionsGroup('For workflows:')
    .option('-W, --workflows <path>', 'a workflow or a folder of them, as an option (repeatable)', collect)
    .option('--event <event>', 'the event; without a file, all workflows that it starts run')
    .option('-e, --event-path <file>', 'the payload, as JSON (default: made from the repository)')
    .option('--ref <ref>', 'the branch or tag that the event is about (default: what is checked out)')
    .option('--all', 'run also what the filters of branches and paths leave out')
    .option('-j, --job <job>', 'this job, and those that it needs (repeatable)', collect)
    .option('--matrix <key:value>', 'only these legs (repeatable)', collect)
    .option('--input-file <file>', 'inputs as NAME=VALUE lines (repeatable)', collect)
    .option('--var-file <file>', 'variables as NAME=VALUE lines (repeatable)', collect)
    .option('-a, --actor <name>', 'who started it')
    .option('--repository <owner/name>', 'what the repository is called (default: what origin says)')
    .option('--default-branch <name>', 'its default branch (default: what origin says, else main)')
    .option(
      '-P, --platform <label=image>',
      'run jobs with this label in an image, or with LABEL=host here (repeatable)',
      collect,
    )
    .option('--action-source <url>', 'where actions come from, with {owner} and {repo} (default: GitHub)')
    .option('--action <owner/repo@ref=dir>', 'a folder in place of an action (repeatable)', collect)
    .option('--offline', 'take actions from the cache only');
}

export function addWorkflowRun(command: Command): void {
  command
    .option('--from <step>', 'with --job: begin with this step, by its id, number or name')
    .option('--pause-on-failure', 'let a job stand still at a step that fails, for orch retry or orch abort')
    .option('--shell-on-failure', 'open a shell where a step fails, then go on (needs a terminal)')
    .option('-l, --list', 'show the workflows and their jobs, and run nothing')
    .option('--env <name=value>', 'an environment variable for every step; NAME passes the value it has here', collect)
    .option('--strict', 'a job that nobody here serves leaves the run incomplete, whatever its label')
    .option('--allow-unserved', 'no such job does');
}

export function workflowOptions(): readonly Option[] {
  const command = new Command();
  addWorkflowChoice(command);
  addWorkflowRun(command);
  return command.options;
}

export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
