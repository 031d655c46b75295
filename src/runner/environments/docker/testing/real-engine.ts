/** The container engine that tests use, or why there is none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { hostPath } from '../../../../shared/brand.ts';
import { type Engine, openEngine } from '../engine.ts';
import { type Externals, prepareExternals } from '../externals.ts';
import { bundleSupervisor } from './supervisor-bundle.ts';

/** Debian with git and redis, and a system of busybox alone; `.ci/engine.sh` makes them. */
export const BASE = 'orch-test/base:1';
export const SMALL = 'orch-test/small:1';

/**
 * Where ORCH_TEST_DOCKER is `required`, as in CI, a missing engine or image is an error; elsewhere the reason is what
 * the tests are skipped with.
 */
export async function findRealEngine(): Promise<Engine | string> {
  const engine = await openEngine(process.env);
  const reason = engine.ok ? await whatLacks(engine.value) : engine.error.message;
  if (reason === undefined && engine.ok) return engine.value;
  if (process.env['ORCH_TEST_DOCKER'] === 'required') throw new Error(`container tests cannot run: ${reason}`);
  return reason ?? 'there is no engine';
}

async function whatLacks({ docker }: Engine): Promise<string | undefined> {
  for (const image of [BASE, SMALL]) {
    const there = await docker
      .getImage(image)
      .inspect()
      .then(Boolean, () => false);
    if (!there) return `the engine has no image ${image}; .ci/engine.sh makes it`;
  }
  return undefined;
}

/** The supervisor, bundled from its source, and Node. */
export async function testExternals(): Promise<Externals> {
  const folder = mkdtempSync(join(tmpdir(), 'orch-externals-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'supervisor.mjs');
  await bundleSupervisor(program);
  return prepareExternals({ program: hostPath(program), cache: hostPath(join(folder, 'cache')) });
}
