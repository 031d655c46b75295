/** Calls to the service that keeps the artifacts of workflow runs, as its own client makes them (version 4 and later). */
import { HttpClient } from '@actions/http-client';
import { MachineError } from '../../src/shared/failure.ts';

export interface ResultsService {
  /** The answer's fields; a `MachineError` when it is no answer. Fields of the caller's job go along. */
  call(method: string, fields: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>>;
  readonly http: HttpClient;
}

/** The variables that a runner gives to actions alone. */
export function openResultsService(env: Readonly<Record<string, string | undefined>>): ResultsService {
  const token = env['ACTIONS_RUNTIME_TOKEN'];
  const address = env['ACTIONS_RESULTS_URL'];
  if (!token || !address) {
    const message = 'the runner gives no access to artifacts: ACTIONS_RUNTIME_TOKEN or ACTIONS_RESULTS_URL is not set';
    throw new MachineError({ code: 'environment-lost', message });
  }
  const owner = readOwner(token);
  const base = `${new URL(address).origin}/twirp/github.actions.results.api.v1.ArtifactService/`;
  const http = new HttpClient('orch', [], { allowRetries: true, maxRetries: 5 });
  return {
    http,
    call: async (method, fields) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ ...owner, ...fields });
      return readAnswer(method, await patiently(() => post(http, base + method, { body, headers })));
    },
  };
}

/** Run and job, as the token's scope names them. Whether it is genuine is for the service to say. */
function readOwner(token: string): Readonly<Record<string, string>> {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { scp?: unknown };
  const scope = /(?:^| )Actions\.Results:([^: ]+):([^: ]+)(?: |$)/.exec(String(claims.scp));
  if (scope?.[1] === undefined || scope[2] === undefined) {
    const message = 'ACTIONS_RUNTIME_TOKEN gives no access to the results of this job';
    throw new MachineError({ code: 'environment-lost', message });
  }
  return { workflow_run_backend_id: scope[1], workflow_job_run_backend_id: scope[2] };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function post(
  http: HttpClient,
  url: string,
  { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
): Promise<Answer> {
  const response = await http.post(url, body, headers);
  return { status: response.message.statusCode ?? 0, text: await response.readBody() };
}

const ATTEMPTS = 5;
/** Milliseconds before the second attempt; each further wait is twice as long. */
const FIRST_WAIT = 1000;

/** Another attempt where the service, or the way to it, may do better the next time. */
async function patiently(attempt: () => Promise<Answer>): Promise<Answer> {
  for (let done = 1; ; done++) {
    const answer = await attempt().catch((error: unknown) => {
      if (done === ATTEMPTS) throw lost(error instanceof Error ? error.message : String(error));
      return undefined;
    });
    const isFinal = answer !== undefined && answer.status !== 429 && answer.status < 500;
    if (answer !== undefined && (isFinal || done === ATTEMPTS)) return answer;
    await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT * 2 ** (done - 1)));
  }
}

function readAnswer(method: string, { status, text }: Answer): Readonly<Record<string, unknown>> {
  const fields = readJson(text);
  if (status === 200 && fields !== undefined) return fields;
  const reason = typeof fields?.['msg'] === 'string' ? fields['msg'] : 'no reason given';
  throw lost(`${method} was answered with ${status}: ${reason}`);
}

function readJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function lost(reason: string): MachineError {
  return new MachineError({ code: 'environment-lost', message: `the artifacts of the run: ${reason}` });
}
