/** Commits by way of branches on a server: how they travel where no file is handed on. */
import { guard } from './machine-failure.ts';
import type { GitRepository } from './repository.ts';

export interface Remote {
  /** The address of the repository. */
  readonly url: string;
  /** Goes to that server alone, as a header; git is told of it in its environment, so it is in no file and no argument. */
  readonly token: string;
}

/** `isFinal`: another attempt would be answered in the same way. */
export type Transfer =
  | { readonly ok: true }
  | { readonly ok: false; readonly isFinal: boolean; readonly reason: string; readonly details: readonly string[] };

/** Puts the commit where the branch (short name) is on the server, or moves that forward to it. */
export const pushBranch = guard(
  async (repository: GitRepository, remote: Remote, at: { readonly branch: string; readonly commit: string }) =>
    transfer(repository, remote, ['push', '--quiet', remote.url, `${at.commit}:refs/heads/${at.branch}`]),
);

/** Adds the branch's commits to the repository's objects, each checked; no ref moves. */
export const fetchBranch = guard(async (repository: GitRepository, remote: Remote, branch: string) => {
  const quietly = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance'];
  return transfer(repository, remote, ['fetch', ...quietly, remote.url, `refs/heads/${branch}`]);
});

export const hasCommit = guard(async (repository: GitRepository, commit: string): Promise<boolean> => {
  const { code } = await repository.git.run(['cat-file', '-e', `${commit}^{commit}`], { codes: [0, 1, 128] });
  return code === 0;
});

async function transfer(repository: GitRepository, remote: Remote, args: readonly string[]): Promise<Transfer> {
  const { code, stderr } = await repository.git.run(args, { codes: [0, 1, 128], env: environmentOf(remote) });
  if (code === 0) return { ok: true };
  const details = stderr.trim().split('\n').slice(0, LINES);
  const told = details.find((line) => /^(fatal|error): |\[(remote )?rejected\]/.test(line)) ?? details[0] ?? '';
  const reason = told.replace(/^(fatal|error): /, '').trim() || `exit code ${code}`;
  return { ok: false, isFinal: REFUSED.test(stderr), reason, details };
}

const LINES = 20;
const REFUSED = /rejected\]|denied|Authentication failed|could not read Username|\b40[134]\b|not found|couldn't find/i;

/** How a machine reaches servers at all. */
const WAYS = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'];
const PASSED = [
  ...WAYS,
  ...WAYS.map((name) => name.toUpperCase()),
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
];

function environmentOf({ url, token }: Remote): Readonly<Record<string, string>> {
  const { origin, protocol } = new URL(url);
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const settings = [
    [`protocol.${protocol.replace(':', '')}.allow`, 'always'],
    [`http.${origin}/.extraheader`, `AUTHORIZATION: basic ${basic}`],
    // Whoever the server sends us to has no business with the token.
    ['http.followRedirects', 'false'],
    ['transfer.fsckObjects', 'true'],
  ] as const;
  const passed = PASSED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries([
    ...passed,
    ['GIT_CONFIG_COUNT', String(settings.length)],
    ...settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key] as const,
      [`GIT_CONFIG_VALUE_${index}`, value] as const,
    ]),
  ]);
}
