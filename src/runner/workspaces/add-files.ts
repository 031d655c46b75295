/** Puts all files of a working tree into orch's own index, also where some of them are not as their attributes say. */
import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failure } from '../../shared/failure.ts';
import { MachineError } from '../../shared/failure.ts';
import { type BytePath, isBelow, joinFields, locate, show, splitFields } from './bytes.ts';
import type { GitOutput } from './git-process.ts';
import type { GitRepository } from './repository.ts';
import { isPlainFolder } from './safe-files.ts';
import type { GitPlace } from './trusted-git.ts';

/** Git gives up on the whole tree for one file whose attributes it cannot follow. */
const GIVEN_UP = 128;

/**
 * Adds everything but the paths `left`, directories meaning all below. Returns what could not be recorded, and why; a
 * file whose encoding is not what its attributes say is recorded as it is, byte for byte.
 */
export async function addFiles(
  repository: GitRepository,
  place: GitPlace & { readonly workTree: string },
  left: readonly BytePath[],
): Promise<readonly Failure[]> {
  const output = await addAllBut(repository, { ...place, codes: [0, 1, GIVEN_UP] }, left);
  if (output.code !== GIVEN_UP) return unrecorded(output);
  const converted = await convertedFiles(repository, place, new Set(left));
  // Without such files, or with them left out, this fails as the machine's fault.
  const paths = converted.map(({ path }) => path);
  const problems = unrecorded(await addAllBut(repository, { ...place, codes: [0, 1] }, [...left, ...paths]));
  const odd = await addOneByOne(repository, place, converted);
  if (odd.length === 0) return problems;
  await addAsTheyAre(
    repository,
    place,
    odd.filter(({ encoded }) => encoded),
  );
  return [...problems, unlikeAttributes(odd)];
}

async function addAllBut(repository: GitRepository, place: GitPlace, left: readonly BytePath[]): Promise<GitOutput> {
  const specs = left.map((path) => `:(exclude,literal)${path}`);
  return specs.length === 0
    ? repository.git.run(['add', '-A', '--ignore-errors', '.'], place)
    : add(repository, place, ['.', ...specs]);
}

async function add(repository: GitRepository, place: GitPlace, specs: readonly string[]): Promise<GitOutput> {
  const args = ['add', '-A', '--ignore-errors', '--pathspec-from-file=-', '--pathspec-file-nul'];
  return repository.git.run(args, { ...place, input: joinFields(specs) });
}

function unrecorded({ code, stderr }: GitOutput): readonly Failure[] {
  if (code === 0) return [];
  failOnFullDisk(stderr);
  const lines = stderr.split('\n').filter((line) => line.startsWith('error: '));
  // Without an error it only minds that a path which it is told to pass by is ignored anyway.
  if (lines.length === 0) return [];
  const details = lines.slice(0, 50).map((line) => line.slice(7));
  return [{ code: 'unsafe-tree', message: 'files that cannot be recorded', details }];
}

function failOnFullDisk(stderr: string): void {
  if (/no space left on device|disk quota exceeded/i.test(stderr))
    throw new MachineError({ code: 'disk-full', message: 'git add: the disk is full' });
}

interface ConvertedFile {
  readonly path: BytePath;
  /** By `working-tree-encoding`; otherwise by git-lfs, the only filter that orch runs. */
  readonly encoded: boolean;
}

/** The files that git does not store as they are, links and what lies behind links left out. */
async function convertedFiles(
  repository: GitRepository,
  place: GitPlace & { readonly workTree: string },
  left: ReadonlySet<string>,
): Promise<readonly ConvertedFile[]> {
  const { git } = repository;
  const listed = await git.run(['ls-files', '-z', '--cached', '--others', '--exclude-standard'], place);
  const all = [...new Set(splitFields(listed.stdout))].filter((path) => !isBelow(path, left));
  const asked = ['check-attr', '-z', '--stdin', 'working-tree-encoding', 'filter'];
  const answer = splitFields((await git.run(asked, { ...place, input: joinFields(all) })).stdout);
  const found: ConvertedFile[] = [];
  for (const [at, path] of all.entries()) {
    // Two answers a file, of three fields each: path, attribute, value.
    const [encoding, filter] = [answer[6 * at + 2], answer[6 * at + 5]];
    const encoded = encoding !== undefined && !['unspecified', 'unset', 'set'].includes(encoding);
    if ((encoded || filter === 'lfs') && (await isFile(place.workTree, path))) found.push({ path, encoded });
  }
  return found;
}

async function isFile(workTree: string, path: BytePath): Promise<boolean> {
  const folder = dirname(path);
  if (folder !== '.' && !(await isPlainFolder(workTree, folder))) return false;
  return lstatSync(locate(workTree, path), { throwIfNoEntry: false })?.isFile() ?? false;
}

interface OddFile extends ConvertedFile {
  readonly reason: string;
}

/** Git is asked so often at most: where more is wrong, files are given up together with their neighbours. */
const QUESTIONS = 64;

/** Adds those that can be added, and returns the others. By halves: most are as they should be. */
async function addOneByOne(
  repository: GitRepository,
  place: GitPlace,
  files: readonly ConvertedFile[],
): Promise<readonly OddFile[]> {
  const odd: OddFile[] = [];
  const waiting: (readonly ConvertedFile[])[] = [files];
  let asked = 0;
  for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
    const specs = group.map(({ path }) => `:(literal)${path}`);
    const { code, stderr } = await add(repository, { ...place, codes: [0, 1, GIVEN_UP] }, specs);
    asked++;
    if (code === 0) continue;
    failOnFullDisk(stderr);
    const reason = /^(?:fatal|error): (.*)$/m.exec(stderr)?.[1] ?? `git add ended with exit code ${code}`;
    if (group.length === 1 || asked + waiting.length >= QUESTIONS)
      odd.push(...group.map((file) => ({ ...file, reason })));
    else waiting.push(group.slice(group.length / 2), group.slice(0, group.length / 2));
  }
  return odd;
}

/** Their work is kept so: what is on the branch is what was in the file. */
async function addAsTheyAre(
  repository: GitRepository,
  place: GitPlace & { readonly workTree: string },
  files: readonly OddFile[],
): Promise<void> {
  if (files.length === 0) return;
  const input = Buffer.from(files.map(({ path }) => `${quoted(path)}\n`).join(''));
  const ids = await repository.git.text(['hash-object', '-w', '--no-filters', '--stdin-paths'], { ...place, input });
  const lines = ids.split('\n').map((id, at) => {
    const path = files[at]?.path ?? '';
    const executable = ((lstatSync(locate(place.workTree, path), { throwIfNoEntry: false })?.mode ?? 0) & 0o100) > 0;
    return `${executable ? '100755' : '100644'} ${id}\t${path}\0`;
  });
  const entries = Buffer.from(lines.join(''), 'latin1');
  await repository.git.run(['update-index', '-z', '--index-info'], { ...place, input: entries });
}

/** As git reads a path from a line: every byte that could end it by its number. */
function quoted(path: BytePath): string {
  const bytes = [...Buffer.from(path, 'latin1')];
  return `"${bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;
}

function unlikeAttributes(odd: readonly OddFile[]): Failure {
  const count = odd.length === 1 ? 'a file that is' : `${odd.length} files that are`;
  return {
    code: 'unsafe-tree',
    message: `the working tree holds ${count} not as .gitattributes says`,
    hint: 'correct what .gitattributes says of it, or the file',
    details: odd.slice(0, 50).map(({ path, reason }) => `${show(path)}: ${reason}`),
  };
}
