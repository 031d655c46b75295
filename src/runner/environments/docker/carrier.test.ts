/** Files in volumes of an engine that is taken for one on another machine. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hostPath } from '../../../shared/brand.ts';
import { MachineError } from '../../../shared/failure.ts';
import { openCarrier } from './carrier.ts';
import type { Engine } from './engine.ts';
import { listContainersByRun } from './sweep.ts';
import { findRealEngine, testExternals } from './testing/real-engine.ts';

const engine = await findRealEngine();

it('has an engine to be tried on', (context) => {
  if (typeof engine === 'string') context.skip(engine);
  expect(engine).toBeTypeOf('object');
});

describe.skipIf(typeof engine === 'string')('at a real engine', async () => {
  const { docker, ...place } = engine as Engine;
  const externals = typeof engine === 'string' ? undefined : await testExternals();
  const top = mkdtempSync(join(tmpdir(), 'orch-carrier-'));
  afterAll(() => rmSync(top, { recursive: true, force: true }));

  it('what somebody has removed there is not taken for removed files', async () => {
    if (externals === undefined) throw new Error('no engine');
    const run = `carrier-${process.pid}`;
    const host = hostPath(join(top, 'work'));
    mkdirSync(join(host, 'deep'), { recursive: true });
    writeFileSync(join(host, 'deep/file'), 'mine');
    const mount = { host, inner: '/w' };
    const request = { owner: { run, job: 'j' }, mounts: [mount], externals, tell: () => undefined };
    const carrier = await openCarrier({ docker, ...place, remote: 'elsewhere' }, request);
    const files = carrier.files({
      bare: [],
      once: [mount],
      always: [],
      access: ({ uid, gid, mode }) => ({ uid, gid, mode }),
    });
    await files.send();
    await files.fetch(mount);
    expect(readFileSync(join(host, 'deep/file'), 'utf8')).toBe('mine');

    const container = docker.getContainer(`orch-${run}-j-files`);
    const { Config } = await container.inspect();
    // As `docker container prune` does with what was never started.
    await container.remove({ force: true });
    await expect(files.fetch(mount)).rejects.toThrow(MachineError);
    await expect(files.fetch(mount)).rejects.toThrow(
      /\/w could not be copied from the container: .*no such container/i,
    );
    expect(readFileSync(join(host, 'deep/file'), 'utf8')).toBe('mine');
    expect(readdirSync(top)).toEqual(expect.not.arrayContaining([expect.stringContaining('_copy-')]));

    await carrier.close();
    expect((await listContainersByRun(process.env)).get(run)).toBeUndefined();
    // The next carrier has it sent again.
    await docker.getImage(Config.Image).remove();
  });

  it('a carrier that cannot be made leaves no volumes', async () => {
    if (externals === undefined) throw new Error('no engine');
    const run = `carrier-none-${process.pid}`;
    const host = hostPath(mkdtempSync(join(top, 'work-')));
    const request = { owner: { run, job: 'j' }, mounts: [{ host, inner: '/w' }], externals, tell: () => undefined };
    const first = await openCarrier({ docker, ...place, remote: 'elsewhere' }, request);
    // Its name is taken.
    await expect(openCarrier({ docker, ...place, remote: 'elsewhere' }, request)).rejects.toThrow(
      'the engine at elsewhere makes no place for files',
    );
    const { Config } = await docker.getContainer(`orch-${run}-j-files`).inspect();
    await first.close();
    await docker.getImage(Config.Image).remove();
    expect((await listContainersByRun(process.env)).get(run)).toBeUndefined();
  });
});
