/**
 * Brings commits out of an object folder that somebody else has written. Of that folder only files count that are
 * called and made as objects and packs are; its indexes, alternates and whatever else git would go by do not. What is
 * new is packed anew, and every object of the pack is checked before the repository has it.
 */
import { linkSync, lstatSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cutText } from '../../shared/cut-text.ts';
import { isErrno } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import { createPace } from './pace.ts';
import { alternateLine } from './repository-files.ts';
import { removeTree } from './safe-files.ts';
import type { GitPlace, TrustedGit } from './trusted-git.ts';

export interface ObjectImport {
  /** The object folder that is not believed. Nothing may write to it any more. */
  readonly from: string;
  /** The repository's own, which gets a pack; `from` may leave out what is there. */
  readonly into: string;
  /** A folder of orch's own on the same file system. */
  readonly scratch: string;
  /** The commits that are wanted. */
  readonly commits: readonly string[];
  /** A commit that is there already: nothing behind it is looked at. */
  readonly known?: string | undefined;
}

/** What the folder holds is no history that could be taken over: `it lacks an object …`. */
export class OddObjects extends Error {}

/** Files, and bytes on the disk, that an import may have to look through. */
const MAX_FILES = 500_000;
const MAX_BYTES = 8 * 1024 ** 3;
/** A larger object than this is refused, a file's content excepted. Bytes. */
const MAX_OBJECT = 192 * 1024 ** 2;
/** The content of files above this goes through without being held in memory. Bytes. */
const STREAMED = 32 * 1024 ** 2;

/** Throws `OddObjects`; then nothing of it is in the repository. */
export async function importObjects(git: TrustedGit, request: ObjectImport): Promise<void> {
  const folder = await mkdtemp(join(request.scratch, 'taken-'));
  try {
    const objects = await stage(request, join(folder, 'objects'));
    for (const name of await readdir(join(objects, 'pack')))
      await checked(git, ['index-pack', join(objects, 'pack', name)], { objects });
    const fresh = await packNew(git, request, { objects, folder });
    await checkKinds(git, request, fresh.objects);
    if (fresh.id !== undefined) await moveIn(fresh.objects, fresh.id, join(request.into, 'pack'));
  } finally {
    await removeTree(folder);
  }
}

interface Fresh {
  /** An object folder with nothing but the new pack, and the repository's own behind it. */
  readonly objects: string;
  /** What the pack is called by; undefined when there was nothing to pack. */
  readonly id?: string;
}

/** Packs what the staged folder itself holds of the commits. */
async function packNew(
  git: TrustedGit,
  { commits, known, into }: ObjectImport,
  { objects, folder }: { readonly objects: string; readonly folder: string },
): Promise<Fresh> {
  const fresh = await makeObjectFolder(join(folder, 'fresh'), into);
  const target = join(fresh, 'pack', 'pack');
  const wanted = known === undefined ? commits : [...commits, `^${known}`];
  const args = ['pack-objects', '--revs', '--local', '--non-empty', '-q', target];
  const id = await checked(git, args, { objects, input: `${wanted.join('\n')}\n` });
  if (id === '') return { objects: fresh };
  await rm(`${target}-${id}.idx`, { force: true });
  // What the pack refers to has to be in it, or in the repository.
  await checked(git, ['index-pack', '--strict', `${target}-${id}.pack`], { objects: into });
  return { objects: fresh, id };
}

async function makeObjectFolder(path: string, alternate: string): Promise<string> {
  for (const name of ['info', 'pack']) await mkdir(join(path, name), { recursive: true });
  await writeFile(join(path, 'info', 'alternates'), alternateLine(alternate));
  return path;
}

/** The index goes last: by it git finds the pack. */
async function moveIn(objects: string, id: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const kind of ['pack', 'rev', 'idx']) {
    const name = `pack-${id}.${kind}`;
    try {
      await rename(join(objects, 'pack', name), join(folder, name));
    } catch (error) {
      // Not every git writes a reverse index.
      if (kind !== 'rev' || !isErrno(error, 'ENOENT')) throw error;
    }
  }
}

