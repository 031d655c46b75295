/** Going on with a run that is paused: `orch retry` and `orch abort`. */
import type { Command } from 'commander';
import { collect } from '../workflow-options.ts';
import { type Done, examples, uiOption } from './words.ts';

export function addPaused(program: Command, done: Done): void {
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
        done(await (await import('../commands/go-on.ts')).goOn(how, { ...options, run })),
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
