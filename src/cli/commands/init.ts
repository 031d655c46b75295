/** `orch init`: a small orchestrator.yaml to begin with, its schema for editors, an example task; contours on demand. */
import { configSchema } from '../../orchestrator/index.ts';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { addFile, addToGitignore, LOGS, SUMMARY } from '../../store/index.ts';
import { openDisplay } from '../display.ts';
import { addToConfig } from '../init/add-to-config.ts';
import type { ContourName } from '../init/contour-names.ts';
import { configWith, contourOf, kitOf } from '../init/contours.ts';
import { TASK_PAGE, TASK_PAGE_TEXT } from '../init/first-files.ts';
import { nextCommands } from '../init/next-commands.ts';
import { withProject } from '../project.ts';

export interface InitOptions {
  readonly contour?: readonly ContourName[];
}

const SCHEMA_FILE = 'framework/orchestrator/orchestrator.schema.json';

/** What a run writes into the checkout. */
const OUTPUT: readonly string[] = [`/${LOGS}/`, `/${SUMMARY}`];

export async function init(options: InitOptions): Promise<number> {
  return withProject(async ({ repository: { root } }) => {
    const display = openDisplay();
    const { chalk } = display.look;
    const say = (did: string, what: string): void => display.terminal.write(`${did}  ${what}\n`);
    const add = (path: string, text: string): boolean => {
      const written = addFile(root, path, text) === 'written';
      say(written ? chalk.green('wrote') : chalk.yellow('kept '), `${path}${written ? '' : ' (it was there)'}`);
      return written;
    };
    const contours = [...new Set(options.contour)].map(contourOf);
    const isNew = add(DEFAULT_CONFIG, configWith(contours));
    add(SCHEMA_FILE, `${JSON.stringify(configSchema, null, 2)}\n`);
    // Who has tasks and asks for a contour needs no example of one.
    if (isNew || contours.length === 0) add(TASK_PAGE, TASK_PAGE_TEXT);
    for (const contour of contours) {
      for (const [path, text] of kitOf(contour)) add(path, text);
      if (isNew) for (const [path, text] of contour.pages ?? []) add(path, text);
    }
    const asked = isNew ? [] : contours;
    const done = asked.map(({ block }) => addToConfig({ root, block, look: display.look, say }));
    const ignored = addToGitignore(root, OUTPUT);
    if (!ignored.ok) say(chalk.yellow('kept '), `${ignored.problem}; it should hold ${OUTPUT.join(' and ')}`);
    else if (ignored.added.length > 0) say(chalk.green('added'), `${ignored.added.join(', ')} to .gitignore`);
    display.terminal.write(`\n${nextCommands(display, { root, contours, isNew })}`);
    return done.includes(false) ? EXIT.failed : EXIT.success;
  });
}
