/** `orch init`: a small orchestrator.yaml to begin with, its schema for editors, and an example task. */
import { relative } from 'node:path';
import { configSchema } from '../../orchestrator/index.ts';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { addFile, addToGitignore, LOGS, SUMMARY } from '../../store/index.ts';
import { type Display, openDisplay } from '../display.ts';
import { withProject } from '../project.ts';
import { ORCHESTRATOR_YAML, TASK_PAGE, TASK_PAGE_TEXT } from './init-files.ts';

const SCHEMA_FILE = 'framework/orchestrator/orchestrator.schema.json';

const FILES: readonly (readonly [string, string])[] = [
  [DEFAULT_CONFIG, ORCHESTRATOR_YAML],
  [SCHEMA_FILE, `${JSON.stringify(configSchema, null, 2)}\n`],
  [TASK_PAGE, TASK_PAGE_TEXT],
];

/** What a run writes into the checkout. */
const OUTPUT: readonly string[] = [`/${LOGS}/`, `/${SUMMARY}`];

export async function init(): Promise<number> {
  return withProject(async ({ repository: { root } }) => {
    const display = openDisplay();
    const { chalk } = display.look;
    for (const [path, text] of FILES) {
      const written = addFile(root, path, text) === 'written';
      say(
        display,
        written ? chalk.green('wrote') : chalk.yellow('kept '),
        `${path}${written ? '' : ' (it was there)'}`,
      );
    }
    const ignored = addToGitignore(root, OUTPUT);
    if (!ignored.ok) say(display, chalk.yellow('kept '), `${ignored.problem}; it should hold ${OUTPUT.join(' and ')}`);
    else if (ignored.added.length > 0) say(display, chalk.green('added'), `${ignored.added.join(', ')} to .gitignore`);
    display.terminal.write(`\n${nextCommands(display, root)}`);
    return EXIT.success;
  });
}

function say({ terminal }: Display, did: string, what: string): void {
  terminal.write(`${did}  ${what}\n`);
}

function nextCommands({ look: { chalk } }: Display, root: string): string {
  const here = relative(root, process.cwd()) === '';
  const commands = [
    ['orch plan', 'see what would run'],
    ['orch run', 'run it'],
    ['git branch --list "orch/*"', 'see what came of it'],
  ] as const;
  const lines = commands.map(([command, what]) => `  ${chalk.cyan(command.padEnd(28))}${what}\n`);
  return `Next${here ? '' : ', anywhere in the repository'}:\n${lines.join('')}`;
}
