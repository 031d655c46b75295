import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { hostPath } from '../../../shared/brand.ts';
import { packContext } from './build-context.ts';

const scratch = mkdtempSync(join(tmpdir(), 'orch-build-context-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function folderWith(...paths: readonly string[]): string {
  const folder = mkdtempSync(join(scratch, 'x-'));
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
  return folder;
}

function pack(folder: string, ignore?: string, dockerfile = 'Dockerfile') {
  return packContext({ folder: hostPath(folder), dockerfile, ignore }, AbortSignal.timeout(10_000));
}

async function namesIn(folder: string, ignore?: string, dockerfile?: string): Promise<readonly string[]> {
  const packed = await pack(folder, ignore, dockerfile);
  const listing = mkdtempSync(join(scratch, 'out-'));
  const file = join(listing, 'context.tar');
  await writeFile(file, packed.open());
  return execFileSync('tar', ['-tf', file], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

describe('the context of a build', () => {
  it.each([
    [undefined, ['Dockerfile', 'a', 'a/b', 'a/c.md', 'd.md']],
    ['*.md', ['Dockerfile', 'a', 'a/b', 'a/c.md']],
    ['**/*.md\n', ['Dockerfile', 'a', 'a/b']],
    ['a', ['Dockerfile', 'd.md']],
    ['a\n!a/b', ['Dockerfile', 'a/b', 'd.md']],
    ['# everything\n*', ['Dockerfile']],
    ['Dockerfile\n.dockerignore', ['a', 'a/b', 'a/c.md', 'd.md', 'Dockerfile']],
  ])('without what %j leaves out, and always with its Dockerfile', async (ignore, names) => {
    const found = await namesIn(folderWith('Dockerfile', 'a/b', 'a/c.md', 'd.md'), ignore);
    expect([...found].map((name) => name.replace(/\/$/, '')).toSorted()).toEqual(names.toSorted());
  });

  it('has links as links, and neither pipes nor what they lead to', async () => {
    const folder = folderWith('Dockerfile');
    symlinkSync('/etc/hostname', join(folder, 'link'));
    symlinkSync('/', join(folder, 'root'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await namesIn(folder)).toEqual(['Dockerfile', 'link', 'root']);
  });

  it('has a digest of what is in it, and not of its times', async () => {
    const folder = folderWith('Dockerfile', 'a');
    const { digest } = await pack(folder);
    utimesSync(join(folder, 'a'), 1, 1);
    expect((await pack(folder)).digest).toBe(digest);
    writeFileSync(join(folder, 'a'), 'b');
    expect((await pack(folder)).digest).not.toBe(digest);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not follow what has become a link since it was listed', async () => {
    const folder = folderWith('Dockerfile', 'a');
    const packed = await pack(folder);
    const secret = join(scratch, 'secret');
    writeFileSync(secret, 'of this machine');
    const tar = packed.open();
    rmSync(join(folder, 'a'));
    symlinkSync(secret, join(folder, 'a'));
    expect(await text(tar)).not.toContain('of this machine');
  });
});
