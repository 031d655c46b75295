/** Images that a real engine builds: with what only BuildKit can, and with what it says when it cannot. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { hostPath } from '../../../shared/brand.ts';
import { packContext } from './build-context.ts';
import { buildImage } from './build-image.ts';
import type { Engine } from './engine.ts';
import { BASE, findRealEngine, SMALL } from './testing/real-engine.ts';

const engine = await findRealEngine();
const NEVER = new AbortController().signal;
const top = mkdtempSync(join(tmpdir(), 'orch-build-test-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

it('has an engine to be tried on', (context) => {
  if (typeof engine === 'string') context.skip(engine);
  expect(engine).toBeTypeOf('object');
});

describe.skipIf(typeof engine === 'string')('an image', () => {
  const real = engine as Engine;
  let count = 0;

  async function build(dockerfile: string, onLine: (line: string) => void = () => undefined, signal = NEVER) {
    const folder = hostPath(join(top, String(++count)));
    mkdirSync(folder);
    writeFileSync(join(folder, 'Dockerfile'), dockerfile);
    writeFileSync(join(folder, 'file'), 'of the context\n');
    const lines: string[] = [];
    const tell = (line: string): void => {
      lines.push(line);
      onLine(line);
    };
    const packed = await packContext({ folder, dockerfile: 'Dockerfile' }, signal);
    const env = { DOCKER_CONFIG: folder };
    const built = await buildImage(real, packed, { name: 'it', tell, signal, env });
    if (built.ok) afterAll(() => real.docker.getImage(built.value).remove({ force: true }));
    return { built, lines };
  }

  it('has mounts while it is built, and its steps and their output are told', async () => {
    // No cache of an earlier test run is to be found.
    const dockerfile = `FROM ${BASE}
ARG MARK=${process.pid}-${Date.now()}
RUN --mount=type=bind,source=file,target=/seen printf 'ü %s\\nlast' "$(cat /seen)"
`;
    const { built, lines } = await build(dockerfile);
    expect(built).toMatchObject({ ok: true });
    expect(lines).toContainEqual(expect.stringMatching(/^\[2\/2\] RUN --mount=type=bind/));
    expect(lines.slice(lines.indexOf('ü of the context')).slice(0, 2)).toEqual(['ü of the context', 'last']);
    expect(lines.filter((line) => line.includes('[internal]'))).toEqual([]);
    const again = await build(dockerfile);
    expect(again.lines).toContainEqual(expect.stringMatching(/RUN --mount.*\(as before\)$/));
  });

  it('that cannot be built says why, and what its engine may lack', async () => {
    const failing = await build(`FROM ${SMALL}\nRUN echo no room; exit 5\n`);
    expect(failing.lines).toContain('no room');
    expect(failing.built).toMatchObject({
      error: { message: expect.stringMatching(/^the image of it could not be built: .*5/) },
    });
    const unknown = await build(`FROM ${SMALL}\nBEGIN\n`);
    expect(unknown.built).toMatchObject({ error: { hint: expect.stringContaining('the builder of this engine') } });
    const frontend = await build(`# syntax=127.0.0.1:1/no/frontend\nFROM ${SMALL}\n`);
    expect(frontend.built).toMatchObject({ error: { hint: expect.stringContaining('a first line "# syntax="') } });
  });

  it('is given up when the job is', async () => {
    const controller = new AbortController();
    const seconds = `2${String(Date.now()).slice(-6)}`;
    const abort = (line: string): void => {
      if (line === 'begun') controller.abort();
    };
    const { built } = await build(`FROM ${SMALL}\nRUN echo begun; sleep ${seconds}\n`, abort, controller.signal);
    expect(built).toMatchObject({ error: { code: 'cancelled' } });
    await vi.waitFor(
      () => expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(seconds),
      10_000,
    );
  });
});
