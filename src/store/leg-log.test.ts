import { createHash } from 'node:crypto';
import { readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import { createLegLog } from './leg-log.ts';
import { describeSelf } from './lock-info.ts';
import { layoutOf, type RunPaths } from './paths.ts';
import { probeProcesses } from './process-probe.ts';
import { createRunDirectory } from './run-directory.ts';
import { temporaryDirectory } from './testing/temporary-layout.ts';
import { mountTinyDisk } from './testing/tiny-disk.ts';

const RUN = '20261122-204512-k3f9';

function newRun(root = temporaryDirectory()): RunPaths {
  return createRunDirectory(
    layoutOf(hostPath(root), hostPath(join(root, '.git'))),
    describeSelf(RUN, probeProcesses(), new Date()),
  );
}

it('keeps every byte in order, and tells size and hash', async () => {
  const log = createLegLog(newRun(), 'build+20_linux');
  const chunks = Array.from({ length: 5_000 }, (_, i) => Buffer.from(`line ${i} \u{1f600}\n`.repeat(i % 7)));
  for (const chunk of chunks) await log.write(chunk);
  const closed = await log.close();
  const whole = Buffer.concat(chunks);
  expect(readFileSync(log.path).equals(whole)).toBe(true);
  expect(closed).toEqual({
    path: `logs/runs/${RUN}/build+20_linux.log`,
    bytes: whole.length,
    sha256: createHash('sha256').update(whole).digest('hex'),
  });
});

it('is closed once, and takes nothing afterwards', async () => {
  const log = createLegLog(newRun(), 'api');
  void log.write(Buffer.from('x'));
  expect(await log.close()).toEqual(await log.close());
  expect(() => log.write(Buffer.from('y'))).toThrow('is closed');
});

it('may stay empty', async () => {
  const log = createLegLog(newRun(), 'api');
  await log.write(new Uint8Array());
  expect(await log.close()).toMatchObject({ bytes: 0 });
  expect(statSync(log.path).size).toBe(0);
});

it('asks a writer that is too fast to wait, and is then on disk', async () => {
  const log = createLegLog(newRun(), 'api');
  const chunk = Buffer.alloc(400_000, 'x');
  const answers: unknown[] = Array.from({ length: 8 }, () => log.write(chunk));
  expect(answers[0]).toBeUndefined();
  expect(answers.at(-1)).toBeInstanceOf(Promise);
  await answers.at(-1);
  expect(statSync(log.path).size).toBe(8 * 400_000);
  await log.close();
});

it('takes chunks at the very moment the last ones are done', async () => {
  const log = createLegLog(newRun(), 'api');
  const big = Buffer.alloc(2_000_000, 'x');
  for (let i = 0; i < 20; i++) {
    await log.write(big);
    await Promise.resolve();
    void log.write(Buffer.from('.'));
  }
  expect(await log.close()).toMatchObject({ bytes: 20 * 2_000_001 });
});

it('is a new file', async () => {
  const run = newRun();
  const elsewhere = temporaryDirectory();
  symlinkSync(join(elsewhere, 'target'), join(run.directory, 'api.log'));
  expect(() => createLegLog(run, 'api')).toThrow(MachineError);
  expect(() => createLegLog(run, '../api')).toThrow('not a leg id');
});

it('says that the disk is full, and keeps what it took', async (ctx) => {
  const disk = mountTinyDisk(256);
  if ('refused' in disk) return ctx.skip(disk.refused);
  const log = createLegLog(newRun(disk.path), 'api');
  const chunk = Buffer.from('a whole line of output\n'.repeat(1_000));
  const writing = async () => {
    for (let i = 0; i < 100; i++) await log.write(chunk);
  };
  const failed = { failure: { code: 'disk-full' } };
  await expect(writing().then(() => log.close())).rejects.toMatchObject(failed);
  expect(() => log.write(chunk)).toThrow(MachineError);
  await expect(log.close()).rejects.toMatchObject(failed);
  await expect(log.close()).rejects.toMatchObject(failed);
  const kept = readFileSync(log.path, 'utf8');
  expect(kept.length).toBeGreaterThan(100_000);
  expect('a whole line of output\n'.repeat(20_000).startsWith(kept)).toBe(true);
});
