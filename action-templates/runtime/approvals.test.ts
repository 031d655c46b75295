import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { readApprovers } from './approvals.ts';

const PATIENCE = { attempts: 2, firstWait: 1 };

async function ask(answers: readonly (readonly [status: number, body: unknown])[], environment = 'Migration') {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    const [status, body] = answers[Math.min(asked.length, answers.length - 1)] ?? [500, ''];
    asked.push([request.url, request.headers.authorization]);
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const env = {
    GITHUB_API_URL: `http://127.0.0.1:${port}/api/v3/`,
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_RUN_ID: '17',
  };
  return { asked, approvers: readApprovers(env, { environment, token: 't' }, PATIENCE) };
}

const review = (state: string, login: string, name = 'migration') => ({
  state,
  user: { login },
  environments: [{ name }],
});

it('names who has approved, each once, as the run itself is asked', async () => {
  const reviews = [
    review('approved', 'ada'),
    review('approved', 'ada'),
    review('rejected', 'bob'),
    review('approved', 'cy', 'other'),
  ];
  const { asked, approvers } = await ask([
    [503, ''],
    [200, reviews],
  ]);
  expect(await approvers).toEqual(['ada']);
  expect(asked.at(-1)).toEqual(['/api/v3/repos/o/r/actions/runs/17/approvals', 'Bearer t']);
});

it.each([
  [200, [], 'nobody has approved this run for the environment "Migration"'],
  [200, [review('rejected', 'bob'), { state: 'approved' }, null, 'x'], 'nobody has approved'],
  [200, '<html>', 'cannot be known: GitHub answered with 200'],
  [404, {}, 'the job wants `permissions: { actions: read }`'],
  [500, '', 'GitHub answered with 500'],
] as const)('%i %j does not let anything through', async (status, body, message) => {
  const { approvers } = await ask([[status, body]]);
  await expect(approvers).rejects.toThrow(message);
});

it('without a run there is nobody to ask', async () => {
  await expect(readApprovers({}, { environment: 'm', token: '' }, PATIENCE)).rejects.toThrow('do not name a run');
});
