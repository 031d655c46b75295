/**
 * Reads the refs of a git directory that somebody else has written, file by file: no symlink is followed, no reference
 * to another ref, no path out of it.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cutText } from '../../shared/cut-text.ts';
import { isErrno } from '../../shared/errno.ts';
import { isRefName } from './head-file.ts';
import { readRegular } from './safe-files.ts';

export interface PlainRefs {
  readonly head: { readonly ref?: string; readonly commit?: string };
  /** Ids by full name. */
  readonly refs: ReadonlyMap<string, string>;
}

/** What git never writes there: `HEAD is a symlink`. Names come out as they are. */
export class OddRefs extends Error {}

const HEAD_LIMIT = 4096;
const PACKED_LIMIT = 64 * 1024 * 1024;
/** More are nobody's work. */
const MAX_REFS = 100_000;
const MAX_DEPTH = 30;

/** Throws `OddRefs`. */
export async function readPlainRefs(gitDir: string, idLength: number): Promise<PlainRefs> {
  const isId = (text: string): boolean => text.length === idLength && /^[0-9a-f]+$/.test(text);
  const head = await readPlainHead(gitDir, isId);
  const refs = new Map<string, string>();
  readPacked((await plainFile(gitDir, 'packed-refs', PACKED_LIMIT)) ?? '', isId, refs);
  for (const name of looseNames(gitDir)) {
    const text = (await plainFile(gitDir, name, HEAD_LIMIT))?.trim() ?? '';
    if (isId(text)) refs.set(name, text);
    // `refs/remotes/origin/HEAD` is one that names another; what HEAD itself names has to be a commit.
    else if (name === head.ref || !text.startsWith('ref: refs/'))
      throw new OddRefs(`its ref ${quote(name)} says ${quote(text)}`);
  }
  if (refs.size > MAX_REFS) throw new OddRefs(`it has ${refs.size} refs`);
  return { head, refs };
}

async function readPlainHead(gitDir: string, isId: (text: string) => boolean): Promise<PlainRefs['head']> {
  const text = (await plainFile(gitDir, 'HEAD', HEAD_LIMIT))?.trim();
  if (text === undefined) throw new OddRefs('it has no HEAD');
  const ref = /^ref: (refs\/.+)$/.exec(text)?.[1];
  if (ref === undefined ? !isId(text) : !isRefName(ref)) throw new OddRefs(`its HEAD says ${quote(text)}`);
  return ref === undefined ? { commit: text } : { ref };
}

/** Undefined when it is not there. */
async function plainFile(gitDir: string, name: string, limit: number): Promise<string | undefined> {
  const kind = kindOf(join(gitDir, name));
  if (kind === undefined) return undefined;
  if (kind !== 'file') throw new OddRefs(`its ${name} is a ${kind}`);
  const bytes = await readRegular(join(gitDir, name), limit);
  if (bytes === undefined) throw new OddRefs(`its ${name} is too large or cannot be read`);
  return bytes.toString('utf8');
}

function readPacked(text: string, isId: (text: string) => boolean, refs: Map<string, string>): void {
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#') || (line.startsWith('^') && isId(line.slice(1)))) continue;
    const space = line.indexOf(' ');
    const [id, name] = [line.slice(0, space), line.slice(space + 1)];
    if (!isId(id) || !name.startsWith('refs/') || !isRefName(name))
      throw new OddRefs(`its packed-refs says ${quote(line)}`);
    refs.set(name, id);
  }
}

/** All below `refs`; what git writes on its way to a ref, `x.lock`, is none. */
function looseNames(gitDir: string): readonly string[] {
  const names: string[] = [];
  const folders = ['refs'];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const kind = kindOf(join(gitDir, folder));
    if (kind !== 'folder') throw new OddRefs(kind === undefined ? `it has no ${folder}` : `its ${folder} is a ${kind}`);
    for (const entry of readdirSync(join(gitDir, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.name.endsWith('.lock')) continue;
      if (!isRefName(name) || name.split('/').length > MAX_DEPTH)
        throw new OddRefs(`it has a ref called ${quote(name)}`);
      if (entry.isDirectory()) folders.push(name);
      else if (names.push(name) > MAX_REFS) throw new OddRefs(`it has more than ${MAX_REFS} refs`);
    }
  }
  return names;
}

function kindOf(path: string): 'file' | 'folder' | 'symlink' | 'special file' | undefined {
  try {
    const stat = lstatSync(path);
    if (stat.isFile()) return 'file';
    if (stat.isDirectory()) return 'folder';
    return stat.isSymbolicLink() ? 'symlink' : 'special file';
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Written by the box: nothing in it may move a terminal's cursor. */
function quote(text: string): string {
  return JSON.stringify(cutText(text, 200)).replace(/\p{Cc}/gu, '?');
}
