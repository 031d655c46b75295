/** The journal of another run, from its artifacts: by GitHub's interface for programs, or from the runner on this machine. */
import { HttpClient } from '@actions/http-client';
import { MachineError } from '../../src/shared/failure.ts';
import { openArtifacts } from './artifacts.ts';
import { JOURNAL, JOURNAL_ARTIFACT } from './journal.ts';
import { PATIENCE, type Patience, patiently } from './patience.ts';
import { openResultsService, Refusal } from './results-service.ts';
import { readZip } from './zip-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface OtherRun {
  readonly run: string;
  /** Has to be allowed to read actions: `permissions: { actions: read }`. */
  readonly token: string;
  /** Holds archives for a moment. */
  readonly temporary: string;
}

/** Throws `MachineError` where there is none, or no way to it. */
export async function readJournalOf(
  other: OtherRun,
  env: Environment,
  patience: Patience = PATIENCE,
): Promise<Uint8Array> {
  const files = isLocal(env) ? await fromRunner(other, env) : await fromGitHub(other, env, patience);
  const journal = files?.get(JOURNAL);
  if (journal !== undefined) return journal;
  throw new MachineError({
    code: 'input-invalid',
    message: `the run ${other.run} has left no journal: it has no artifact ${JOURNAL_ARTIFACT}`,
    hint: 'its workflow has to be exported from the same file, and its last job to have come to its end',
  });
}

/** Such a runner knows the runs of this machine; GitHub does not. */
function isLocal(env: Environment): boolean {
  const address = env['ACTIONS_RESULTS_URL'] ?? '';
  return URL.canParse(address) && ['127.0.0.1', 'localhost'].includes(new URL(address).hostname);
}

type Files = ReadonlyMap<string, Uint8Array> | undefined;

async function fromRunner({ run, temporary }: OtherRun, env: Environment): Promise<Files> {
  const artifacts = openArtifacts(openResultsService(env), temporary, run);
  try {
    const found = (await artifacts.list()).find(({ name }) => name === JOURNAL_ARTIFACT);
    return found && (await artifacts.read(found, [JOURNAL]));
  } catch (error) {
    // There is no such run, or it is not over.
    if (error instanceof Refusal && error.status === 403) return undefined;
    throw error;
  }
}

async function fromGitHub({ run, token }: OtherRun, env: Environment, patience: Patience): Promise<Files> {
  const [server, repository] = [env['GITHUB_API_URL'] ?? '', env['GITHUB_REPOSITORY'] ?? ''];
  if (!/^\d{1,20}$/.test(run) || !URL.canParse(server) || !/^\w[\w-]*\/(?!\.{1,2}$)[\w.-]+$/.test(repository))
    throw new MachineError({
      code: 'input-invalid',
      message: `${JSON.stringify(run)} is no run that could be asked for`,
    });
  const http = new HttpClient('orch');
  const get = (url: string): Promise<Buffer> => fetchFrom(http, url, { run, token, patience });
  const base = `${server.replace(/\/+$/, '')}/repos/${repository}/actions`;
  const listed = await get(`${base}/runs/${run}/artifacts?name=${JOURNAL_ARTIFACT}`);
  const id = newestOf(listed.toString('utf8'));
  // Where it leads is another server, which is not told the token.
  return id === undefined ? undefined : readZip(await get(`${base}/artifacts/${id}/zip`), [JOURNAL]);
}

/** A run that was tried again has one of each attempt. */
function newestOf(text: string): number | undefined {
  const { artifacts } = readObject(text);
  const found = (Array.isArray(artifacts) ? artifacts : []).flatMap((one: unknown) => {
    const { id, name, expired } = typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : {};
    return typeof id === 'number' && name === JOURNAL_ARTIFACT && expired !== true ? [id] : [];
  });
  return found.length === 0 ? undefined : Math.max(...found);
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

async function fetchFrom(
  http: HttpClient,
  url: string,
  { run, token, patience }: { readonly run: string; readonly token: string; readonly patience: Patience },
): Promise<Buffer> {
  const ask = async (): Promise<Answer> => {
    // Headers of the request itself are left out where it is led to another server; those of the client are not.
    const headers = { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` };
    const { message } = await http.get(url, headers);
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    return { status: message.statusCode ?? 0, body: Buffer.concat(chunks) };
  };
  const { status, body } = await patiently(ask, ({ status: of }) => of !== 429 && of < 500, patience).catch(
    (error: unknown) => {
      throw lost(run, error instanceof Error ? error.message : String(error));
    },
  );
  if (status === 200) return body;
  throw lost(run, `GitHub answered with ${status}`, status === 403 || status === 404);
}

function lost(run: string, reason: string, isRight = false): MachineError {
  return new MachineError({
    code: 'environment-lost',
    message: `the artifacts of run ${run} cannot be had: ${reason}`,
    ...(isRight
      ? { hint: 'the job wants `permissions: { actions: read }`, and the run has to be one of this repository' }
      : {}),
  });
}
