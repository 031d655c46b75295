import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { changeOwner, takeBackFiles } from './file-owner.ts';

const top = mkdtempSync(join(tmpdir(), 'orch-owner-'));
afterAll(() => execFileSync('rm', ['-rf', top]));
const OTHER = { uid: 12_345, gid: 12_346 };
const ownerOf = (path: string) => lstatSync(join(top, path)).uid;

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  it('lends a tree and takes it back, whatever is in it, and nothing beside it', async () => {
    for (const path of ['tree/a/b', 'outside']) mkdirSync(join(top, path), { recursive: true });
    writeFileSync(join(top, 'outside/file'), 'x');
    writeFileSync(join(top, 'tree/a/b/file'), 'x');
    writeFileSync(Buffer.concat([Buffer.from(join(top, 'tree/')), Buffer.from([0xff, 0xfe])]), 'x');
    symlinkSync(join(top, 'outside'), join(top, 'tree/out'));
    linkSync(join(top, 'outside/file'), join(top, 'tree/linked'));
    expect(await changeOwner(join(top, 'tree'), 0, OTHER)).toEqual({ linked: 1, unreachable: 0 });
    expect(['tree', 'tree/a/b/file', 'tree/out'].map(ownerOf)).toEqual([12_345, 12_345, 12_345]);
    expect(['outside', 'outside/file', 'tree/linked'].map(ownerOf)).toEqual([0, 0, 0]);

    // Of the borrower's own making: rights that must not become root's, and links to each other.
    writeFileSync(join(top, 'tree/set'), 'x');
    execFileSync('chown', ['12345', join(top, 'tree/set')]);
    chmodSync(join(top, 'tree/set'), 0o4755);
    linkSync(join(top, 'tree/set'), join(top, 'tree/again'));
    await changeOwner(join(top, 'tree'), OTHER.uid, { uid: 0, gid: 0 });
    expect(['tree', 'tree/a/b/file', 'tree/out', 'tree/set', 'tree/again'].map(ownerOf)).toEqual([0, 0, 0, 0, 0]);
    expect(lstatSync(join(top, 'tree/set')).mode & 0o7000).toBe(0);
  });

  it('says what it did not reach, and goes on', async () => {
    mkdirSync(join(top, 'deep'));
    // In steps: no path to the end of it is short enough for the system.
    const script = 'chdir shift; for (1..300) { mkdir "d" x 200; chdir "d" x 200 }';
    execFileSync('perl', ['-e', script, join(top, 'deep')]);
    writeFileSync(join(top, 'deep/z'), 'x');
    expect(await changeOwner(join(top, 'deep'), 0, OTHER)).toEqual({ linked: 0, unreachable: 1 });
    expect(ownerOf('deep/z')).toBe(12_345);
  });

  it('leaves none of the rights that files and folders can carry', async () => {
    const tree = join(top, 'rights');
    for (const path of ['set', 'group', 'folder/below']) mkdirSync(join(tree, path), { recursive: true });
    for (const path of ['set/x', 'group/x']) writeFileSync(join(tree, path), 'x', { mode: 0o755 });
    execFileSync('mkfifo', [join(tree, 'pipe')]);
    execFileSync('chown', ['-R', '12345:12346', tree]);
    // The kernel keeps the second with a new owner: nobody of the group may run it, yet.
    for (const [path, mode] of Object.entries({ 'set/x': 0o4755, 'group/x': 0o2604, folder: 0o3777, pipe: 0o6666 }))
      chmodSync(join(tree, path), mode);
    await takeBackFiles(tree, OTHER.uid);
    expect(['set/x', 'group/x', 'folder', 'pipe'].map((path) => lstatSync(join(tree, path)).mode & 0o7777)).toEqual([
      0o755, 0o604, 0o1777, 0o666,
    ]);
  });

  it.skipIf(!existsSync('/sbin/setcap'))('nor capabilities', async () => {
    const program = join(top, 'able');
    writeFileSync(program, 'x', { mode: 0o755 });
    execFileSync('chown', ['12345', program]);
    execFileSync('/sbin/setcap', ['cap_setuid+ep', program]);
    await takeBackFiles(program, OTHER.uid);
    expect(execFileSync('/sbin/getcap', [program], { encoding: 'utf8' })).toBe('');
  });

  it('takes no file back whose other name is elsewhere', async () => {
    for (const path of ['back', 'beside']) mkdirSync(join(top, path));
    writeFileSync(join(top, 'beside/file'), 'x');
    linkSync(join(top, 'beside/file'), join(top, 'back/file'));
    execFileSync('chown', ['-R', '12345', join(top, 'back')]);
    expect(await changeOwner(join(top, 'back'), OTHER.uid, { uid: 0, gid: 0 })).toEqual({ linked: 1, unreachable: 0 });
    expect([ownerOf('back'), ownerOf('beside/file')]).toEqual([0, OTHER.uid]);
  });
});

it('takes the rights of its owner from what is this user’s, also where a folder was shut to it', async () => {
  mkdirSync(join(top, 'own/shut'), { recursive: true });
  for (const path of ['own/a', 'own/shut/b']) {
    writeFileSync(join(top, path), 'x');
    chmodSync(join(top, path), 0o6755);
  }
  chmodSync(join(top, 'own/shut'), 0o011);
  await takeBackFiles(join(top, 'own'), ownerOf('own'));
  expect(['own/a', 'own/shut/b', 'own/shut'].map((path) => lstatSync(join(top, path)).mode & 0o7777)).toEqual([
    0o755, 0o755, 0o511,
  ]);
});

it('leaves alone what belongs to somebody else, and what is not there', async () => {
  writeFileSync(join(top, 'mine'), 'x');
  const before = ownerOf('mine');
  expect(await changeOwner(join(top, 'mine'), before + 1, OTHER)).toEqual({ linked: 0, unreachable: 0 });
  expect(await changeOwner(join(top, 'gone'), before, OTHER)).toEqual({ linked: 0, unreachable: 0 });
  expect(ownerOf('mine')).toBe(before);
});
