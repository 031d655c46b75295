/** Which of the user's git settings orch's own git keeps, and how they are written down. Read once, before the run. */
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** Settings by lower-case section and key, subsections as they are; the last value of each. */
export type Settings = ReadonlyMap<string, string>;

/** What decides how files look in a working tree and who commits. Nothing here can name a command. */
const KEPT = new Set([
  'core.autocrlf',
  'core.eol',
  'core.filemode',
  'core.symlinks',
  'core.ignorecase',
  'core.precomposeunicode',
  'core.protecthfs',
  'core.protectntfs',
  'core.longpaths',
  'core.bigfilethreshold',
  'core.compression',
  'core.loosecompression',
  'core.checkstat',
  'core.trustctime',
  'core.sharedrepository',
  'core.logallrefupdates',
  'core.checkroundtripencoding',
  'i18n.commitencoding',
  'merge.renames',
  'merge.renamelimit',
  'merge.directoryrenames',
  'diff.renamelimit',
  'checkout.workers',
  'user.name',
  'user.email',
  'lfs.storage',
]);

/** Of these, what says something about this machine's files alone. */
const HOSTS_OWN = new Set(['lfs.storage', 'core.sharedrepository', 'core.logallrefupdates']);

/** Where the user's own settings would let code run or a question be asked. */
const FIXED: readonly (readonly [string, string])[] = [
  ['core.hookspath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedcache', 'false'],
  ['core.splitindex', 'false'],
  ['core.sparsecheckout', 'false'],
  ['core.bare', 'false'],
  // Line endings are converted as the user has it; a warning about that must not fail a capture.
  ['core.safecrlf', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['commit.gpgsign', 'false'],
  ['submodule.recurse', 'false'],
  ['diff.ignoresubmodules', 'all'],
  ['protocol.allow', 'never'],
  ['log.showsignature', 'false'],
];

const LFS_COMMANDS: readonly (readonly [string, string])[] = [
  ['filter.lfs.clean', 'git-lfs clean -- %f'],
  ['filter.lfs.smudge', 'git-lfs smudge -- %f'],
  ['filter.lfs.process', 'git-lfs filter-process'],
  ['filter.lfs.required', 'true'],
];

/** Reads what `git config --list -z` prints. */
export function parseSettings(output: string): Settings {
  const settings = new Map<string, string>();
  for (const entry of output.split('\0')) {
    if (entry === '') continue;
    const end = entry.indexOf('\n');
    // A key without `=` means true.
    settings.set(end < 0 ? entry : entry.slice(0, end), end < 0 ? 'true' : entry.slice(end + 1));
  }
  return settings;
}

export interface TrustedSettings {
  readonly objectFormat: 'sha1' | 'sha256';
  readonly commonDir: string;
  /** Whether git-lfs can be started. */
  readonly lfs: boolean;
  /** Copies of the user's own exclude and attribute files, when there are such files. */
  readonly excludesFile?: string;
  readonly attributesFile?: string;
}

/** The whole configuration of orch's own git directory, as the text of a config file. */
export function trustedConfig(user: Settings, own: TrustedSettings): string {
  const entries = new Map<string, string>([['core.logallrefupdates', 'true']]);
  for (const [key, value] of user) {
    if (KEPT.has(key)) entries.set(key, value);
  }
  if (own.lfs) addLfs(entries, user, own.commonDir);
  for (const [key, value] of FIXED) entries.set(key, value);
  const sha256 = own.objectFormat === 'sha256';
  entries.set('core.repositoryformatversion', sha256 ? '1' : '0');
  if (sha256) entries.set('extensions.objectformat', 'sha256');
  if (own.excludesFile !== undefined) entries.set('core.excludesfile', own.excludesFile);
  entries.set('core.attributesfile', own.attributesFile ?? '/dev/null');
  if (own.excludesFile === undefined) entries.set('core.excludesfile', '/dev/null');
  if (!entries.get('user.name')) entries.set('user.name', 'orch');
  if (!entries.get('user.email')) entries.set('user.email', 'orch@localhost');
  return [...entries].map(([key, value]) => configLine(key, value)).join('');
}

export interface BoxSettings {
  readonly objectFormat: 'sha1' | 'sha256';
  readonly excludesFile?: string;
  readonly attributesFile?: string;
  /** The address of `origin`. */
  readonly origin?: string;
  /** Names of the submodules that are there. */
  readonly modules?: readonly string[];
}

/** What a repository of a box's own begins with: the files look there as they do here, and the same person commits. */
export function boxConfig(user: Settings, own: BoxSettings): string {
  const sha256 = own.objectFormat === 'sha256';
  const entries = new Map<string, string>([
    ['core.repositoryformatversion', sha256 ? '1' : '0'],
    ['core.bare', 'false'],
    ['core.logallrefupdates', 'true'],
    // The objects are the user's, who may have others to keep than this repository knows of.
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['user.name', 'orch'],
    ['user.email', 'orch@localhost'],
  ]);
  if (sha256) entries.set('extensions.objectformat', 'sha256');
  for (const [key, value] of user) {
    if (KEPT.has(key) && !HOSTS_OWN.has(key) && value !== '') entries.set(key, value);
  }
  if (own.excludesFile !== undefined) entries.set('core.excludesfile', own.excludesFile);
  if (own.attributesFile !== undefined) entries.set('core.attributesfile', own.attributesFile);
  if (own.origin !== undefined) {
    entries.set('remote.origin.url', own.origin).set('remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
  }
  for (const name of own.modules ?? []) entries.set(`submodule.${name}.active`, 'true');
  return [...entries].map(([key, value]) => configLine(key, value)).join('');
}

function addLfs(entries: Map<string, string>, user: Settings, commonDir: string): void {
  const own = LFS_COMMANDS.flatMap(([key]) => (user.has(key) ? [[key, user.get(key) ?? ''] as const] : []));
  for (const [key, value] of own.length > 0 ? own : LFS_COMMANDS) entries.set(key, value);
  // Its default is below the git directory, which here is orch's own.
  const storage = user.get('lfs.storage') ?? 'lfs';
  entries.set('lfs.storage', isAbsolute(storage) ? storage : resolve(commonDir, storage));
}

/** One setting with its section header; values are quoted, so that no value can become a line of its own. */
function configLine(key: string, value: string): string {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  const section = key.slice(0, first);
  const sub = first === last ? '' : ` "${escapeValue(key.slice(first + 1, last))}"`;
  return `[${section}${sub}]\n\t${key.slice(last + 1)} = "${escapeValue(value)}"\n`;
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** Expands `~/` as git does in settings that are paths, and no other tilde. */
export function expandHome(path: string, home: string): string {
  return path.startsWith('~/') ? join(home, path.slice(2)) : path;
}

/** Whether a program is on the PATH. */
export function onPath(program: string, path: string): boolean {
  return path.split(delimiter).some((directory) => {
    if (directory === '') return false;
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
