import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { freeSpace, willFit } from './disk.ts';
import { temporaryDirectory } from './testing/temporary-layout.ts';
import { mountTinyDisk } from './testing/tiny-disk.ts';

it('asks the disk of the nearest folder that exists', async () => {
  const root = temporaryDirectory();
  const [here, below] = await Promise.all([
    freeSpace(hostPath(root)),
    freeSpace(hostPath(join(root, 'not/yet/there'))),
  ]);
  expect(here).toBeGreaterThan(0);
  expect(Math.abs(here - below)).toBeLessThan(1e9);
});

it('tells disks apart', async (ctx) => {
  const disk = mountTinyDisk(64);
  if ('refused' in disk) return ctx.skip(disk.refused);
  expect(await freeSpace(hostPath(join(disk.path, 'worktrees')))).toBe(64 * 1024);
});

it('refuses what will not fit, with both sizes', () => {
  expect(willFit({ path: '/w', needed: 100, free: 100 })).toEqual({ ok: true, value: undefined });
  expect(willFit({ path: '/w', needed: 4_200_000_000, free: 1_100_000_000 })).toMatchObject({
    ok: false,
    error: {
      code: 'disk-full',
      message: 'the run needs about 4.2 GB in /w, and 1.1 GB are free',
      hint: expect.stringContaining('orch clean'),
    },
  });
});
