/** The two ways by which commits get from one job to another: in the artifact of the leg, or by branches of the repository. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BundleRequest,
  fetchBranch,
  type GitRepository,
  hasCommit,
  pushBranch,
  type Remote,
  type Transfer,
  takeBundle,
  writeBundle,
} from '../../src/runner/workspaces/index.ts';
import { MachineError } from '../../src/shared/failure.ts';
import { attemptBranches } from '../../src/tasks/index.ts';
import { PATIENCE, type Patience, patiently } from './patience.ts';
import type { Place } from './place.ts';

/** Where a leg's work stands: the tip of its branch, from which all that it passes on can be reached. */
export interface Standing {
  readonly branch: string;
  readonly tip: string;
}

/** What a leg has passed on. `branch` is absent when it has made none. */
export interface Passed {
  readonly branch: string | undefined;
  readonly result: string;
  /** What was beside it in the artifact. */
  readonly bundle: Uint8Array | undefined;
}

export interface Given {
  /** What has to go into the leg's artifact. */
  readonly files: readonly string[];
  /** Why the commits did not go where others look for them. They are in the files then, so that they are not lost. */
  readonly failure?: MachineError;
}

export interface Carrier {
  /** Sends the commits on their way. Files are made in `folder`. */
  give(standing: Standing, folder: string): Promise<Given>;
  /** Afterwards the repository has the commits. */
  take(passed: Passed): Promise<void>;
}

export const BUNDLE = 'commits.bundle';
/** Apart from it: nobody builds on what attempts have left, and whatever is in there, the result can be taken. */
const ATTEMPTS = 'attempts.bundle';

export function bundleCarrier(place: Place, repository: GitRepository): Carrier {
  return {
    give: async (standing, folder) => {
      return {
        files: [...(await bundle(repository, standing, folder)), ...(await attempts(place, repository, folder))],
      };
    },
    take: async ({ result, bundle: content }) => {
      if (content !== undefined) await unpack(place, repository, content);
      if (!(await hasCommit(repository, result)))
        throw lost('taking commits', { reason: `the commit ${result} is not in the artifact` });
    },
  };
}

async function unpack(place: Place, repository: GitRepository, content: Uint8Array): Promise<void> {
  const file = join(await mkdtemp(join(place.directory, 'result-')), BUNDLE);
  await writeFile(file, content);
  await takeBundle(repository, file);
}

async function bundle(repository: GitRepository, standing: Standing, folder: string): Promise<readonly string[]> {
  await haveBranch(repository, standing);
  return write(repository, { branch: standing.branch }, join(folder, BUNDLE));
}

/** What those have left that were not the last. */
async function attempts({ job }: Place, repository: GitRepository, folder: string): Promise<readonly string[]> {
  return write(repository, { folder: attemptBranches(job) }, join(folder, ATTEMPTS));
}

async function write(repository: GitRepository, of: BundleRequest['of'], file: string): Promise<readonly string[]> {
  return (await writeBundle(repository, { of, without: repository.head.commit, file })) ? [file] : [];
}

/** A bundle is of a branch: a leg that came to nothing after its dependencies were merged may have none. */
async function haveBranch({ git }: GitRepository, { branch, tip }: Standing): Promise<void> {
  const { code } = await git.run(['show-ref', '--verify', '--quiet', `refs/heads/${branch}`], { codes: [0, 1, 128] });
  if (code !== 0) await git.moveRef(`refs/heads/${branch}`, tip, git.nullId);
}

/**
 * `inputs` are those of the action, `env` the runner's. The address is made of what the runner says, since the settings
 * of the checkout may be a task's by now.
 */
export function readRemote(
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Remote | undefined {
  const transport = (inputs['transport'] ?? '').trim() || 'artifacts';
  if (transport === 'artifacts') return undefined;
  if (transport !== 'branches') throw invalid(`transport is ${JSON.stringify(transport)}, not artifacts or branches`);
  const token = (inputs['token'] ?? '').trim();
  if (token === '') throw invalid('branches are pushed and fetched with a token: pass ${{ github.token }} as `token`');
  const [server, repository] = [env['GITHUB_SERVER_URL'] ?? '', env['GITHUB_REPOSITORY'] ?? ''];
  if (!URL.canParse(server) || !/^\w[\w-]*\/(?!\.{1,2}$)[\w.-]+$/.test(repository))
    throw invalid('GITHUB_SERVER_URL and GITHUB_REPOSITORY do not say where branches are pushed to');
  return { url: `${server.replace(/\/+$/, '')}/${repository}.git`, token };
}

export function branchCarrier(
  place: Place,
  repository: GitRepository,
  { remote, patience = PATIENCE }: { readonly remote: Remote; readonly patience?: Patience },
): Carrier {
  const move = async (what: string, attempt: () => Promise<Transfer>): Promise<void> => {
    const end = await patiently(attempt, (transfer) => transfer.ok || transfer.isFinal, patience);
    if (!end.ok) throw lost(what, end);
  };
  return {
    give: async (standing, folder) => {
      const { branch, tip } = standing;
      const left = await attempts(place, repository, folder);
      try {
        await move(`pushing ${branch}`, () => pushBranch(repository, remote, { branch, commit: tip }));
        return { files: left };
      } catch (failure) {
        if (!(failure instanceof MachineError)) throw failure;
        return { files: [...(await bundle(repository, standing, folder)), ...left], failure };
      }
    },
    take: async ({ branch, result, bundle: content }) => {
      if (await hasCommit(repository, result)) return;
      // Where the branch could not be pushed, they are in there.
      if (content !== undefined) await unpack(place, repository, content);
      if (await hasCommit(repository, result)) return;
      if (branch === undefined || !isOfRun(branch, place.job.run))
        throw lost('taking commits', { reason: `${JSON.stringify(branch)} is no branch of this run` });
      await move(`fetching ${branch}`, () => fetchBranch(repository, remote, branch));
      if (!(await hasCommit(repository, result)))
        throw lost(`fetching ${branch}`, { reason: `the commit ${result} is not on it` });
    },
  };
}

/** Of an earlier attempt too: what succeeded there is not done again. */
function isOfRun(branch: string, run: string): boolean {
  const [id = ''] = run.split('-');
  const [, of, leg = ''] = /^orch\/(\d+)-\d+\/(.+)$/.exec(branch) ?? [];
  return of === id && /^[A-Za-z_][\w-]*(\+\d+)?$/.test(leg);
}

function lost(what: string, { reason, details }: { readonly reason: string; readonly details?: readonly string[] }) {
  const hint = hintFor([reason, ...(details ?? [])].join('\n'));
  return new MachineError({
    code: 'environment-lost',
    message: `${what}: ${reason}`,
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
  });
}

function hintFor(text: string): string | undefined {
  if (/without `?workflows?`? permission/i.test(text))
    return 'a token of GitHub’s own may not push changes of workflow files: export with --transport artifacts';
  if (/\((fetch first|non-fast-forward)\)/.test(text))
    return 'somebody else has pushed to that branch, which is left as it is; the commits are in the artifact, as a bundle';
  return /denied|\b403\b/i.test(text) ? 'the job wants `permissions: { contents: write }`' : undefined;
}

function invalid(message: string): MachineError {
  return new MachineError({ code: 'input-invalid', message });
}
