/** Whose the files are that containers share with this machine: set inside, by root, whatever programs the image has. Where no supervisor runs, the image's own. */
import { chmodSync, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { isErrno } from '../../../shared/errno.ts';
import type { Externals } from './externals.ts';
import type { JobContainer } from './job-container.ts';
import { readUserMap } from './user-map.ts';

const FOR_ALL = 'all';

type Inside = Pick<JobContainer, 'ready' | 'supervised' | 'isPlain' | 'runAsRoot'>;

/** Whose folders are, before and after a container has had them, as containers of the engine count users. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

export interface SharedFolders {
  /** In the container. */
  readonly folders: readonly string[];
  /** Absent: whoever runs orch, on this machine. */
  readonly owner?: FileOwner | undefined;
}

/** Lets whoever the image's user is change what is in the folders. */
export async function openToAll(
  container: Inside,
  externals: Externals,
  { folders, owner }: SharedFolders,
): Promise<void> {
  const { uid, hostUid } = container.ready;
  if (uid === 0 || (owner === undefined ? hostUid === process.getuid?.() : uid === owner.uid)) return;
  const how = container.isPlain ? ['chmod', '-R', 'a+rwX'] : [...externals.supervisor, FOR_ALL];
  await container.runAsRoot([...how, ...folders]);
}

/** Makes the folders and all that was left in them the owner's, who may not even be able to remove it otherwise. */
export async function giveBack(
  container: Inside,
  externals: Externals,
  { folders, owner }: SharedFolders,
): Promise<void> {
  const { uid } = owner ?? ownUser();
  if (uid === 0 || !container.supervised.isOpen()) return;
  const how = container.isPlain ? plainGiver(owner) : [...externals.supervisor, accessOf(owner)];
  await container.runAsRoot([...how, ...folders]);
}

function ownUser(): FileOwner {
  const uid = process.getuid?.() ?? 0;
  return { uid, gid: process.getgid?.() ?? uid };
}

function accessOf(owner: FileOwner | undefined): string {
  const { uid, gid } = owner ?? ownUser();
  return `${owner === undefined ? OF_MACHINE : OF_CONTAINER}:${uid}:${gid}`;
}

function plainGiver(owner: FileOwner | undefined): readonly string[] {
  const { uid, gid } = ownUser();
  if (owner === undefined) return ['sh', '-c', GIVE, 'sh', `${uid}`, `${gid}`];
  return ['chown', '-hR', `${owner.uid}:${owner.gid}`];
}

/** By whose numbers an owner is named. */
const OF_MACHINE = 'machine';
const OF_CONTAINER = 'container';

/** What `setAccess` does for an owner, with the programs of an image: the numbers are those of this machine. */
const GIVE = `map() {
  while read -r inner outer count; do
    [ "$2" -ge "$outer" ] && [ $(($2 - outer)) -lt "$count" ] && echo $((inner + $2 - outer)) && return
  done <"/proc/self/$1_map"
}
u=$(map uid "$1") g=$(map gid "$2")
shift 2
[ -z "$u" ] || [ -z "$g" ] || exec chown -hR "$u:$g" "$@"`;

/** In the container: `all`, or `machine:USER:GROUP`, `container:USER:GROUP`. Nothing happens for one who is nobody there. */
export function setAccess(access: string, folders: readonly string[]): void {
  const set = access === FOR_ALL ? openFile : giver(access);
  for (const folder of folders) visit(folder, set);
}

function giver(access: string): Setter {
  const [whose, ...ids] = access.split(':');
  const [user = 0, group = 0] = ids.map(Number);
  const isOfMachine = whose === OF_MACHINE;
  const uid = isOfMachine ? readUserMap('uid').inner(user) : user;
  const gid = isOfMachine ? readUserMap('gid').inner(group) : group;
  return (path) => (uid === undefined || gid === undefined ? undefined : lchownSync(path, uid, gid));
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
