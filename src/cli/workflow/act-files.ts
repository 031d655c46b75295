/** What users of act have lying in a repository: `.secrets`, `.vars`, `.env`, `.input`, and the flags of `.actrc`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ActSettings {
  /** Files of NAME=VALUE lines, those that are there. */
  readonly secretFiles: readonly string[];
  readonly varFiles: readonly string[];
  readonly envFiles: readonly string[];
  readonly inputFiles: readonly string[];
  readonly secrets: readonly string[];
  readonly vars: readonly string[];
  readonly env: readonly string[];
  readonly inputs: readonly string[];
  readonly platforms: readonly string[];
  readonly jobs: readonly string[];
  readonly matrix: readonly string[];
  /** `owner/repo@ref=DIR`, with or without a host before it. */
  readonly folders: readonly string[];
  readonly actor?: string;
  readonly eventPath?: string;
  readonly defaultBranch?: string;
  readonly offline: boolean;
  /** Flags that mean nothing here. */
  readonly ignored: readonly string[];
}

type Lists = 'secrets' | 'vars' | 'env' | 'inputs' | 'platforms' | 'jobs' | 'matrix' | 'folders';
type FileLists = 'secretFiles' | 'varFiles' | 'envFiles' | 'inputFiles';
type Texts = 'actor' | 'eventPath' | 'defaultBranch';

/** act's flags, long and short, to ours. */
const FLAGS: Readonly<Record<string, Lists | FileLists | Texts | 'offline'>> = {
  '-s': 'secrets',
  '--secret': 'secrets',
  '--var': 'vars',
  '--env': 'env',
  '--input': 'inputs',
  '-P': 'platforms',
  '--platform': 'platforms',
  '-j': 'jobs',
  '--job': 'jobs',
  '--matrix': 'matrix',
  '--local-repository': 'folders',
  '--secret-file': 'secretFiles',
  '--var-file': 'varFiles',
  '--env-file': 'envFiles',
  '--input-file': 'inputFiles',
  '-a': 'actor',
  '--actor': 'actor',
  '-e': 'eventPath',
  '--eventpath': 'eventPath',
  '--defaultbranch': 'defaultBranch',
  '--action-offline-mode': 'offline',
};

const STANDING: readonly (readonly [FileLists, string])[] = [
  ['secretFiles', '.secrets'],
  ['varFiles', '.vars'],
  ['envFiles', '.env'],
  ['inputFiles', '.input'],
];

/** From the repository's root. A file that `.actrc` names takes the place of the one with the usual name. */
export function readActSettings(root: string): ActSettings {
  const rc = join(root, '.actrc');
  const settings = readActrc(existsSync(rc) ? readFileSync(rc, 'utf8') : '');
  const files = STANDING.map(([key, name]) => {
    const named = settings[key].length > 0 ? settings[key] : [name];
    return [key, named.map((file) => join(root, file)).filter((file) => existsSync(file))] as const;
  });
  return { ...settings, ...Object.fromEntries(files) };
}

/** One flag a line, its value after a space or `=`, as act reads it; `#` begins a comment line. */
export function readActrc(text: string): ActSettings {
  const lists: Record<Lists | FileLists, string[]> = {
    secrets: [],
    vars: [],
    env: [],
    inputs: [],
    platforms: [],
    jobs: [],
    matrix: [],
    folders: [],
    secretFiles: [],
    varFiles: [],
    envFiles: [],
    inputFiles: [],
  };
  const texts: { [key in Texts]?: string } = {};
  const ignored: string[] = [];
  let offline = false;
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    if (!line.startsWith('-')) continue;
    const [, flag = '', value = ''] = /^(-{1,2}[\w-]+)[\s=]*(.*)$/.exec(line) ?? [];
    const key = FLAGS[flag];
    if (key === undefined) ignored.push(flag);
    else if (key === 'offline') offline = value !== 'false';
    else if (key === 'actor' || key === 'eventPath' || key === 'defaultBranch') texts[key] = unquote(value);
    else lists[key].push(unquote(value));
  }
  return { ...lists, ...texts, offline, ignored };
}

function unquote(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2');
}
