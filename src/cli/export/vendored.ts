/** The actions of an exported workflow, as files to be put into the repository. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beside } from '../program-files.ts';

export interface RepositoryFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Where a workflow finds them as `./.github/actions/<name>`. */
const FOLDER = '.github/actions';

/** Those that the workflows use. */
export function vendoredActions(workflows: readonly RepositoryFile[]): readonly RepositoryFile[] {
  const templates = beside('action-templates');
  return readdirSync(templates)
    .sort()
    .filter((action) => workflows.some(({ text }) => text.includes(` ./${FOLDER}/${action}\n`)))
    .flatMap((action) =>
      readdirSync(join(templates, action))
        .sort()
        .map((name) => ({
          path: `${FOLDER}/${action}/${name}`,
          text: readFileSync(join(templates, action, name), 'utf8'),
        })),
    );
}
