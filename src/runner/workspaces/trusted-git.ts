/**
 * A git directory of orch's own beside the repository's: its objects and refs are the repository's, everything that
 * could make git run a command or ask a question (configuration, hooks, index) is not. A task can rewrite
 * `.git/config` as it likes without effect on what orch does with its tree.
 */

import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isErrno } from '../../shared/errno.ts';
import { type GitCall, type GitOutput, runGit } from './git-process.ts';
import { expandHome, onPath, type Settings, trustedConfig } from './git-settings.ts';
import { createGitShells } from './git-shells.ts';
import { isAlive, isIdentity, thisProcess } from './process-identity.ts';
import { createRefMoves } from './ref-moves.ts';
import { readRegular } from './safe-files.ts';

export interface TrustedGit {
  readonly gitDir: string;
  readonly objectFormat: 'sha1' | 'sha256';
  /** The id that stands for `no such object` here. */
  readonly nullId: string;
  /** The user's settings as they were before the run. */
  readonly settings: Settings;
  /** Whether files under `filter=lfs` can be converted. */
  readonly lfs: boolean;
  run(args: readonly string[], place?: GitPlace): Promise<GitOutput>;
  /** Standard output as text, surrounding white space removed. */
  text(args: readonly string[], place?: GitPlace): Promise<string>;
  /** Makes or moves a ref (in full), as `RefMoves` has it. */
  moveRef(ref: string, to: string, from: string): Promise<string | undefined>;
  /** Processes started so far: what a task costs is counted, not guessed. */
  processes(): number;
  /** Removes the directory. */
  dispose(): Promise<void>;
}

export interface GitPlace {
  /** The working tree; the command starts in it. */
  readonly workTree?: string;
  readonly index?: string;
  /** Another object directory, such as a submodule's. */
  readonly objects?: string;
  readonly input?: Buffer | string;
  /** Bytes that it may ask for at once; without it any number. */
  readonly allocation?: number;
  /** Exit codes that are an answer; 0 unless said. */
  readonly codes?: readonly number[];
  /** Variables beside its own. They may be secret, so no shell is told of them. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface TrustedOptions {
  /** The git directory whose objects and refs are used. */
  readonly commonDir: string;
  readonly objectFormat: 'sha1' | 'sha256';
  /** The user's settings as git itself told them. */
  readonly settings: Settings;
}

/** Larger exclude and attribute files than this are not taken over. */
const LIMIT = 4 * 1024 * 1024;

/** Makes the directory below `<commonDir>/orch`, after removing those of processes that are gone. */
export async function createTrustedGit(options: TrustedOptions): Promise<TrustedGit> {
  const home = join(options.commonDir, 'orch');
  await mkdir(home, { recursive: true });
  await removeOrphans(home);
  const gitDir = await mkdtemp(join(home, 'git-'));
  const lfs = onPath('git-lfs', process.env['PATH'] ?? '');
  await writeSkeleton(gitDir, options, lfs);
  const base = environment(gitDir, options.commonDir);
  const shells = createGitShells({ cwd: gitDir, env: base });
  let processes = 0;
  const run: TrustedGit['run'] = (args, place = {}) => {
    processes++;
    const call: GitCall = {
      args,
      cwd: place.workTree ?? gitDir,
      env: {
        ...base,
        ...place.env,
        ...(place.workTree === undefined ? {} : { GIT_WORK_TREE: place.workTree }),
        ...(place.index === undefined ? {} : { GIT_INDEX_FILE: place.index }),
        ...(place.objects === undefined ? {} : { GIT_OBJECT_DIRECTORY: place.objects }),
        ...(place.allocation === undefined ? {} : { GIT_ALLOC_LIMIT: String(place.allocation) }),
      },
      ...(place.input === undefined ? {} : { input: place.input }),
      ...(place.codes === undefined ? {} : { codes: place.codes }),
    };
    return place.env === undefined ? runGit(call, shells) : runGit(call);
  };
  const moves = createRefMoves({ cwd: gitDir, env: base, onStart: () => processes++ });
  return {
    gitDir,
    objectFormat: options.objectFormat,
    nullId: '0'.repeat(options.objectFormat === 'sha256' ? 64 : 40),
    settings: options.settings,
    lfs,
    run,
    text: async (args, place) => (await run(args, place)).stdout.toString('utf8').trim(),
    moveRef: (ref, to, from) => moves.move(ref, to, from),
    processes: () => processes,
    dispose: async () => {
      await Promise.all([moves.close(), shells.close()]);
      await rm(gitDir, { recursive: true, force: true });
    },
  };
}

