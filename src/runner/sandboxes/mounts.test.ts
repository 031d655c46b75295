import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { findReplaceable, linkMounts, resolveMounts } from './mounts.ts';

const top = realpathSync(mkdtempSync(join(tmpdir(), 'orch-mounts-')));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const at = (path: string) => hostPath(join(top, path));
for (const path of ['repo/.git/hooks', 'repo/node_modules', 'data', 'cache/trees/one', 'tree'])
  mkdirSync(at(path), { recursive: true });
symlinkSync(at('repo/.git'), at('innocent'));
symlinkSync('/proc', at('processes'));
symlinkSync('/', at('everything'));
mkdirSync(at('other/.git'), { recursive: true });
symlinkSync(at('other/.git'), at('other-git'));
const ground = { checkout: at('repo'), gitDir: at('repo/.git'), own: [at('cache/trees')], env: {} };
const mount = (source: string, readOnly = true) => ({ mounts: [{ source, target: '/in', readOnly }] });

it.each<readonly [string, string, boolean]>([
  ['an absolute path', at('data'), true],
  ['one to be written', at('data'), false],
  ['what is around git, to be read', at('repo'), true],
])('%s can be mounted', async (_, source, readOnly) => {
  expect(await resolveMounts(mount(source, readOnly), ground)).toEqual({
    ok: true,
    value: [{ host: source, inner: '/in', readOnly }],
  });
});

it('a relative path is below the checkout', async () => {
  const found = await resolveMounts(mount('node_modules'), ground);
  expect(found).toMatchObject({ value: [{ host: at('repo/node_modules') }] });
});

it.each<readonly [string, string, boolean, RegExp]>([
  ['what is not there', 'gone', true, /the mount gone is not there/],
  ['git by its path', at('repo/.git/hooks'), true, /lies in the repository's git directory/],
  ['git by a link', at('innocent'), true, /innocent \(.*\/repo\/\.git\) lies in the repository's git directory/],
  ["another repository's git by a link", at('other-git'), true, /other-git \(.*\/other\/\.git\) lies inside \.git/],
  ['the processes by a link', at('processes'), true, /processes \(\/proc\) is of the machine itself/],
  ['the whole machine by a link', at('everything'), true, /everything \(\/\) cannot be the whole machine/],
  ['what holds git, to be written', at('repo'), false, /which is orch's or git's/],
  ["orch's own, to be written", at('cache'), false, /which is orch's or git's/],
  ["what is in orch's own", at('cache/trees/one'), false, /which is orch's or git's/],
])('%s cannot', async (_, source, readOnly, message) => {
  const found = await resolveMounts(mount(source, readOnly), ground);
  expect(found.ok ? [] : found.error).toEqual([expect.stringMatching(message)]);
});

it('none may lie in what a task, be it another, may write', async () => {
  mkdirSync(at('data/cache'), { recursive: true });
  const inner = mount(at('data/cache'));
  expect(await findReplaceable([mount(at('data')), mount(at('data'), false), inner], ground)).toEqual([
    `the mount ${at('data/cache')} lies in ${at('data')}, which a task may write: it could be replaced by a link`,
  ]);
  expect(await findReplaceable([mount(at('data')), inner, mount(at('data/cache'), false)], ground)).toEqual([]);
});

it('of links those count that lead to the checkout, at the place that they lead to', async () => {
  symlinkSync(at('repo/node_modules'), at('tree/node_modules'));
  symlinkSync('/etc', at('tree/data'));
  const links = ['node_modules/', 'data', 'gone'];
  expect(await linkMounts(at('tree'), links, ground)).toEqual([
    { host: at('repo/node_modules'), inner: at('repo/node_modules'), readOnly: true },
  ]);
});
