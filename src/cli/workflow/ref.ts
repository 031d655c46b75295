/** `--ref`: the branch or tag that a run is to be about, whatever is checked out. */
import type { GitRepository } from '../../runner/workspaces/index.ts';
import { UsageError } from '../explain.ts';

const HINT = 'such as main, v1.2.3, or refs/tags/v1.2.3 for a tag that is still to come';

/**
 * The whole ref of a name. One that is written whole need not be there yet. Throws `UsageError` for what is neither a
 * branch nor a tag, or may be both.
 */
export async function resolveRef({ git }: GitRepository, name: string): Promise<string> {
  if (/^refs\/(heads|tags)\/./.test(name)) {
    if ((await git.run(['check-ref-format', name], { codes: [0, 1] })).code === 0) return name;
    throw new UsageError(`--ref ${name}: git has no such names`, { hint: HINT });
  }
  if (name.startsWith('refs/')) throw new UsageError(`--ref ${name} is neither a branch nor a tag`, { hint: HINT });
  const branches = [`refs/heads/${name}`, `refs/remotes/origin/${name}`];
  const tag = `refs/tags/${name}`;
  // Of a name that is a folder of refs, git lists what is in it.
  const listed = await git.text(['for-each-ref', '--format=%(refname)', tag, ...branches]);
  const refs = new Set(listed.split('\n'));
  const isBranch = branches.some((ref) => refs.has(ref));
  if (isBranch && refs.has(tag)) {
    throw new UsageError(`--ref ${name} is a branch and a tag`, { hint: `write refs/heads/${name} or ${tag}` });
  }
  if (isBranch) return `refs/heads/${name}`;
  if (refs.has(tag)) return tag;
  throw new UsageError(`there is no branch or tag "${name}"`, {
    hint: `write it whole: ${tag}, or refs/heads/${name}`,
  });
}
