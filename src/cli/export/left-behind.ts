/** Workflows that an export wrote and would not write any more, because the config has another name now. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORT_MARK, readHeader } from '../../orchestrator/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { errnoOf } from '../../shared/errno.ts';
import { inspectFile } from '../../store/index.ts';

/** Paths from the root. `written`: those that are written now; `source`: the config that they are made of. */
export function leftBehind(
  root: HostPath,
  folder: string,
  { written, source }: { readonly written: readonly string[]; readonly source: string },
): readonly string[] {
  return namesIn(join(root, folder))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => (folder === '' ? name : `${folder}/${name}`))
    .filter((path) => {
      const standing = written.includes(path) ? undefined : inspectFile(root, path, EXPORT_MARK);
      return standing?.kind === 'ours' && readHeader(standing.text)?.source === source;
    });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
