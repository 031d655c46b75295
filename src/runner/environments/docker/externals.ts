/**
 * The folder that every job container gets read-only at `/__e`: the supervisor, and this machine's Node with the
 * libraries that it needs and their loader, so that it runs whatever the image holds, also where that has another libc.
 */
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../../../shared/brand.ts';
import { askProgram } from '../small-program.ts';
import type { Mount } from './path-map.ts';

const EXTERNALS = '/__e';

export interface Externals {
  /** The folder, in a container. */
  readonly root: string;
  readonly mounts: readonly Mount[];
  /** The first process of a container. */
  readonly supervisor: readonly [string, ...string[]];
  /** What node actions are run with; the image's own where this machine's cannot run in a container. */
  readonly node: string;
}

export interface ExternalsSettings {
  /** The bundle of `supervisor-program.ts`. */
  readonly program: HostPath;
  /** Where such folders are kept; shared by all runs. */
  readonly cache: HostPath;
}

const INNER_NODE = `${EXTERNALS}/node${process.versions.node.split('.', 1)[0]}/bin/node`;
const INNER_BINARY = `${EXTERNALS}/orch/node`;
const INNER_SUPERVISOR = `${EXTERNALS}/orch/supervisor.mjs`;

export async function prepareExternals({ program, cache }: ExternalsSettings): Promise<Externals> {
  const libraries = await findLibraries(process.execPath);
  const contents = await readFile(program);
  const name = createHash('sha256')
    .update(contents)
    .update(JSON.stringify([process.execPath, process.version, libraries, VERSION]))
    .digest('hex');
  const folder = join(cache, name.slice(0, 32));
  if (!(await exists(folder))) await makeFolder(folder, contents, libraries);
  const mount = { host: hostPath(folder), inner: EXTERNALS, readOnly: true };
  if (libraries === undefined)
    return { root: EXTERNALS, mounts: [mount], supervisor: ['node', INNER_SUPERVISOR], node: 'node' };
  return {
    root: EXTERNALS,
    mounts: [mount, { host: hostPath(process.execPath), inner: INNER_BINARY, readOnly: true }],
    supervisor: [...loaderOf(libraries), INNER_BINARY, INNER_SUPERVISOR],
    node: INNER_NODE,
  };
}

/** Of the folder's layout. */
const VERSION = 3;

interface Libraries {
  readonly loader: string;
  readonly files: readonly string[];
}

function loaderOf({ loader }: Libraries): readonly [string, ...string[]] {
  return [`${EXTERNALS}/lib/${basename(loader)}`, '--library-path', `${EXTERNALS}/lib`];
}

/** What looks up names in older C libraries, which nothing lists. */
const UNLISTED = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'];

/** Undefined where a program of this machine is none for a container. */
async function findLibraries(node: string): Promise<Libraries | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { stdout, failed } = await askProgram('ldd', [node]);
  if (failed) return undefined;
  const loader = /^\s*(\/\S*\/ld[-\w.]*\.so[.\d]*)\s/m.exec(stdout)?.[1];
  if (loader === undefined) return undefined;
  const listed = [...stdout.matchAll(/=> (\/\S+) \(/g)].flatMap(([, path]) => path ?? []);
  const libc = listed.find((path) => basename(path).startsWith('libc.'));
  const beside = libc === undefined ? [] : UNLISTED.map((name) => join(dirname(libc), name));
  const there = await Promise.all(beside.map(async (path) => ((await exists(path)) ? [path] : [])));
  return { loader, files: [...new Set([loader, ...listed, ...there.flat()])] };
}

/** Whole or not there: another orch may make the same at the same time. */
async function makeFolder(folder: string, program: Uint8Array, libraries: Libraries | undefined): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  try {
    await mkdir(join(work, 'orch'));
    await mkdir(join(work, 'lib'));
    await writeFile(join(work, 'orch', 'supervisor.mjs'), program);
    if (libraries !== undefined) {
      for (const file of libraries.files) await copyFile(file, join(work, 'lib', basename(file)));
      // A place for the program itself, which is mounted there.
      await writeFile(join(work, 'orch', 'node'), '');
      await writeFile(join(work, 'orch', 'exec-path.cjs'), EXEC_PATH);
      const wrapper = join(work, INNER_NODE.slice(EXTERNALS.length));
      await mkdir(dirname(wrapper), { recursive: true });
      await writeFile(wrapper, wrapperOf(libraries), { mode: 0o755 });
    }
    // Whoever the image's user is has to be able to read it.
    await chmod(work, 0o755);
    await rename(work, folder);
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  }
}

function wrapperOf(libraries: Libraries): string {
  const start = `${loaderOf(libraries).join(' ')} ${INNER_BINARY} --require ${EXTERNALS}/orch/exec-path.cjs "$@"`;
  return `#!/bin/sh
if [ -n "$LD_PRELOAD" ]; then ${PRELOADED}=$LD_PRELOAD; export ${PRELOADED}; unset LD_PRELOAD; fi
exec ${start}
`;
}

/** What the image has put before its libraries, which has no place among ours; the programs that Node starts have it. */
const PRELOADED = 'ORCH_LD_PRELOAD';

/** What goes past the shell of the wrapper: entries of the environment, under names that it keeps. */
const PAST_SHELL = 'ORCH_PAST_SHELL_';

/**
 * The environment for what is started by `Externals.node`, a script: many a shell drops variables whose names it cannot
 * have itself, and those of inputs have hyphens. Node has them back before it reads the action.
 */
export function pastShell(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value], index) =>
      /^[A-Za-z_]\w*$/.test(name) ? [name, value] : [`${PAST_SHELL}${index}`, `${name}=${value}`],
    ),
  );
}

/** Started by the loader, Node takes that for itself. */
const EXEC_PATH = `if (process.env.${PRELOADED}) process.env.LD_PRELOAD = process.env.${PRELOADED};
delete process.env.${PRELOADED};
for (const [name, entry] of Object.entries(process.env)) {
  if (!name.startsWith('${PAST_SHELL}')) continue;
  delete process.env[name];
  process.env[entry.slice(0, entry.indexOf('='))] = entry.slice(entry.indexOf('=') + 1);
}
process.execPath = process.argv[0] = process.argv0 = ${JSON.stringify(INNER_NODE)};
process.execArgv.splice(process.execArgv.indexOf('--require'), 2);
`;

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
