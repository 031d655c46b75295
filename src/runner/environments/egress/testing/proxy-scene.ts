/** A proxy with a resolver of the test's own, and hosts for it to reach on this machine's loopback. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createPlainServer,
  type Server as PlainServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { parseAllowRule } from '../../../../shared/allow-list.ts';
import { hostPath } from '../../../../shared/brand.ts';
import { type EgressSettings, openEgress, type Refusal } from '../proxy.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

export interface SceneSettings {
  readonly list: readonly string[];
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly limits?: EgressSettings['limits'];
}

/** Names that the scene does not know have no address. */
export async function openScene({ list, names = {}, limits = {} }: SceneSettings) {
  const folder = scratchFolder();
  const socket = hostPath(join(folder, 'proxy.sock'));
  const refusals: Refusal[] = [];
  const asked: string[] = [];
  const egress = await openEgress(socket, {
    list: list.map((entry) => {
      const rule = parseAllowRule(entry);
      if (!rule.ok) throw new Error(rule.error);
      return rule.value;
    }),
    onRefusal: (refusal) => void refusals.push(refusal),
    resolve: async (name) => {
      asked.push(name);
      return names[name] ?? [];
    },
    limits,
  });
  endings.push(() => egress.close());
  return { folder, socket, refusals, asked, egress };
}

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'orch-egress-'));
  endings.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An HTTP server on 127.0.0.1; its port. */
export function serveHttp(answer: RequestListener): Promise<number> {
  return listen(createServer(answer));
}

/** A server that talks as it likes; its port. */
export function serveBytes(answer: (line: Socket) => void): Promise<number> {
  return listen(createPlainServer({ allowHalfOpen: true }, answer));
}

async function listen(server: Server | PlainServer): Promise<number> {
  const lines = new Set<Socket>();
  server.on('connection', (line: Socket) => void lines.add(line));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  endings.push(async () => {
    const closed = new Promise((resolve) => void server.close(resolve));
    for (const line of lines) line.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

/** Sends bytes to the proxy and takes all that comes back until it hangs up. */
export function speak(socket: string, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const line = connect(socket);
    let heard = '';
    line.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
    });
    // What is not read to its end is hung up on roughly.
    line.on('error', () => line.destroy());
    line.on('close', () => resolve(heard));
    line.write(bytes);
  });
}
