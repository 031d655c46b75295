/** Whose the files are that containers share with this machine: set inside, by root, whatever programs the image has. Where no supervisor runs, the image's own. */
import { chmodSync, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { isErrno } from '../../../shared/errno.ts';
import type { Externals } from './externals.ts';
import type { JobContainer } from './job-container.ts';

const FOR_ALL = 'all';

type Inside = Pick<JobContainer, 'ready' | 'supervised' | 'isPlain' | 'runAsRoot'>;

/** Whose folders are, before and after a container has had them. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Whoever runs orch. */
function ownUser(): FileOwner {
  const uid = process.getuid?.() ?? 0;
  return { uid, gid: process.getgid?.() ?? uid };
}

export interface SharedFolders {
  /** In the container. */
  readonly folders: readonly string[];
  /** Absent: whoever runs orch. */
  readonly owner?: FileOwner | undefined;
}

/** Lets whoever the image's user is change what is in the folders. */
export async function openToAll(
  container: Inside,
  externals: Externals,
  { folders, owner = ownUser() }: SharedFolders,
): Promise<void> {
  if (container.ready.uid === 0 || container.ready.uid === owner.uid) return;
  const how = container.isPlain ? ['chmod', '-R', 'a+rwX'] : [...externals.supervisor, FOR_ALL];
  await container.runAsRoot([...how, ...folders]);
}

/** Makes the folders and all that was left in them the owner's, who may not even be able to remove it otherwise. */
export async function giveBack(
  container: Inside,
  externals: Externals,
  { folders, owner = ownUser() }: SharedFolders,
): Promise<void> {
  if (owner.uid === 0 || !container.supervised.isOpen()) return;
  const named = `${owner.uid}:${owner.gid}`;
  const how = container.isPlain ? ['chown', '-hR', named] : [...externals.supervisor, named];
  await container.runAsRoot([...how, ...folders]);
}

/** In the container: `all`, or `USER:GROUP` in numbers. */
export function setAccess(access: string, folders: readonly string[]): void {
  const [user = 0, group = 0] = access.split(':').map(Number);
  const set: Setter = access === FOR_ALL ? openFile : (path) => lchownSync(path, user, group);
  for (const folder of folders) visit(folder, set);
}

type Setter = (path: string, mode: number) => void;

const READ_WRITE = 0o666;
const EXECUTE = 0o111;
const FORMAT = 0o170000;
const LINK = 0o120000;

/** Programs stay programs, and nothing else becomes one. */
function openFile(path: string, mode: number): void {
  if ((mode & FORMAT) !== LINK) chmodSync(path, (mode & ~FORMAT) | READ_WRITE | ((mode & EXECUTE) === 0 ? 0 : EXECUTE));
}

/** What goes away meanwhile needs nothing; links are not followed; what is mounted read-only is left as it is. */
function visit(path: string, set: Setter): void {
  try {
    const stats = lstatSync(path);
    set(path, stats.mode);
    if (stats.isDirectory()) for (const name of readdirSync(path)) visit(`${path}/${name}`, set);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EROFS', 'ENAMETOOLONG')) throw error;
  }
}
