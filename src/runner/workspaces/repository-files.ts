/** Files of a git directory as orch writes them itself, for repositories that have the user's objects by reference. */
import type { GitRepository } from './repository.ts';

/** A line of `objects/info/alternates`. A path with a line break would be two paths; git reads a quoted one as in C. */
export function alternateLine(path: string): string {
  if (!/[\n"\\]/.test(path)) return `${path}\n`;
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"\n`;
}

/** Tags and origin's branches as the user has them: id by full name. */
export async function publishedRefs(repository: GitRepository): Promise<Map<string, string>> {
  const format = '%(objectname) %(refname)';
  const listed = await repository.git.text(['for-each-ref', `--format=${format}`, 'refs/tags', 'refs/remotes/origin']);
  const refs = new Map<string, string>();
  for (const line of listed.split('\n')) {
    const name = line.slice(line.indexOf(' ') + 1);
    if (line !== '' && name !== 'refs/remotes/origin/HEAD') refs.set(name, line.slice(0, line.indexOf(' ')));
  }
  return refs;
}

/** The text of `packed-refs`. */
export function packedRefs(refs: ReadonlyMap<string, string>): string {
  const sorted = [...refs].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `# pack-refs with: sorted \n${sorted.map(([name, id]) => `${id} ${name}\n`).join('')}`;
}
