import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { lstat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HostPath, hostPath } from '../../../shared/brand.ts';
import { unpackArchive } from './archive.ts';

let top: string;
let folder: HostPath;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'orch-archive-'));
  folder = hostPath(join(top, 'folder'));
  mkdirSync(folder);
  mkdirSync(join(top, 'outside'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

interface Member {
  readonly name: string;
  readonly type?: 'file' | 'link' | 'symlink' | 'device' | 'folder' | 'pipe';
  readonly text?: string;
  readonly to?: string;
  readonly mode?: number;
}

const TYPES = { file: '0', link: '1', symlink: '2', device: '3', folder: '5', pipe: '6' };
const BLOCK = 512;

/** Written by hand: no library makes what is hostile. */
function tarOf(...members: readonly Member[]): Buffer {
  const parts = members.flatMap(({ name, type = 'file', text = '', to = '', mode = 0o644 }) => {
    const head = Buffer.alloc(BLOCK);
    const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
    const fields = [
      name.padEnd(100, '\0'),
      octal(mode, 8),
      octal(0, 8),
      octal(0, 8),
      octal(text.length, 12),
      octal(1, 12),
    ];
    head.write(`${fields.join('')}        ${TYPES[type]}${to.padEnd(100, '\0')}ustar\u000000`, 'latin1');
    head.write(
      `${head
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
    return [head, Buffer.from(text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK, '\0'))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function unpack(...members: readonly Member[]): Promise<void> {
  return unpackArchive(Readable.from([tarOf(...members)]), folder);
}

it('files, folders that nobody may enter, and links wherever they lead', async () => {
  await unpack(
    { name: 'a/', type: 'folder', mode: 0o000 },
    { name: 'a/tool', text: 'x', mode: 0o111 },
    { name: 'a/root', type: 'symlink', to: '/etc/passwd' },
    { name: 'up', type: 'symlink', to: '../../..' },
    { name: 'a/same', type: 'link', to: 'a/tool', mode: 0o111 },
  );
  expect(readFileSync(join(folder, 'a/same'), 'utf8')).toBe('x');
  expect(lstatSync(join(folder, 'a/tool')).mode & 0o777).toBe(0o711);
  expect(readlinkSync(join(folder, 'a/root'))).toBe('/etc/passwd');
  expect(readlinkSync(join(folder, 'up'))).toBe('../../..');
});

it.each<[string, readonly Member[], readonly string[]]>([
  ['a path that is absolute', [{ name: '/outside/x', text: 'x' }], ['outside']],
  ['a path that leads up', [{ name: '../outside/x', text: 'x' }], ['outside']],
  [
    'a file behind a link',
    [
      { name: 'link', type: 'symlink', to: '../outside' },
      { name: 'link/x', text: 'x' },
    ],
    ['link'],
  ],
  [
    'a link behind a link',
    [
      { name: 'link', type: 'symlink', to: '../outside' },
      { name: 'link/x', type: 'symlink', to: 'y' },
    ],
    ['link'],
  ],
  [
    'a file in place of a link',
    [
      { name: 'link', type: 'symlink', to: '../outside/x' },
      { name: 'link', text: 'x' },
    ],
    ['link'],
  ],
  [
    'a device, and a pipe',
    [
      { name: 'null', type: 'device' },
      { name: 'pipe', type: 'pipe' },
    ],
    [],
  ],
])('%s leads nowhere else', async (_, members, there) => {
  await unpack(...members);
  expect(readdirSync(folder)).toEqual(there);
  expect(readdirSync(join(top, 'outside'))).toEqual([]);
  expect(existsSync('/outside')).toBe(false);
});

it('a hard link to a link is another link, and one to a pipe is left out like that', async () => {
  await unpack(
    { name: 'a', type: 'symlink', to: '../outside' },
    { name: 'b', type: 'link', to: 'a' },
    { name: 'c', type: 'link', to: './b' },
    { name: 'c/x', text: 'x' },
    { name: 'pipe', type: 'pipe' },
    { name: 'other', type: 'link', to: 'pipe' },
  );
  expect(readdirSync(folder).toSorted()).toEqual(['a', 'b', 'c']);
  expect(['a', 'b'].map((name) => readlinkSync(join(folder, name)))).toEqual(['../outside', '../outside']);
  expect(readdirSync(join(top, 'outside'))).toEqual([]);
});

it('a hard link to a file outside is refused', async () => {
  await expect(unpack({ name: 'x', type: 'link', to: '../../../etc/passwd' })).rejects.toThrow(/not a valid hardlink/);
  expect(readdirSync(folder)).toEqual([]);
});

it('what is more than was asked for is refused', async () => {
  const archive = tarOf({ name: 'a', text: 'x'.repeat(4096) }, { name: 'b' }, { name: 'c' });
  await expect(unpackArchive(Readable.from([archive]), folder, { entries: 2 })).rejects.toThrow('more than 2 files');
  await expect(unpackArchive(Readable.from([archive]), folder, { bytes: 2048 })).rejects.toThrow(
    'more than 2048 bytes',
  );
});

it('one that breaks off is refused, and nothing of it is written afterwards', async () => {
  const archive = tarOf({ name: 'a', text: 'x'.repeat(4096) }).subarray(0, 1024);
  await expect(unpackArchive(Readable.from([archive]), folder)).rejects.toThrow(/[Uu]nexpected end/);
  // What was under way in the file system has come back before as many other calls have.
  for (let call = 0; call < 50; call += 1) await lstat(folder);
  expect(readdirSync(folder)).toEqual([]);
});
