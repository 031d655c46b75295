/** What engines say of themselves, played: those without root, and those that cannot keep anything to its share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { whyNoBoxes } from './box-refusals.ts';
import { requireEngine } from './engine.ts';
import { readAbility, readEngineFacts } from './engine-facts.ts';

const LIMITS = { MemoryLimit: true, CpuCfsQuota: true, PidsLimit: true };
const DOCKER = { Version: '20.10', ApiVersion: '1.41', Components: [{ Name: 'Engine' }] };
const PODMAN = { Version: '4.3.1', ApiVersion: '1.41', Components: [{ Name: 'Podman Engine' }, { Name: 'Conmon' }] };

async function play(version: object, info: object): Promise<{ readonly DOCKER_HOST: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'orch-facts-'));
  const socket = join(folder, 'engine.sock');
  const server = createServer(({ url = '' }, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(url.includes('_ping') ? 'OK' : JSON.stringify(url.includes('version') ? version : info));
  });
  await new Promise<void>((resolve) => void server.listen(socket, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { DOCKER_HOST: `unix://${socket}` };
}

it.each([
  ['root’s', DOCKER, { ...LIMITS, CgroupVersion: '1' }, { users: 'same', withoutLimits: [] }],
  [
    'one of version 2',
    DOCKER,
    { ...LIMITS, CgroupVersion: '2', SecurityOptions: ['name=rootless'] },
    { users: 'rootless-docker', withoutLimits: [] },
  ],
  [
    'one whose groups were not delegated',
    DOCKER,
    { ...LIMITS, PidsLimit: false, CgroupVersion: '2', SecurityOptions: ['name=rootless'] },
    { users: 'rootless-docker', withoutLimits: ['pids'] },
  ],
  [
    'Podman, which has them all by its own word',
    PODMAN,
    { ...LIMITS, CgroupVersion: '1', Rootless: true },
    { users: 'rootless-podman', withoutLimits: ['memory', 'cpus', 'pids'] },
  ],
])('knows what %s makes of users, and what it cannot limit', async (_, version, info, ability) => {
  const env = await play(version, info);
  const engine = await requireEngine(env, ['a task']);
  expect(engine && (await readAbility(engine))).toEqual(ability);
  const facts = await readEngineFacts(env);
  expect(facts).toMatchObject({
    ok: true,
    value: { rootless: ability.users !== 'same', withoutLimits: ability.withoutLimits },
  });
});

it('lets no sandbox be wanted of an engine that would not keep it to its share', async () => {
  const env = await play(PODMAN, { ...LIMITS, CgroupVersion: '1', Rootless: true });
  const asked = requireEngine(env, ['a task'], whyNoBoxes);
  await expect(asked).rejects.toMatchObject({
    failure: {
      message: expect.stringMatching(/^nothing was started: the container engine cannot limit memory, cpus, pids/),
      hint: expect.stringContaining('an engine without root needs control groups of version 2'),
      details: ['It is needed by', 'a task'],
    },
  });
});
