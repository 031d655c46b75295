/** The artifact service of a run on this machine, behind a server that spoils the answers it is told to. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { openScene } from '../../../src/runner/services/testing/scene.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/**
 * What happens to a call: a status instead of an answer, the connection cut when it comes (`cut`), after it was done but
 * before it is answered (`lost`), or in the midst of the answer (`half`).
 */
export type Fault = number | 'cut' | 'lost' | 'half';

export interface FaultyService {
  readonly env: Readonly<Record<string, string>>;
  /** The next calls whose path holds the text end like this, one after the other. */
  spoil(text: string, ...faults: readonly Fault[]): void;
  /** Method and last part of the path of each call, in order. */
  readonly calls: string[];
  /** A way to the same run for another job. */
  another(): Promise<Readonly<Record<string, string>>>;
}

export async function faultyService(): Promise<FaultyService> {
  const scene = openScene();
  const job = await scene.job();
  const target = new URL(job.origin);
  const plans = new Map<string, Fault[]>();
  const calls: string[] = [];
  const server = createServer((incoming, answer) => {
    const path = incoming.url ?? '';
    calls.push(`${incoming.method} ${path.replace(/\?.*/, '').split('/').at(-1)}`);
    const [, faults] = [...plans].find(([text, left]) => path.includes(text) && left.length > 0) ?? [];
    spoiled(faults?.shift(), { incoming, answer, target });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endings.push(() => new Promise((resolve) => server.close(resolve)));
  endings.push(() => server.closeAllConnections());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const envOf = (token: string) => ({ ACTIONS_RESULTS_URL: origin, ACTIONS_RUNTIME_TOKEN: token });
  return {
    env: envOf(job.token),
    spoil: (text, ...faults) => void plans.set(text, [...faults]),
    calls,
    another: async () => envOf((await scene.job('b')).token),
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly answer: ServerResponse;
  readonly target: URL;
}

function spoiled(fault: Fault | undefined, { incoming, answer, target }: Exchange): void {
  if (fault === 'cut') {
    // Some of an upload has come by then.
    incoming.once('data', () => incoming.destroy());
    incoming.once('end', () => incoming.destroy());
    return;
  }
  if (typeof fault === 'number') {
    incoming.resume();
    incoming.once('end', () => void answer.writeHead(fault).end('{}'));
    return;
  }
  const { method, url, headers } = incoming;
  const onward = request({ hostname: target.hostname, port: target.port, method, path: url, headers }, (real) => {
    if (fault === 'lost') {
      real.resume();
      real.once('end', () => answer.destroy());
      return;
    }
    answer.writeHead(real.statusCode ?? 0, real.headers);
    if (fault === 'half')
      real.once('data', (chunk: Buffer) => answer.write(chunk.subarray(0, 1), () => answer.destroy()));
    else real.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  incoming.pipe(onward);
}
