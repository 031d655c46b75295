/** Reads where a HEAD points, from a git directory that a task may have written to. */
import { join } from 'node:path';
import { bytePath } from './bytes.ts';
import { exists, readLine, readRegular } from './safe-files.ts';
import type { TrustedGit } from './trusted-git.ts';

export interface HeadFile {
  /** A full ref such as `refs/heads/main`; absent when detached. */
  readonly ref?: string;
  /** The id in the file itself; absent when it names a ref. */
  readonly commit?: string;
}

/** Undefined when the file is missing, no regular file, or says something that HEAD never says. */
export async function readHead(gitDir: string): Promise<HeadFile | undefined> {
  const line = await readLine(join(gitDir, 'HEAD'));
  if (line === undefined) return undefined;
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(line)) return { commit: line };
  const ref = /^ref: (refs\/.+)$/.exec(line)?.[1];
  return ref !== undefined && isRefName(ref) ? { ref } : undefined;
}

/** Git's rules for ref names. */
export function isRefName(ref: string): boolean {
  if (/[~^:?*[\\\s]|\p{Cc}|\.\.|@\{|\.$/u.test(ref)) return false;
  return ref.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** What a ref of the repository points at, or undefined. */
export async function readRef(git: TrustedGit, commonDir: string, ref: string): Promise<string | undefined> {
  // Most refs that matter here were written a moment ago and lie loose, or are not there: no process is needed for those.
  const loose = await readLine(join(commonDir, ref));
  if (loose !== undefined && loose.length === git.nullId.length && /^[0-9a-f]+$/.test(loose)) return loose;
  if (loose === undefined && !(await exists(join(commonDir, ref)))) {
    const packed = await readPacked(commonDir, ref);
    if (packed !== undefined) return packed === '' ? undefined : packed;
  }
  const output = await git.run(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { codes: [0, 1, 128] });
  return output.code === 0 ? output.stdout.toString('utf8').trim() : undefined;
}

/** A file of more refs than this is left to git. */
const LIMIT = 4 * 1024 * 1024;

/** The id in `packed-refs`, empty when the ref is not there; undefined when only git can tell, as of an annotated tag. */
async function readPacked(commonDir: string, ref: string): Promise<string | undefined> {
  const file = join(commonDir, 'packed-refs');
  const text = (await readRegular(file, LIMIT))?.toString('latin1');
  if (text === undefined) return (await exists(file)) ? undefined : '';
  const name = ` ${bytePath(ref)}\n`;
  const at = text.indexOf(name);
  if (at < 0) return '';
  const id = text.slice(text.lastIndexOf('\n', at) + 1, at);
  const isPeeled = text[at + name.length] === '^';
  return isPeeled || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id) ? undefined : id;
}
