import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findEndpoint } from './endpoint.ts';
import { openEngine } from './engine.ts';
import { registryOf } from './images.ts';

const home = mkdtempSync(join(tmpdir(), 'orch-endpoint-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

function contextOf(name: string, host: string): void {
  const folder = join(home, '.docker', 'contexts', 'meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
}

contextOf('rootless', 'unix:///run/user/1/docker.sock');
contextOf('near', 'ssh://near');
contextOf('far', 'ssh://me:pw@far.example');

it.each([
  ['DOCKER_HOST', { DOCKER_HOST: 'unix:///a/b.sock' }, '/a/b.sock'],
  ['a context', { DOCKER_CONTEXT: 'rootless' }, '/run/user/1/docker.sock'],
  ['DOCKER_HOST before a context', { DOCKER_HOST: 'unix:///a', DOCKER_CONTEXT: 'rootless' }, '/a'],
])('the engine is named by %s', (_, env, socketPath) => {
  expect(findEndpoint({ HOME: home, ...env })).toMatchObject({ ok: true, value: { address: { socketPath } } });
});

it.each([
  [{ DOCKER_HOST: 'tcp://127.0.0.1' }, { protocol: 'http', host: '127.0.0.1', port: 2375 }],
  [{ DOCKER_HOST: 'tcp://[::1]:99' }, { protocol: 'http', host: '::1', port: 99 }],
  [
    { DOCKER_HOST: 'tcp://a.example', DOCKER_TLS_VERIFY: '1' },
    { protocol: 'https', host: 'a.example', port: 2376 },
  ],
  [{ DOCKER_HOST: 'ssh://me@far.example:99' }, { ssh: { user: 'me', host: 'far.example', port: 99 } }],
  [{ DOCKER_CONTEXT: 'near' }, { ssh: { user: '', host: 'near', port: 0 } }],
])('over the network: %o', (env, address) => {
  expect(findEndpoint({ HOME: home, ...env })).toMatchObject({ ok: true, value: { address } });
});

it.each([
  ['a kind of address that is not known', { DOCKER_HOST: 'fd://4' }, /DOCKER_HOST names fd:\/\/4, and only unix/],
  ['what nobody serves', { DOCKER_HOST: 'tcp://127.0.0.1:1' }, /DOCKER_HOST=tcp:\/\/127.0.0.1:1 does not answer/],
  ['a password', { DOCKER_CONTEXT: 'far' }, /the Docker context far names ssh:\/\/far\.example with a password,/],
  ['a user that is escaped', { DOCKER_HOST: 'ssh://a%zz@far' }, /DOCKER_HOST names a user with %/],
  ['a path behind a machine', { DOCKER_HOST: 'ssh://far/run/x.sock' }, /names ssh:\/\/far\/run\/x\.sock, and no path/],
  [
    'a machine that ssh does not reach',
    { DOCKER_HOST: 'ssh://nowhere.invalid' },
    /nowhere\.invalid does not answer \(ssh to nowhere/,
  ],
  ['a context that is not there', { DOCKER_CONTEXT: 'gone' }, /there is no Docker context gone/],
  [
    'a socket that is not there',
    { DOCKER_HOST: 'unix:///nowhere.sock' },
    /DOCKER_HOST=unix:\/\/\/nowhere\.sock does not answer/,
  ],
])('%s is refused with the reason', async (_, env, message) => {
  const engine = await openEngine({ HOME: home, ...env });
  expect(engine.ok ? '' : engine.error.message).toMatch(message);
  expect(engine.ok ? '' : engine.error.hint).toContain('DOCKER_HOST=unix:///path');
});

it.each([
  ['alpine', 'https://index.docker.io/v1/'],
  ['owner/image:1', 'https://index.docker.io/v1/'],
  ['docker.io/owner/image', 'https://index.docker.io/v1/'],
  ['ghcr.io/owner/image@sha256:0', 'ghcr.io'],
  ['localhost:5000/image', 'localhost:5000'],
  ['localhost/image', 'localhost'],
])('the registry of %s is %s', (image, registry) => {
  expect(registryOf(image)).toBe(registry);
});
