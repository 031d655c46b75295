/** Workflows that other exports have written: of this config under another name, or of another config under this one. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORT_MARK, readHeader } from '../../orchestrator/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';
import { inspectFile, readFile } from '../../store/index.ts';
import { UsageError } from '../explain.ts';

/**
 * Would not be written any more, since the config has another name now. Paths from the root. `written`: those that are
 * written now; `source`: the config that they are made of. Throws `UsageError`.
 */
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

/** The config that has made a text of ours, if that is not this one and still there: both have the same name. */
export function otherSource(root: HostPath, text: string, source: string): string | undefined {
  const other = readHeader(text)?.source;
  return other === undefined || other === source || readFile(root, other) === undefined ? undefined : other;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    if (isErrno(error, 'ENOTDIR', 'EACCES')) throw new UsageError(`${folder} is no folder that can be read`);
    throw error;
  }
}
