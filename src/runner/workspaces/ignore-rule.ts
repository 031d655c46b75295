/** Why git does not see a file: the rule that ignores it, as people find it. */
import { basename } from 'node:path';
import { cutText } from '../../shared/cut-text.ts';
import { bytePath, joinFields, show, splitFields } from './bytes.ts';
import type { GitRepository } from './repository.ts';
import type { GitPlace } from './trusted-git.ts';

/** `.gitignore:3 (build/)`: file, line and pattern; undefined for a path that nothing ignores. It need not be there. */
export async function ignoreRule({ git }: GitRepository, place: GitPlace, path: string): Promise<string | undefined> {
  const input = joinFields([bytePath(path)]);
  // 128: the path lies behind a link, or in another repository.
  const answer = await git.run(['check-ignore', '-v', '-z', '--stdin'], { ...place, input, codes: [0, 1, 128] });
  const [source, line, pattern] = splitFields(answer.stdout);
  if (source === undefined || pattern === undefined || pattern.startsWith('!')) return undefined;
  return `${placeOf(show(source))}:${line} (${cutText(show(pattern).replace(/\p{Cc}/gu, '?'), 100)})`;
}

/** Orch's git goes by copies of the files that are not in the tree. */
function placeOf(source: string): string {
  if (!source.startsWith('/')) return source;
  return basename(source) === 'exclude' ? '.git/info/exclude' : 'core.excludesFile';
}
