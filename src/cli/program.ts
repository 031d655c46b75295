/** The commands, as commander has them; each loads its own code only when it is called. */

import { Command, CommanderError } from 'commander';
import { EXIT } from '../shared/exit-codes.ts';
import { addApproving } from './command-groups/approving.ts';
import { addChecking } from './command-groups/checking.ts';
import { addExport } from './command-groups/exporting.ts';
import { addFrameworkReview } from './command-groups/framework-review.ts';
import { addPaused } from './command-groups/paused.ts';
import { addRun } from './command-groups/run.ts';
import { addTools } from './command-groups/tools.ts';
import { addWatching } from './command-groups/watching.ts';
import { type Done, examples } from './command-groups/words.ts';
import { VERSION } from './version.ts';

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

/** In the order of the help. */
const GROUPS: readonly {
  readonly names: readonly string[];
  readonly add: (program: Command, done: Done) => void;
}[] = [
  { names: ['run'], add: addRun },
  { names: ['framework-review'], add: addFrameworkReview },
  { names: ['retry', 'abort'], add: addPaused },
  { names: ['approve'], add: addApproving },
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
