import { homedir } from 'node:os';
import { expect, it, vi } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { worktreeRoot } from './worktree-record.ts';

const REPOSITORY = { root: hostPath('/home/sam/shop'), commonDir: hostPath('/home/sam/shop/.git') };

it.each([
  ['../trees', '/home/sam/trees'],
  ['build/trees', '/home/sam/shop/build/trees'],
  ['/var/tmp/orch/', '/var/tmp/orch'],
  ['~/trees', `${process.env['HOME'] ?? homedir()}/trees`],
  ['./~/trees', '/home/sam/shop/~/trees'],
])('%s lies where the repository says, not where orch was started', (configured, root) => {
  expect(worktreeRoot(REPOSITORY, configured)).toBe(root);
});

it.each([
  ['/caches', '/caches'],
  ['', `${process.env['HOME'] ?? homedir()}/.cache`],
])('without a setting, worktrees are in the cache; XDG_CACHE_HOME: "%s"', (xdg, cache) => {
  vi.stubEnv('XDG_CACHE_HOME', xdg);
  const root = worktreeRoot(REPOSITORY, undefined);
  expect(root).toMatch(/\/orch\/worktrees\/shop-[0-9a-f]{8}$/);
  expect(root.startsWith(`${cache}/`)).toBe(true);
  expect(worktreeRoot({ ...REPOSITORY, commonDir: hostPath('/elsewhere/.git') }, undefined)).not.toBe(root);
});
