import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostPath } from '../../../shared/brand.ts';
import { openEgress } from './proxy.ts';
import { openScene, serveBytes, serveHttp, speak } from './testing/proxy-scene.ts';

const LOOPBACK = { 'server.test': ['127.0.0.1'] };

function listFor(port: number): string[] {
  return [`server.test:${port}`, `127.0.0.1:${port}`];
}

describe('a tunnel', () => {
  it('carries bytes both ways, what came with the request too, and each end by itself', async () => {
    const port = await serveBytes((line) => {
      const chunks: Buffer[] = [];
      line.on('data', (chunk: Buffer) => chunks.push(chunk));
      // The answer comes only after the client has ended.
      line.on('end', () => line.end(Buffer.concat(chunks).reverse()));
    });
    const { socket, refusals } = await openScene({ list: listFor(port), names: LOOPBACK });
    const line = connect({ path: socket, allowHalfOpen: true });
    const heard: Buffer[] = [];
    line.on('data', (chunk: Buffer) => heard.push(chunk));
    const payload = randomBytes(300_000);
    line.write(`CONNECT server.test:${port} HTTP/1.1\r\n\r\n`);
    line.end(payload);
    await once(line, 'close');
    const all = Buffer.concat(heard);
    const start = all.indexOf('\r\n\r\n') + 4;
    expect(all.subarray(0, start).toString()).toBe('HTTP/1.1 200 Connection Established\r\n\r\n');
    expect(all.subarray(start).equals(payload.reverse())).toBe(true);
    expect(refusals).toEqual([]);
  });

  it('goes to the address that was checked: the name is looked up once', async () => {
    const port = await serveBytes((line) => line.end('hello'));
    const { socket, asked } = await openScene({ list: listFor(port), names: LOOPBACK });
    expect(await speak(socket, `CONNECT server.test:${port} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 .*hello$/s);
    expect(asked).toEqual(['server.test']);
  });

  it('is tried with each address of the name', async () => {
    const port = await serveBytes((line) => line.end('hello'));
    const list = [...listFor(port), `127.0.0.2:${port}`];
    const { socket } = await openScene({ list, names: { 'server.test': ['127.0.0.2', '127.0.0.1'] } });
    expect(await speak(socket, `CONNECT server.test:${port} HTTP/1.1\r\n\r\n`)).toContain('hello');
  });

  it.each<readonly [string, string]>([
    ['other.test:443', 'not in the network list'],
    ['server.test:444', 'listed with port 443 only'],
    ['server.test:443', 'it resolves to 127.0.0.1 (loopback)'],
    ['127.0.0.1:443', 'not in the network list'],
    ['[::1]:443', 'not in the network list'],
  ])('to %s is refused and told: %s', async (wanted, why) => {
    const { socket, refusals, asked } = await openScene({ list: ['server.test'], names: LOOPBACK });
    const answer = await speak(socket, `CONNECT ${wanted} HTTP/1.1\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
    expect(answer).toContain(`orch: ${wanted} refused: ${why}`);
    expect(refusals).toEqual([{ target: wanted, why: expect.stringContaining(why) }]);
    // What is not listed is not even looked up: a name can carry a message to whoever serves its zone.
    expect(asked).toEqual(wanted === 'server.test:443' ? ['server.test'] : []);
  });

  it('to a host that is not there fails otherwise than a refused one', async () => {
    const port = await serveBytes(() => undefined);
    const { socket, refusals } = await openScene({ list: ['gone.test', ...listFor(1)], names: LOOPBACK });
    expect(await speak(socket, 'CONNECT gone.test:443 HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 502 .*no address/s);
    expect(await speak(socket, 'CONNECT server.test:1 HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 502 .*does not answer/s);
    expect(refusals).toEqual([]);
    expect(port).toBeGreaterThan(0);
  });

  it('that nobody uses is closed', async () => {
    const port = await serveBytes(() => undefined);
    const { socket } = await openScene({ list: listFor(port), names: LOOPBACK, limits: { idle: 50 } });
    expect(await speak(socket, `CONNECT server.test:${port} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1.1 200/);
  });
});

describe('plain HTTP', () => {
  it('is passed on for the host that was checked, whatever the client calls it', async () => {
    const seen: unknown[] = [];
    const port = await serveHttp((request, response) => {
      const { method, url, headers } = request;
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        seen.push({ method, url, body, headers });
        response.writeHead(201, { 'x-from': 'server', connection: 'keep-alive' }).end('made');
      });
    });
    const { socket } = await openScene({ list: listFor(port), names: LOOPBACK });
    const answer = await speak(
      socket,
      `POST http://server.test:${port}/a?b HTTP/1.1\r\nHost: evil.test\r\nProxy-Authorization: Basic abc\r\n` +
        'X-Mine: 1\r\nX-Dropped: 2\r\nConnection: close, x-dropped, content-length\r\nContent-Length: 4\r\n\r\nbody',
    );
    expect(answer).toMatch(/^HTTP\/1.1 201 Created\r\n.*x-from: server.*made/s);
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/a?b',
        body: 'body',
        headers: { host: `server.test:${port}`, connection: 'close', 'x-mine': '1', 'content-length': '4' },
      },
    ]);
  });

  it('is refused unless its port is listed', async () => {
    const { socket, refusals } = await openScene({ list: ['server.test'], names: LOOPBACK });
    expect(await speak(socket, 'GET http://server.test/ HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 403 .*listed with port 443 only; list server.test:80 too/s,
    );
    expect(refusals).toMatchObject([{ target: 'server.test:80' }]);
  });

  it.each<readonly [string, (port: number) => string]>([
    ['a body in chunks', () => 'Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n'],
    ['a body of known length', () => 'Content-Length: 4\r\n\r\nbody'],
  ])('arrives with %s also where none is usual', async (_, rest) => {
    let body = '';
    const port = await serveHttp((request, response) => {
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => response.end('done'));
    });
    const { socket } = await openScene({ list: listFor(port), names: LOOPBACK });
    await speak(socket, `GET http://server.test:${port}/ HTTP/1.1\r\nConnection: close\r\n${rest(port)}`);
    expect(body).toBe('body');
  });

  it.each(['', 'nonsense\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort'])(
    'of a host that answers %j ends',
    async (answer) => {
      const port = await serveBytes((line) => line.end(answer));
      const { socket, egress } = await openScene({ list: listFor(port), names: LOOPBACK });
      const heard = await speak(socket, `GET http://server.test:${port}/ HTTP/1.1\r\nConnection: close\r\n\r\n`);
      expect(heard).toMatch(answer.startsWith('HTTP') ? /^HTTP\/1.1 200 .*short$/s : /^HTTP\/1.1 502 /);
      await egress.close();
    },
  );
});

describe('what is no host', () => {
  it.each<readonly [string, string | undefined]>([
    ['CONNECT 127.1:443', '127.1:443'],
    ['CONNECT 0x7f000001:443', '0x7f000001:443'],
    ['CONNECT 2130706433:443', '2130706433:443'],
    ['CONNECT [fe80::1%25lo]:443', '[fe80::1%25lo]:443'],
    // Node itself does not take these for a request.
    ['CONNECT b\u00fccher.test:443', undefined],
    ['CONNECT \u001b[2J:443', undefined],
    ['CONNECT server.test..:443', 'server.test..:443'],
    ['CONNECT me:secret@evil.test:443', 'evil.test:443'],
    ['GET ftp://me:secret@evil.test/secret', 'evil.test'],
    [`CONNECT ${'x'.repeat(5000)}:443`, `${'x'.repeat(99)}…`],
    ['GET /', undefined],
  ])('is told of like a host: %s', async (ask, target) => {
    const { socket, refusals, asked } = await openScene({ list: ['*.server.test'], names: LOOPBACK });
    const line = Buffer.from(`${ask} HTTP/1.1\r\nConnection: close\r\n\r\n`, 'latin1');
    expect(await speak(socket, line)).toMatch(/^HTTP\/1.1 400 /);
    expect(refusals.map((refusal) => refusal.target)).toEqual(target === undefined ? [] : [target]);
    expect(asked).toEqual([]);
  });
});

describe('garbage', () => {
  it.each<readonly [string, string | Uint8Array, RegExp]>([
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1.1 400/],
    ['a TLS greeting', new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), /^HTTP\/1.1 400/],
    ['zeros', new Uint8Array(10_000), /^HTTP\/1.1 400/],
    ['a path alone', 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400/],
    ['no port', 'CONNECT server.test HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400/],
    ['another spelling of loopback', 'CONNECT 127.1:443 HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400/],
    ['another scheme', 'GET ftp://server.test/ HTTP/1.1\r\nConnection: close\r\n\r\n', /^HTTP\/1.1 400/],
    ['a name in a name', 'GET http://server.test@evil.test/ HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400/],
    [
      'two lengths',
      'POST http://a.test/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      /^HTTP\/1.1 400/,
    ],
    ['long lines', `GET http://a.test/ HTTP/1.1\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1.1 431/],
    ['half a request', 'CONNECT server.test:443 HTTP/1.1\r\nA: ', /^HTTP\/1.1 408/],
  ])('%s', async (_, bytes, answer) => {
    const { socket, asked, egress } = await openScene({ list: ['server.test'], limits: { request: 100 } });
    expect(await speak(socket, bytes)).toMatch(answer);
    expect(asked).toEqual([]);
    await egress.close();
  });

  it('of every kind leaves the proxy as it was', async () => {
    const port = await serveBytes((line) => line.end('hello'));
    const { socket } = await openScene({ list: listFor(port), names: LOOPBACK, limits: { request: 200 } });
    await Promise.all(Array.from({ length: 40 }, (_, at) => speak(socket, randomBytes(50 * (at + 1)))));
    expect(await speak(socket, `CONNECT server.test:${port} HTTP/1.1\r\n\r\n`)).toContain('hello');
  });
});

it('has a limit on connections at once', async () => {
  const port = await serveBytes((line) => line.write('hello'));
  const { socket } = await openScene({ list: listFor(port), names: LOOPBACK, limits: { connections: 2 } });
  const ask = `CONNECT server.test:${port} HTTP/1.1\r\n\r\n`;
  const lines = [connect(socket), connect(socket)];
  for (const line of lines) {
    line.write(ask);
    await once(line, 'data');
  }
  expect(await speak(socket, ask)).toBe('');
  for (const line of lines) line.destroy();
});

it('breaks every connection when it is closed, and leaves no socket', async () => {
  const port = await serveBytes((line) => line.write('hello'));
  const { socket, egress, folder } = await openScene({ list: listFor(port), names: LOOPBACK });
  const line = connect(socket);
  const ended = once(line, 'close');
  line.on('error', () => line.destroy());
  line.write(`CONNECT server.test:${port} HTTP/1.1\r\n\r\n`);
  await once(line, 'data');
  await egress.close();
  await ended;
  expect(readdirSync(folder)).toEqual([]);
});

it('says where it cannot listen', async () => {
  const settings = { list: [], onRefusal: () => undefined };
  const { folder } = await openScene({ list: [] });
  await expect(openEgress(hostPath(join(folder, 'x'.repeat(120))), settings)).rejects.toThrow('too long');
  await expect(openEgress(hostPath(join(folder, 'none', 's')), settings)).rejects.toThrow('could not be started');
});
