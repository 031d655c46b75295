/** What users of act have lying in a repository: `.secrets`, `.vars`, `.env`, `.input`, and the flags of `.actrc`. */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { ACTS_HOST } from './platforms.ts';

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
  /** `LABEL=IMAGE` of the user's own files: act writes some there itself. */
  readonly otherImages: readonly string[];
  readonly jobs: readonly string[];
  readonly matrix: readonly string[];
  /** `owner/repo@ref=DIR`, with or without a host before it. */
  readonly folders: readonly string[];
  readonly actor?: string;
  readonly eventPath?: string;
  readonly defaultBranch?: string;
  readonly offline: boolean;
  /** What runs when nothing is named. */
  readonly workflows: readonly string[];
  /** Flags that mean nothing here. */
  readonly ignored: readonly string[];
}

type Lists = 'secrets' | 'vars' | 'env' | 'inputs' | 'platforms' | 'jobs' | 'matrix' | 'folders' | 'workflows';
type FileLists = 'secretFiles' | 'varFiles' | 'envFiles' | 'inputFiles';
type Texts = 'actor' | 'eventPath' | 'defaultBranch';

/** act's flags, long and short, to ours. */
export const FLAGS: Readonly<Record<string, Lists | FileLists | Texts | 'offline'>> = {
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
  '-W': 'workflows',
  '--workflows': 'workflows',
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

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * From the repository's root, and below it what the user has said for all repositories. A file that `.actrc` names
 * takes the place of the one with the usual name.
 */
export function readActSettings(root: string, host: Variables): ActSettings {
  const home = host['HOME'] ?? '';
  const config = host['XDG_CONFIG_HOME'] || join(home, '.config');
  // The later one wins.
  const places = [join(config, 'act', 'actrc'), join(home, '.actrc'), join(root, '.actrc')];
  const texts = [...new Set(places)].filter((path) => isAbsolute(path) && existsSync(path));
  const settings = readActrc(texts.map(readText).join('\n'), host);
  const own = readActrc(existsSync(join(root, '.actrc')) ? readText(join(root, '.actrc')) : '', host).platforms;
  const others = settings.platforms.slice(0, settings.platforms.length - own.length);
  const files = STANDING.map(([key, name]) => {
    const named = settings[key].length > 0 ? settings[key] : [name];
    return [key, named.map((file) => join(root, file)).filter((file) => existsSync(file))] as const;
  });
  return {
    ...settings,
    ...Object.fromEntries(files),
    platforms: [...others.filter(isHost), ...own],
    otherImages: others.filter((text) => !isHost(text)),
  };
}

function isHost(text: string): boolean {
  return text.endsWith(`=${ACTS_HOST}`);
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** One flag a line, its value after a space or `=`, with variables of the environment, as act reads it. */
export function readActrc(text: string, host: Variables): Omit<ActSettings, 'otherImages'> {
  const lists: Record<Lists | FileLists, string[]> = {
    secrets: [],
    vars: [],
    env: [],
    inputs: [],
    platforms: [],
    jobs: [],
    matrix: [],
    folders: [],
    workflows: [],
    secretFiles: [],
    varFiles: [],
    envFiles: [],
    inputFiles: [],
  };
  const texts: { [key in Texts]?: string } = {};
  const ignored: string[] = [];
  let offline = false;
  for (const written of text.split(/\r?\n/)) {
    const line = expand(written.trim(), host);
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

function expand(line: string, host: Variables): string {
  return line.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced?: string, bare?: string) => host[braced ?? bare ?? ''] ?? '',
  );
}

function unquote(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2');
}
