/**
 * What a task has no business changing: the repository's settings, hooks, stash and the main checkout. Taken before
 * and after, and compared; a difference is told and never undone.
 */

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import { bytePath } from './bytes.ts';
import { createCheckoutReader } from './checkout-reader.ts';
import { compareMaps } from './fingerprint-compare.ts';
import { parseSettings } from './git-settings.ts';
import { readHead, readRef } from './head-file.ts';
import type { GitRepository } from './repository.ts';
import { readRegular } from './safe-files.ts';

export interface Fingerprint {
  /** Files below the git directory, by their name there: a digest each. */
  readonly files: ReadonlyMap<string, string>;
  /** Digests of the values in `.git/config`, by key. */
  readonly settings: ReadonlyMap<string, string>;
  readonly stash: string;
  readonly head: string;
  /** What the index of the main checkout holds. */
  readonly index: string;
  /** Changed, missing and untracked files of the main checkout, each with a stamp of size and time. */
  readonly checkout: ReadonlyMap<string, string>;
}

export interface Fingerprints {
  /** The state at some moment after the call. Calls that wait for each other share one look. */
  take(): Promise<Fingerprint>;
}

/** `outputs` are paths from the top of the checkout that orch itself writes: files or directories. */
export function createFingerprints(repository: GitRepository, outputs: readonly string[]): Fingerprints {
  const excluded = new Set<string>(outputs.map(bytePath));
  const settings = createSettingsReader(repository);
  const checkout = createCheckoutReader(repository, excluded);
  let running: Promise<Fingerprint> | undefined;
  let queued: Promise<Fingerprint> | undefined;
  const look = async (): Promise<Fingerprint> => {
    const [state, known, files, stash, head] = await Promise.all([
      checkout(),
      settings(),
      gitFiles(repository),
      readRef(repository.git, repository.commonDir, 'refs/stash'),
      headState(repository),
    ]);
    return { ...state, settings: known, files, stash: stash ?? 'none', head };
  };
  const start = (): Promise<Fingerprint> => {
    const current = look().finally(() => {
      if (running === current) running = undefined;
    });
    running = current;
    return current;
  };
  return {
    take() {
      if (running === undefined) return start();
      // The look under way may have passed what happened since: who comes now shares the next one.
      queued ??= running
        .then(
          () => undefined,
          () => undefined,
        )
        .then(() => {
          queued = undefined;
          return start();
        });
      return queued;
    },
  };
}

/** Sentences for people, none when nothing changed. */
export function compareFingerprints(before: Fingerprint, after: Fingerprint): readonly string[] {
  const said: string[] = [];
  const settings = compareMaps(before.settings, after.settings);
  if (settings !== undefined) said.push(`.git/config was changed: ${settings}`);
  const files = compareMaps(before.files, after.files);
  if (files !== undefined) said.push(`files of the git directory were changed: ${files}`);
  if (before.stash !== after.stash) said.push('the stash was changed: all worktrees share it');
  if (before.head !== after.head) said.push(`HEAD of the main checkout moved: ${before.head} is now ${after.head}`);
  const checkout = compareMaps(before.checkout, after.checkout);
  if (checkout !== undefined) said.push(`files of the main checkout were changed: ${checkout}`);
  else if (before.index !== after.index) said.push('the index of the main checkout was changed');
  return said;
}

/** Reads the configuration as a list of keys; git is asked only when the file's bytes are new. */
function createSettingsReader(repository: GitRepository): () => Promise<ReadonlyMap<string, string>> {
  let known = { digest: '', settings: new Map<string, string>() };
  return async () => {
    const text = await readRegular(join(repository.commonDir, 'config'), 16 * 1024 * 1024);
    if (text === undefined) return new Map([['(the file)', 'missing or unreadable']]);
    if (text.length === 0) return new Map();
    const current = digest(text);
    if (current === known.digest) return known.settings;
    const output = await repository.git.run(['config', '-f', '-', '--list', '-z'], { input: text, codes: [0, 1, 128] });
    const settings = new Map<string, string>();
    for (const [key, value] of parseSettings(output.stdout.toString('utf8'))) settings.set(key, digest(value));
    if (output.code !== 0) settings.set('(the file)', current);
    known = { digest: current, settings };
    return settings;
  };
}

const LOOSE_FILES = [
  'config.worktree',
  'info/attributes',
  'info/exclude',
  'info/grafts',
  'info/sparse-checkout',
  'objects/info/alternates',
  'shallow',
];

async function gitFiles(repository: GitRepository): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const hooks = await names(join(repository.commonDir, 'hooks'));
  for (const name of [
    ...LOOSE_FILES,
    ...hooks.filter((hook) => !hook.endsWith('.sample')).map((hook) => `hooks/${hook}`),
  ]) {
    const stamp = await fileStamp(join(repository.commonDir, name));
    if (stamp !== undefined) found.set(`.git/${name}`, stamp);
  }
  return found;
}

async function fileStamp(path: string): Promise<string | undefined> {
  const content = await readRegular(path, 4 * 1024 * 1024);
  try {
    const { mode, size, mtimeMs } = lstatSync(path);
    return `${mode} ${content === undefined ? `${size} ${mtimeMs}` : digest(content)}`;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function headState(repository: GitRepository): Promise<string> {
  const head = await readHead(repository.gitDir);
  if (head?.ref === undefined) return head?.commit ?? 'unreadable';
  const commit = await readRef(repository.git, repository.commonDir, head.ref);
  return `${head.ref.replace(/^refs\/heads\//, '')} at ${commit?.slice(0, 12) ?? 'no commit'}`;
}

async function names(directory: string): Promise<readonly string[]> {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return [];
    throw error;
  }
}

function digest(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
