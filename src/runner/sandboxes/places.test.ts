import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { provideMountPoints, provideWritable, refuseMoved } from './places.ts';

const top = realpathSync(mkdtempSync(join(tmpdir(), 'orch-places-')));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const at = (path: string) => hostPath(join(top, path));
for (const path of ['data', 'outside']) mkdirSync(at(path));
writeFileSync(at('file'), 'x');
const openHome = () => hostPath(mkdtempSync(at('home-')));
const mount = (host: string, inner: string) => ({ host: at(host), inner, readOnly: false });

it('what is mounted below the home has its place there before the engine makes one', async () => {
  const home = openHome();
  const mounts = [
    mount('data', '/home/task/.cache/npm'),
    mount('file', '/home/task/.cache/settings/rc'),
    mount('data', '/data'),
    mount('data', '/home/tasks'),
  ];
  for (const _ of [1, 2]) await provideMountPoints(home, mounts);
  expect(
    readdirSync(home, { recursive: true })
      .map(String)
      .toSorted((a, b) => (a < b ? -1 : 1)),
  ).toEqual(['.cache', '.cache/npm', '.cache/settings', '.cache/settings/rc']);
  expect(lstatSync(join(home, '.cache/settings/rc')).isFile()).toBe(true);
});

it.each<readonly [string, (home: string) => void]>([
  ['a link in the way', (home) => symlinkSync(at('outside'), join(home, '.local'))],
  [
    'a link in its place',
    (home) => {
      mkdirSync(join(home, '.local'));
      symlinkSync(at('outside'), join(home, '.local/lib'));
    },
  ],
  ['a file in the way', (home) => writeFileSync(join(home, '.local'), '')],
])('%s that an earlier command has made is not followed', async (_, make) => {
  const home = openHome();
  make(home);
  await expect(provideMountPoints(home, [mount('data', '/home/task/.local/lib')])).rejects.toThrow(
    /nothing can be mounted at \/home\/task\/\.local\/lib: /,
  );
  expect(readdirSync(at('outside'))).toEqual([]);
});

it('folders of the tree are made writable, and made where they are not there; links are not followed', async () => {
  const tree = at('tree');
  for (const path of ['tree', 'tree/review']) mkdirSync(at(path));
  symlinkSync(at('outside'), at('tree/link'));
  const writable = (folder: string) => ({ host: at(`tree/${folder}`), inner: `/work/${folder}`, readOnly: false });
  expect(await provideWritable(tree, ['review', 'new'])).toEqual([writable('review'), writable('new')]);
  expect(lstatSync(at('tree/new')).isDirectory()).toBe(true);
  await expect(provideWritable(tree, ['link'])).rejects.toThrow(
    'nothing can be mounted at /work/link: it is no folder',
  );
});

it('a folder that may not be looked into is told', async (context) => {
  if (process.getuid?.() === 0) context.skip('root may look into every folder');
  const home = openHome();
  mkdirSync(join(home, '.local'));
  chmodSync(join(home, '.local'), 0);
  await expect(provideMountPoints(home, [mount('data', '/home/task/.local/lib')])).rejects.toThrow('EACCES');
});

it('a source that was replaced since it was found is not mounted', async () => {
  mkdirSync(at('shared/cache'), { recursive: true });
  const mounts = [mount('shared/cache', '/cache')];
  await refuseMoved(mounts);
  renameSync(at('shared/cache'), at('shared/moved'));
  await expect(refuseMoved(mounts)).rejects.toThrow('is not what it was');
  symlinkSync(at('outside'), at('shared/cache'));
  await expect(refuseMoved(mounts)).rejects.toThrow('is not what it was');
});