/** Objects are known by what they hold from here on, not by what the box has called them. */
async function checkKinds(git: TrustedGit, { commits }: ObjectImport, objects: string): Promise<void> {
  const input = `${commits.join('\n')}\n`;
  const kinds = await checked(git, ['cat-file', '--batch-check=%(objecttype)'], { objects, input });
  const odd = kinds.split('\n').findIndex((kind) => kind !== 'commit');
  if (odd >= 0) throw new OddObjects(`${commits[odd]} is no commit`);
}

/** Runs git within limits; that it cannot make sense of what it finds is no failure of the machine's. */
async function checked(git: TrustedGit, args: readonly string[], place: GitPlace): Promise<string> {
  const limits = ['-c', `core.bigFileThreshold=${STREAMED}`, '-c', 'pack.threads=1', '-c', 'pack.windowMemory=128m'];
  const call = { ...place, allocation: MAX_OBJECT, codes: [0, 1, 128] };
  const { code, stdout, stderr } = await git.run([...limits, ...args], call);
  if (code === 0) return stdout.toString('utf8').trim();
  if (/no space left on device|disk quota exceeded/i.test(stderr))
    throw new MachineError({ code: 'disk-full', message: `git ${args[0]}: the disk is full` });
  const lines = stderr.split('\n').filter((line) => /^(fatal|error): /.test(line));
  const reasons = [...new Set(lines.slice(0, 3).map((line) => line.replace(/^(fatal|error): /, '')))];
  const reason = reasons.join('; ') || `git ${args[0]} ended with exit code ${code}`;
  throw new OddObjects(cutText(reason.replace(/\p{Cc}/gu, '?'), 300));
}

/** A folder of links to the files that count, beside the repository's objects. Returns its path. */
async function stage({ from, into }: ObjectImport, target: string): Promise<string> {
  await makeObjectFolder(target, into);
  const pace = createPace();
  const limits = { files: 0, bytes: 0 };
  for (const folder of plainFolders(from)) {
    const wanted = folder === 'pack' ? /^pack-[0-9a-f]{40,64}\.pack$/ : /^[0-9a-f]{38}([0-9a-f]{24})?$/;
    await mkdir(join(target, folder), { recursive: true });
    for (const entry of readdirSync(join(from, folder), { withFileTypes: true })) {
      if (!wanted.test(entry.name)) continue;
      if (!entry.isFile()) throw new OddObjects(`objects/${folder}/${entry.name} is no plain file`);
      link(join(from, folder, entry.name), join(target, folder, entry.name), limits);
      await pace();
    }
  }
  return target;
}

function plainFolders(from: string): readonly string[] {
  if (!lstatSync(from).isDirectory()) throw new OddObjects('objects is no folder');
  return readdirSync(from, { withFileTypes: true }).flatMap((entry) => {
    if (!/^(pack|[0-9a-f]{2})$/.test(entry.name)) return [];
    if (!entry.isDirectory()) throw new OddObjects(`objects/${entry.name} is no folder`);
    return [entry.name];
  });
}

/** A link of a symlink would be one too: it is looked at where nobody else can put anything in its place. */
function link(from: string, to: string, limits: { files: number; bytes: number }): void {
  linkSync(from, to);
  const stat = lstatSync(to);
  if (!stat.isFile()) throw new OddObjects(`${from} is no plain file`);
  limits.files += 1;
  limits.bytes += stat.size;
  if (limits.files > MAX_FILES) throw new OddObjects(`it holds more than ${MAX_FILES} objects`);
  if (limits.bytes > MAX_BYTES) throw new OddObjects(`its objects take more than ${MAX_BYTES / 1024 ** 3} GiB`);
}