async function writeSkeleton(gitDir: string, options: TrustedOptions, lfs: boolean): Promise<void> {
  const { commonDir, settings } = options;
  const excludesFile = await copyOf(settings.get('core.excludesfile'), 'ignore', join(gitDir, 'user-excludes'));
  const attributesFile = await copyOf(
    settings.get('core.attributesfile'),
    'attributes',
    join(gitDir, 'user-attributes'),
  );
  const config = trustedConfig(settings, {
    objectFormat: options.objectFormat,
    commonDir,
    lfs,
    ...(excludesFile === undefined ? {} : { excludesFile }),
    ...(attributesFile === undefined ? {} : { attributesFile }),
  });
  await writeFile(join(gitDir, 'owner'), JSON.stringify(thisProcess()));
  await writeFile(join(gitDir, 'config'), config);
  // A branch that nobody has: no ref update ever touches this HEAD.
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/orch/nothing\n');
  await mkdir(join(gitDir, 'info'));
  await mkdir(join(gitDir, 'logs'));
  await mkdir(join(commonDir, 'logs', 'refs'), { recursive: true });
  await symlink(join(commonDir, 'refs'), join(gitDir, 'refs'));
  await symlink(join(commonDir, 'packed-refs'), join(gitDir, 'packed-refs'));
  await symlink(join(commonDir, 'logs', 'refs'), join(gitDir, 'logs', 'refs'));
  await takeOver(join(commonDir, 'info', 'exclude'), join(gitDir, 'info', 'exclude'));
  await takeOver(join(commonDir, 'info', 'attributes'), join(gitDir, 'info', 'attributes'));
  await takeOver(join(commonDir, 'shallow'), join(gitDir, 'shallow'));
}

async function takeOver(from: string, to: string): Promise<boolean> {
  const content = await readRegular(from, LIMIT);
  if (content === undefined || content.length === 0) return false;
  await writeFile(to, content);
  return true;
}

/** A user-wide file named by a setting, or at git's default place for it. */
async function copyOf(named: string | undefined, standard: string, to: string): Promise<string | undefined> {
  const home = process.env['HOME'] ?? homedir();
  const config = process.env['XDG_CONFIG_HOME'] || join(home, '.config');
  const from = named === undefined ? join(config, 'git', standard) : expandHome(named, home);
  return (await takeOver(from, to)) ? to : undefined;
}

function environment(gitDir: string, commonDir: string): Readonly<Record<string, string>> {
  const env: Record<string, string> = {
    GIT_DIR: gitDir,
    GIT_OBJECT_DIRECTORY: join(commonDir, 'objects'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    // A large file that is not in the local store stays a pointer instead of failing the checkout.
    GIT_LFS_SKIP_DOWNLOAD_ERRORS: '1',
    LC_ALL: 'C',
  };
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'TZ', 'SystemRoot', 'USERPROFILE']) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

async function removeOrphans(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith('git-')) continue;
    const text = await readRegular(join(home, name, 'owner'), 4096);
    // Without an owner it is either being made this moment or not ours.
    if (text === undefined) continue;
    if (!ownerLives(text.toString('utf8'))) await rm(join(home, name), { recursive: true, force: true });
  }
}

function ownerLives(text: string): boolean {
  try {
    const owner: unknown = JSON.parse(text);
    return isIdentity(owner) && isAlive(owner);
  } catch (error) {
    // Half written: it belongs to a process that is starting, or is too small to matter.
    if (error instanceof SyntaxError || isErrno(error, 'ENOENT')) return true;
    throw error;
  }
}
