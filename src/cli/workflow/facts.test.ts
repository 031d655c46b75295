import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRepository } from '../../runner/workspaces/index.ts';
import { type FactsRequest, readFacts, readRemote } from './facts.ts';
import { resolveRef } from './ref.ts';

let home = '';
let root = '';
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();

function commit(path: string, message: string): string {
  writeFileSync(join(root, path), message);
  git('add', path);
  git('commit', '-q', '-m', message);
  return git('rev-parse', 'HEAD');
}

async function facts(more: Partial<FactsRequest> = {}) {
  const opened = await openRepository(root);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  try {
    return await readFacts(opened.value, { commit: opened.value.head.commit, actor: 'ada', ...more });
  } finally {
    await opened.value.dispose();
  }
}

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'orch-facts-')));
  root = join(home, 'cat');
  mkdirSync(root);
  git('init', '-q', '-b', 'main');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('facts', () => {
  test('of a first commit', async () => {
    const first = commit('a', 'first\n\nwith a body');
    const found = await facts();
    expect(found).toMatchObject({ name: 'local/cat', branch: 'main', defaultBranch: 'main', commits: [{ id: first }] });
    expect(found.head).toMatchObject({
      message: 'first\n\nwith a body',
      author: { name: 'Ada', email: 'ada@example.org' },
    });
    expect(found.before).toBeUndefined();
    expect(found.pushedPaths).toBeUndefined();
  });

  test('of a branch: the last commit is pushed, and a pull request has all since it left main', async () => {
    const first = commit('a', 'first');
    git('switch', '-q', '-c', 'feature');
    const second = commit('b', 'second');
    const third = commit('c', 'third');
    expect(await facts()).toMatchObject({
      branch: 'feature',
      before: second,
      commits: [{ id: third }],
      pushedPaths: ['c'],
      base: { branch: 'main', commit: first },
      requestedPaths: ['b', 'c'],
    });
  });

  test('of a branch that origin has: everything since is pushed', async () => {
    git('remote', 'add', 'origin', 'git@github.com:octo/cat.git');
    const first = commit('a', 'first');
    git('update-ref', 'refs/remotes/origin/main', first);
    const [second, third] = [commit('b', 'second'), commit('c', 'third')];
    expect(await facts()).toMatchObject({
      name: 'octo/cat',
      before: first,
      commits: [{ id: second }, { id: third }],
      pushedPaths: ['b', 'c'],
    });
  });

  test('of a snapshot: it goes by the message of what it stands on, and brings what that does', async () => {
    const first = commit('a', 'first');
    commit('b', 'second [skip ci]');
    writeFileSync(join(root, 'c'), '');
    git('add', 'c');
    const snapshot = git('commit-tree', git('write-tree'), '-p', 'HEAD', '-m', 'snapshot');
    const found = await facts({ commit: snapshot });
    expect(found).toMatchObject({ before: first, pushedPaths: ['b', 'c'] });
    expect(found.head).toMatchObject({ id: snapshot, message: 'second [skip ci]' });
  });

  test('of a tag that is checked out', async () => {
    commit('a', 'first');
    git('tag', 'v1');
    git('checkout', '-q', '--detach');
    const found = await facts({ repository: 'me/mine' });
    expect(found).toMatchObject({ tag: 'v1', name: 'me/mine', defaultBranch: 'main' });
    expect(found.branch).toBeUndefined();
  });
});

describe('the ref that an event is to be about', () => {
  test('takes the place of what is checked out', async () => {
    const first = commit('a', 'first');
    git('update-ref', 'refs/remotes/origin/next', first);
    commit('b', 'second');
    const third = commit('c', 'third');
    const branch = await facts({ ref: 'refs/heads/next' });
    expect(branch).toMatchObject({ branch: 'next', before: first, pushedPaths: ['b', 'c'], isMerged: true });
    const tag = await facts({ ref: 'refs/tags/v1' });
    expect(tag).toMatchObject({ tag: 'v1', commits: [], head: { id: third } });
    expect([tag.branch, tag.before, tag.pushedPaths]).toEqual([undefined, undefined, undefined]);
  });

  const resolve = async (name: string): Promise<string> => {
    const opened = await openRepository(root);
    if (!opened.ok) throw new Error(JSON.stringify(opened.error));
    try {
      return await resolveRef(opened.value, name);
    } finally {
      await opened.value.dispose();
    }
  };

  test('is found by its name, and may be still to come when it is written whole', async () => {
    const first = commit('a', 'first');
    git('tag', 'v1');
    git('tag', 'both');
    for (const ref of ['refs/remotes/origin/theirs', 'refs/heads/both', 'refs/heads/team/x']) {
      git('update-ref', ref, first);
    }
    for (const [name, ref] of [
      ['main', 'refs/heads/main'],
      ['v1', 'refs/tags/v1'],
      ['theirs', 'refs/heads/theirs'],
      ['team/x', 'refs/heads/team/x'],
      ['refs/tags/v9', 'refs/tags/v9'],
      ['refs/heads/both', 'refs/heads/both'],
    ] as const) {
      expect(await resolve(name)).toBe(ref);
    }
    for (const [name, complaint] of [
      ['v9', 'there is no branch or tag "v9"'],
      ['team', 'there is no branch or tag "team"'],
      ['both', 'is a branch and a tag'],
      ['refs/pull/1/merge', 'neither a branch nor a tag'],
      ['refs/tags/a..b', 'git has no such names'],
      ['-d', 'there is no branch or tag "-d"'],
    ] as const) {
      await expect(resolve(name)).rejects.toThrow(complaint);
    }
  });
});

test.each([
  ['git@github.com:octo/cat.git', 'octo/cat', 'https://github.com'],
  ['https://github.com/octo/cat', 'octo/cat', 'https://github.com'],
  ['ssh://git@acme.ghe.com/octo/cat.git', 'octo/cat', 'https://acme.ghe.com'],
  ['https://example.org/octo/cat.git', 'octo/cat', 'https://github.com'],
  ['/srv/git/octo/cat.git', 'octo/cat', 'https://github.com'],
  [undefined, undefined, 'https://github.com'],
])('the remote %s is %s', (url, name, serverUrl) => {
  expect(readRemote(url)).toEqual(name === undefined ? { serverUrl } : { name, serverUrl });
});
