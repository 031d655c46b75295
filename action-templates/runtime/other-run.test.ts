import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zipSync } from 'fflate';
import { expect, it, onTestFinished } from 'vitest';
import { JOURNAL_ARTIFACT } from './journal.ts';
import { readJournalOf } from './other-run.ts';

const ONCE = { attempts: 2, firstWait: 1 };
const ARCHIVE = zipSync({ 'events.jsonl': Buffer.from('{"seq":1}\n'), 'other.txt': Buffer.from('x') });

interface Answer {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers as GitHub does; what was asked, and with what token. */
async function serve(answer: (path: string) => Answer) {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const path = request.url ?? '';
    asked.push(`${path} ${request.headers.authorization ?? 'nobody'}`);
    const { status, body = '', headers = {} } = answer(path);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function read(origin: string, run = '77') {
  const env = { GITHUB_API_URL: origin, GITHUB_REPOSITORY: 'me/app', ACTIONS_RESULTS_URL: 'https://results.example/' };
  return readJournalOf({ run, token: 'secret-token', temporary: '/tmp' }, env, ONCE);
}

const listing = (...artifacts: readonly object[]): Answer => ({ status: 200, body: JSON.stringify({ artifacts }) });

it('is the newest artifact of its name; the token is for GitHub alone', async () => {
  const store = await serve(() => ({ status: 200, body: ARCHIVE }));
  const github = await serve((path) =>
    path.includes('/zip')
      ? { status: 302, headers: { location: `${store.origin.replace('127.0.0.1', 'localhost')}/blob?sig=1` } }
      : listing(
          { id: 5, name: JOURNAL_ARTIFACT },
          { id: 9, name: JOURNAL_ARTIFACT },
          { id: 11, name: JOURNAL_ARTIFACT, expired: true },
          { id: 12, name: 'other' },
        ),
  );
  expect(Buffer.from(await read(github.origin)).toString()).toBe('{"seq":1}\n');
  expect(github.asked).toEqual([
    `/repos/me/app/actions/runs/77/artifacts?name=${JOURNAL_ARTIFACT} Bearer secret-token`,
    '/repos/me/app/actions/artifacts/9/zip Bearer secret-token',
  ]);
  expect(store.asked).toEqual(['/blob?sig=1 nobody']);
});

it.each<[string, (path: string) => Answer, string]>([
  ['none', () => listing(), 'has left no journal'],
  ['no right', () => ({ status: 403 }), 'GitHub answered with 403'],
  ['no run', () => ({ status: 404 }), 'GitHub answered with 404'],
  ['trouble', () => ({ status: 502 }), 'GitHub answered with 502'],
  ['nonsense', () => ({ status: 200, body: 'hello' }), 'has left no journal'],
  [
    'no archive',
    (path) => (path.includes('/zip') ? { status: 200, body: 'x' } : listing({ id: 1, name: JOURNAL_ARTIFACT })),
    'an artifact is no archive',
  ],
])('%s: says so', async (_title, answer, message) => {
  const { origin } = await serve(answer);
  await expect(read(origin)).rejects.toThrow(message);
});

it.each(['', '7/../8', '20261123-000000-abcd'])('asks nobody for the run %j', async (run) => {
  const { origin, asked } = await serve(() => listing());
  await expect(read(origin, run)).rejects.toThrow('is no run that could be asked for');
  expect(asked).toEqual([]);
});
