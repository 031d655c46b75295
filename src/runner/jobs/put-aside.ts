/** A workflow's job that stands still, on disk: its state for another process, and a way in for people. */

import { constants } from 'node:fs';
import { chmod, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';
import { PRIVATE_FILE, PRIVATE_PROGRAM } from '../../shared/file-modes.ts';
import { shellWord } from '../../shared/shell-word.ts';
import type { FailedProcess } from '../steps/index.ts';
import { isOwnDirectory, makeOwnDirectory } from './own-directory.ts';
import { type Seal, sealText } from './sealed-text.ts';
import { type ReadStandingJob, readStandingJob, type StandingJob, writeStandingJob } from './standing-job.ts';

/** What orch has written for the shells of the steps, expressions evaluated: there may be secrets in it. */
const SCRIPT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.\w+)?$/;

export interface PutAside {
  /** The job's own directory here; made when it is missing. */
  readonly directory: HostPath;
  /** RUNNER_TEMP. */
  readonly temp: HostPath;
  readonly process: FailedProcess;
  readonly seal: Seal;
}

/** Gives the path of the script that opens a shell as the failed step saw things. */
export async function putAside(job: StandingJob, { directory, temp, process, seal }: PutAside): Promise<HostPath> {
  for (const owned of [dirname(directory), directory, dirname(temp), temp]) makeOwnDirectory(owned);
  for (const name of await readdir(temp)) if (SCRIPT.test(name)) await rm(join(temp, name));
  const enter = enterScript(directory);
  await replace(stateFile(directory), writeStandingJob(job, seal), PRIVATE_FILE);
  await replace(enter, enterText(process, seal), PRIVATE_PROGRAM);
  return enter;
}

/** Undefined when nothing was put aside there. */
export async function readPutAside(
  directory: HostPath,
  secrets: Seal['secrets'],
): Promise<ReadStandingJob | undefined> {
  if (!isOwnDirectory(dirname(directory)) || !isOwnDirectory(directory)) return undefined;
  const text = await readRegular(stateFile(directory));
  return text === undefined ? undefined : readStandingJob(text, secrets);
}

/** Of a job that is over. */
export async function forgetPutAside(directory: HostPath): Promise<void> {
  if (isOwnDirectory(dirname(directory))) await rm(directory, { recursive: true, force: true });
}

/** Undefined when nothing is there, or no file. */
async function readRegular(path: HostPath): Promise<string | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      return (await file.stat()).isFile() ? await file.readFile('utf8') : undefined;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ELOOP')) return undefined;
    throw error;
  }
}

function stateFile(directory: HostPath): HostPath {
  return hostPath(join(directory, 'state.json'));
}

function enterScript(directory: HostPath): HostPath {
  return hostPath(join(directory, 'enter.sh'));
}

/** At once: who is killed meanwhile leaves what was there. */
async function replace(path: HostPath, text: string, mode: number): Promise<void> {
  const draft = `${path}.new`;
  await rm(draft, { recursive: true, force: true });
  await writeFile(draft, text, { flag: 'wx', mode });
  await chmod(draft, mode);
  await rename(draft, path);
}

/** Files that steps write to when they tell the runner something; those of the failed step are gone. */
const COMMAND_FILES = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'];

/** The environment for somebody who looks around: what steps tell the runner is heard by nobody. */
export function lookAround({ env }: FailedProcess): Readonly<Record<string, string>> {
  const nowhere = COMMAND_FILES.filter((name) => name in env).map((name) => [name, '/dev/null'] as const);
  return { ...env, ...Object.fromEntries(nowhere) };
}

function enterText(process: FailedProcess, seal: Seal): string {
  const hidden: string[] = [];
  const assignments = Object.entries(lookAround(process)).flatMap(([name, value]) => {
    if (seal.mask(name) !== name) return [];
    const sealed = sealText(value, seal);
    if (typeof sealed === 'string') return [shellWord(`${name}=${sealed}`)];
    hidden.push(name);
    if ('lost' in sealed) return [];
    const parts = sealed.parts.map((part) => (typeof part === 'string' ? shellWord(part) : `"\${${part.secret}-}"`));
    return [`${shellWord(`${name}=`)}${parts.join('')}`];
  });
  const shy =
    hidden.length === 0 ? [] : [`# These hold secrets; export the secrets first to have them: ${hidden.join(', ')}`];
  return [
    '#!/bin/sh',
    '# Opens a shell where the step failed, in its environment.',
    ...shy,
    `cd ${shellWord(process.cwd)} || exit 1`,
    `exec env -i "TERM=\${TERM-dumb}" ${assignments.join(' \\\n  ')} "\${SHELL:-/bin/sh}"`,
    '',
  ].join('\n');
}
