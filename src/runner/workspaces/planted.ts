/**
 * What in a git directory that somebody else has written would make git run a command or look elsewhere. Nothing of it
 * has an effect on what orch does; it is found to be told.
 */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cutText } from '../../shared/cut-text.ts';
import { isErrno } from '../../shared/errno.ts';
import { boxGitDir } from './box-layout.ts';
import type { BoxBegin } from './box-repository.ts';
import { exists, readRegular } from './safe-files.ts';
import type { TrustedGit } from './trusted-git.ts';
import type { WorktreeRecord } from './worktree-record.ts';

const LIMIT = 1024 * 1024;

/** Settings by the lower-case key that git lists. */
const TELLING = [
  /^core\.(hookspath|fsmonitor|sshcommand|gitproxy|pager|editor|askpass|attributesfile|worktree|alternaterefscommand)$/,
  /^(filter|diff|merge|pager|alias|difftool|mergetool|browser|man|guitool)\./,
  /^(include\.path|includeif\.|gpg\.|commit\.gpgsign|tag\.gpgsign|sequence\.editor|uploadpack\.|interactive\.|trailer\.)/,
  /^credential\.(.*\.)?helper$/,
  /^remote\..*\.(uploadpack|receivepack|vcs|proxy)$/,
  /^submodule\..*\.update$/,
];

/** Names such as `core.fsmonitor` and `hooks/pre-commit`, sorted. */
export async function findPlanted(
  git: TrustedGit,
  record: Pick<WorktreeRecord, 'index'>,
  begin: BoxBegin,
): Promise<readonly string[]> {
  const gitDir = boxGitDir(record);
  const found = [...(await plantedSettings(git, gitDir, begin)), ...plantedHooks(gitDir)];
  if (await isOther(join(gitDir, 'objects', 'info', 'alternates'), begin.alternates))
    found.push('objects/info/alternates');
  if (await isOther(join(gitDir, 'info', 'attributes'), begin.attributes)) found.push('info/attributes');
  for (const name of ['commondir', 'config.worktree', 'info/grafts', 'refs/replace'])
    if (await exists(join(gitDir, name))) found.push(name);
  return found.map((name) => cutText(name.replace(/\p{Cc}/gu, '?'), 200)).sort();
}

async function plantedSettings(git: TrustedGit, gitDir: string, begin: BoxBegin): Promise<readonly string[]> {
  const text = (await readRegular(join(gitDir, 'config'), LIMIT))?.toString('utf8');
  if (text === begin.config) return [];
  // From its input, git follows no include.
  const args = ['config', '-f', '-', '-z', '--no-includes', '--name-only', '--list'];
  const output = text === undefined ? undefined : await git.run(args, { input: text, codes: [0, 1, 3, 128] });
  if (output?.code !== 0) return ['a config that cannot be read'];
  const keys = new Set(output.stdout.toString('utf8').split('\0'));
  return [...keys].filter((key) => TELLING.some((telling) => telling.test(key)));
}

function plantedHooks(gitDir: string): readonly string[] {
  try {
    // A symlink may lead to hooks elsewhere.
    if (!lstatSync(join(gitDir, 'hooks')).isDirectory()) return ['hooks'];
    const names = readdirSync(join(gitDir, 'hooks'));
    return names.filter((name) => !name.endsWith('.sample')).map((name) => `hooks/${name}`);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EACCES')) return [];
    throw error;
  }
}

async function isOther(path: string, text: string | undefined): Promise<boolean> {
  if (!(await exists(path))) return false;
  return (await readRegular(path, LIMIT))?.toString('utf8') !== text;
}
