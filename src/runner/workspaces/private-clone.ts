/**
 * A repository of a job's own: the user's objects by reference, everything else (configuration, refs, index, hooks) its
 * own, the way actions/checkout leaves it. Nothing that is done there reaches the user's repository.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HostPath } from '../../shared/brand.ts';
import { guard } from './machine-failure.ts';
import type { GitRepository } from './repository.ts';
import { alternateLine, packedRefs, publishedRefs } from './repository-files.ts';
import { readRegular, removeTree } from './safe-files.ts';

export interface CloneRequest {
  /** What is checked out. */
  readonly commit: string;
  /** `refs/heads/main`: that branch is checked out, tracking origin. Any other ref is there, with HEAD detached. */
  readonly ref: string;
  /** Made with its parents; it must not hold anything yet. */
  readonly directory: HostPath;
  /** The address of `origin`; none without it. */
  readonly origin?: string;
}

export interface PrivateClone {
  readonly directory: HostPath;
  /** Removes the directory, whatever the job left in it. */
  dispose(): Promise<void>;
}

const HEADS = 'refs/heads/';

/** A shallow file of the largest repositories is far below this. Bytes. */
const SHALLOW_LIMIT = 64 * 1024 * 1024;

type Refs = ReadonlyMap<string, string>;

/**
 * For the clones of one run, which all have the tags and the branches of origin that were there when the first was made.
 * What it returns throws `MachineError` when git or the disk refuses.
 */
export function openPrivateClones(repository: GitRepository): (request: CloneRequest) => Promise<PrivateClone> {
  let published: Promise<Refs> | undefined;
  return guard(async (request) => {
    published ??= publishedRefs(repository);
    try {
      return await clone(repository, request, await published);
    } catch (error) {
      // Whoever comes next may be luckier.
      published = undefined;
      throw error;
    }
  });
}

async function clone(repository: GitRepository, request: CloneRequest, published: Refs): Promise<PrivateClone> {
  const { directory, ref, commit, origin } = request;
  const gitDir = join(directory, '.git');
  // The files are few and small: through the thread pool they would take many times as long.
  for (const name of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info', 'hooks']) {
    mkdirSync(join(gitDir, name), { recursive: true });
  }
  const branch = ref.startsWith(HEADS) ? ref.slice(HEADS.length) : undefined;
  writeFileSync(join(gitDir, 'objects/info/alternates'), alternateLine(join(repository.commonDir, 'objects')));
  writeFileSync(join(gitDir, 'config'), configOf(repository, { branch, origin }));
  writeFileSync(join(gitDir, 'packed-refs'), packedRefs(refsOf(published, request)));
  writeFileSync(join(gitDir, 'HEAD'), branch === undefined ? `${commit}\n` : `ref: ${ref}\n`);
  const shallow = await readRegular(join(repository.commonDir, 'shallow'), SHALLOW_LIMIT);
  if (shallow !== undefined) writeFileSync(join(gitDir, 'shallow'), shallow);
  await checkOut(repository, { directory, commit, index: join(gitDir, 'index') });
  return { directory, dispose: () => removeTree(directory) };
}

/**
 * Gives a clone the objects that it only refers to, so that a copy of its files is a repository too, also one that
 * leaves out empty folders: without `refs`, git takes nothing for a repository.
 */
export const makeSelfContained = guard(async ({ git, root }: GitRepository): Promise<void> => {
  const gitDir = join(root, '.git');
  const refs = await readFile(join(gitDir, 'packed-refs'), 'utf8');
  const found = [...refs.matchAll(/^([0-9a-f]{40,64}) (\S+)$/gm)].map(([, id = '', name = '']) => ({ id, name }));
  const wanted = found.map(({ id }) => `${id}\n`).join('');
  await git.run(['pack-objects', '--revs', '-q', join(gitDir, 'objects/pack/pack')], { input: wanted });
  await rm(join(gitDir, 'objects/info/alternates'));
  const head = (await readFile(join(gitDir, 'HEAD'), 'utf8')).replace('ref: ', '').trim();
  const checkedOut = found.find(({ name }) => name === head);
  if (checkedOut === undefined) return;
  await mkdir(dirname(join(gitDir, head)), { recursive: true });
  await writeFile(join(gitDir, head), `${checkedOut.id}\n`);
});

/** Line ends as GitHub's Linux runners have them, whatever the user's settings are: the clone's own git agrees then. */
async function checkOut(
  { git }: GitRepository,
  place: { readonly directory: string; readonly commit: string; readonly index: string },
): Promise<void> {
  const lineEnds = ['-c', 'core.autocrlf=false', '-c', 'core.eol=lf'];
  const tree = { workTree: place.directory, index: place.index };
  await git.run([...lineEnds, 'read-tree', '--reset', '-u', place.commit], tree);
}

/**
 * A plain `git push` would publish the snapshot, what was never committed included, with the user's own credentials. Who
 * pushes with a token puts it into the address, which is another one then. Git repeats these words when it refuses.
 */
const NO_PUSH = 'orch-does-not-push://origin';

interface Remote {
  readonly branch: string | undefined;
  readonly origin: string | undefined;
}

function configOf({ objectFormat }: GitRepository, { branch, origin }: Remote): string {
  const sha256 = objectFormat === 'sha256';
  const lines = [
    '[core]',
    `\trepositoryformatversion = ${sha256 ? 1 : 0}`,
    '\tfilemode = true',
    '\tbare = false',
    '\tlogallrefupdates = true',
    ...(sha256 ? ['[extensions]', '\tobjectformat = sha256'] : []),
    // The objects are the user's, who may have others to keep than this clone knows of.
    '[gc]',
    '\tauto = 0',
  ];
  if (origin !== undefined) {
    lines.push('[remote "origin"]', `\turl = ${quote(origin)}`, '\tfetch = +refs/heads/*:refs/remotes/origin/*');
    lines.push(`[url ${quote(NO_PUSH)}]`, `\tpushInsteadOf = ${quote(origin)}`);
    if (branch !== undefined) {
      lines.push(`[branch ${quote(branch)}]`, '\tremote = origin', `\tmerge = ${quote(HEADS + branch)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** Tags and origin's branches as the user has them, and the ref that runs, at the commit that runs. */
function refsOf(published: Refs, { commit, ref }: CloneRequest): Refs {
  const refs = new Map(published);
  if (ref.startsWith(HEADS)) {
    const branch = ref.slice(HEADS.length);
    refs.set(ref, commit).set(`refs/remotes/origin/${branch}`, commit);
  } else if (ref.startsWith('refs/pull/')) {
    refs.set(`refs/remotes/pull/${ref.slice('refs/pull/'.length)}`, commit);
  } else if (ref.startsWith('refs/tags/')) {
    // An annotated tag stays the object that it is.
    if (!refs.has(ref)) refs.set(ref, commit);
  }
  return refs;
}
