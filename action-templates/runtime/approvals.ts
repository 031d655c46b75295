/** Who has approved a run on GitHub for an environment, from the history of its reviews. */
import { HttpClient } from '@actions/http-client';
import { MachineError } from '../../src/shared/failure.ts';
import { PATIENCE, type Patience, patiently } from './patience.ts';

export interface ApprovalQuestion {
  readonly environment: string;
  readonly token: string;
}

/** Names of users, at least one. Throws `MachineError` when nobody has approved, or when it cannot be known. */
export async function readApprovers(
  env: Readonly<Record<string, string | undefined>>,
  { environment, token }: ApprovalQuestion,
  patience: Patience = PATIENCE,
): Promise<readonly string[]> {
  const reviews = await readReviews(addressOf(env), token, patience);
  const approved = reviews.filter((review) => review.state === 'approved' && isFor(review, environment));
  const names = approved.flatMap(({ user }) => nameOf(user) ?? []);
  if (names.length > 0) return [...new Set(names)];
  throw new MachineError({
    code: 'environment-lost',
    message: `nobody has approved this run for the environment ${JSON.stringify(environment)}`,
    hint: 'give it required reviewers: Settings, Environments; without them GitHub asks nobody',
  });
}

function addressOf(env: Readonly<Record<string, string | undefined>>): string {
  const [api = '', repository = '', run = ''] = ['GITHUB_API_URL', 'GITHUB_REPOSITORY', 'GITHUB_RUN_ID'].map(
    (name) => env[name] ?? '',
  );
  if (!URL.canParse(api) || !/^[\w.-]+\/[\w.-]+$/.test(repository) || !/^\d+$/.test(run))
    throw unknown('GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_RUN_ID do not name a run');
  return `${api.replace(/\/+$/, '')}/repos/${repository}/actions/runs/${run}/approvals`;
}

interface Review {
  readonly state?: unknown;
  readonly user?: unknown;
  readonly environments?: unknown;
}

async function readReviews(address: string, token: string, patience: Patience): Promise<readonly Review[]> {
  const http = new HttpClient('orch');
  const headers = { accept: 'application/vnd.github+json', authorization: `Bearer ${token}` };
  const ask = async (): Promise<{ readonly status: number; readonly body: string }> => {
    const response = await http.get(address, headers);
    return { status: response.message.statusCode ?? 0, body: await response.readBody() };
  };
  const answer = await patiently(ask, ({ status }) => status !== 429 && status < 500, patience).catch(
    (error: unknown) => {
      throw unknown(error instanceof Error ? error.message : String(error));
    },
  );
  if (answer.status === 403 || answer.status === 404)
    throw unknown(`GitHub answered with ${answer.status}; the job wants \`permissions: { actions: read }\``);
  const reviews = answer.status === 200 ? parse(answer.body) : undefined;
  if (reviews === undefined) throw unknown(`GitHub answered with ${answer.status}`);
  return reviews;
}

function parse(text: string): readonly Review[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value)
      ? value.filter((one): one is Review => typeof one === 'object' && one !== null)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Names of environments do not count by case. */
function isFor({ environments }: Review, wanted: string): boolean {
  return (
    Array.isArray(environments) &&
    environments.some((one) => fieldOf(one, 'name')?.toLowerCase() === wanted.toLowerCase())
  );
}

function nameOf(user: unknown): string | undefined {
  return fieldOf(user, 'login');
}

function fieldOf(value: unknown, name: string): string | undefined {
  const field: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof field === 'string' ? field : undefined;
}

function unknown(reason: string): MachineError {
  return new MachineError({
    code: 'environment-lost',
    message: `whether the run was approved cannot be known: ${reason}`,
  });
}
