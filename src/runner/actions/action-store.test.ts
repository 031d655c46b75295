import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { parseActionReference, type RemoteReference } from '../../workflow/index.ts';
import { copyAction } from './action-cache.ts';
import { type ActionStoreOptions, createActionStore, type RemoteRepository } from './action-store.ts';
import { createServer, type Server } from './testing/repositories.ts';

let server: Server;
beforeEach(() => {
  server = createServer();
});
afterEach(() => server.dispose());

function reference(uses: string): RemoteReference {
  const parsed = parseActionReference(uses);
  if (!parsed.ok || parsed.value.kind !== 'remote') throw new Error(uses);
  return parsed.value;
}

function storeWith(changes: Partial<ActionStoreOptions> = {}) {
  const store = createActionStore({
    cache: server.cache,
    source: server.source,
    folders: new Map(),
    offline: false,
    ...changes,
  });
  return {
    fetch: async (uses: string, signal = new AbortController().signal): Promise<RemoteRepository> => {
      const result = await store.fetch(reference(uses), signal);
      if (!result.ok) throw new Error(result.error.message);
      return result.value;
    },
    failure: async (uses: string) => {
      const result = await store.fetch(reference(uses), new AbortController().signal);
      if (result.ok) throw new Error(`${uses} was fetched`);
      return result.error;
    },
  };
}

const read = (repository: RemoteRepository, file = 'action.yml'): string =>
  readFileSync(join(repository.directory, file), 'utf8');

describe('a reference', () => {
  it('may be a branch, a tag, an annotated tag or a commit', async () => {
    const action = server.repository('o/r');
    const one = action.commit({ 'action.yml': 'one' });
    action.git('tag', 'v1');
    const two = action.commit({ 'action.yml': 'two' });
    action.git('tag', '--annotate', '--message=x', 'v2');
    action.commit({ 'action.yml': 'three', 'sub/action.yml': 'sub' });
    const store = storeWith();
    const texts = [];
    for (const ref of ['v1', 'v2', 'main', one, two.toUpperCase(), 'refs/heads/main', 'tags/v1']) {
      texts.push(read(await store.fetch(`o/r@${ref}`)));
    }
    expect(texts).toEqual(['one', 'two', 'three', 'one', 'two', 'three', 'one']);
    expect((await store.fetch('o/r@v2')).sha).toBe(two);
    expect(read(await store.fetch('o/r/sub@main'))).toBe('sub');
  });

  it('means a tag before a branch', async () => {
    const action = server.repository('o/r');
    action.commit({ 'action.yml': 'tag' });
    action.git('tag', 'both');
    action.git('checkout', '--quiet', '-b', 'both');
    action.commit({ 'action.yml': 'branch' });
    expect(read(await storeWith().fetch('o/r@both'))).toBe('tag');
  });

  it('is asked for again by the next run, and not within one', async () => {
    const action = server.repository('o/r');
    action.commit({ 'action.yml': 'one' });
    const first = storeWith();
    await first.fetch('o/r@main');
    action.commit({ 'action.yml': 'two' });
    expect(read(await first.fetch('o/r@main'))).toBe('one');
    expect(read(await storeWith().fetch('o/r@main'))).toBe('two');
  });
});

describe('the cache', () => {
  it('serves a commit without the source', async () => {
    const action = server.repository('o/r');
    const sha = action.commit({ 'action.yml': 'one' });
    await storeWith().fetch(`o/r@${sha}`);
    rmSync(action.directory, { recursive: true });
    expect(read(await storeWith().fetch(`o/r@${sha}`))).toBe('one');
  });

  it('serves names offline, as they were last', async () => {
    const action = server.repository('o/r');
    action.commit({ 'action.yml': 'one' });
    await storeWith().fetch('o/r@main');
    rmSync(action.directory, { recursive: true });
    expect(read(await storeWith({ offline: true }).fetch('o/r@main'))).toBe('one');
  });

  it('does not serve names of another source', async () => {
    server.repository('o/r').commit({ 'action.yml': 'one' });
    await storeWith().fetch('o/r@main');
    const other = storeWith({ offline: true, source: 'https://example.org/{owner}/{repo}' });
    expect((await other.failure('o/r@main')).code).toBe('action-not-found');
  });

  it('keeps the files and nothing of git', async () => {
    const action = server.repository('o/r');
    action.commit({
      'action.yml': 'x',
      'dist/index.js': 'y',
      '.github/z': 'z',
      link: '-> dist/index.js',
      'deep/up': '-> ../action.yml',
    });
    const { root } = await storeWith().fetch('o/r@main');
    expect(readdirSync(root).sort()).toEqual(['.github', 'action.yml', 'deep', 'dist', 'link']);
    expect(readdirSync(join(server.cache, 'unfinished'))).toEqual([]);
    expect(readFileSync(join(root, 'deep/up'), 'utf8')).toBe('x');
  });

  it('is not touched by what a job does to its copy', async () => {
    server.repository('o/r').commit({ 'action.yml': 'x', link: '-> action.yml' });
    const { root } = await storeWith().fetch('o/r@main');
    const copy = hostPath(join(server.root, 'job', 'o', 'r'));
    await copyAction(root, copy);
    writeFileSync(join(copy, 'link'), 'changed');
    expect(readFileSync(join(copy, 'action.yml'), 'utf8')).toBe('changed');
    expect(readFileSync(join(root, 'action.yml'), 'utf8')).toBe('x');
  });

  it('sweeps what a run left a day ago, and not what another is fetching', async () => {
    server.repository('o/r').commit({ 'action.yml': 'x' });
    for (const name of ['fetch-old', 'fetch-new'])
      mkdirSync(join(server.cache, 'unfinished', name), { recursive: true });
    const longAgo = new Date(Date.now() - 25 * 3_600_000);
    utimesSync(join(server.cache, 'unfinished', 'fetch-old'), longAgo, longAgo);
    await storeWith().fetch('o/r@main');
    expect(readdirSync(join(server.cache, 'unfinished'))).toEqual(['fetch-new']);
  });

  it('is filled once by two processes at the same time', async () => {
    const sha = server
      .repository('o/r')
      .commit(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, `${i}`])));
    const program = join(server.root, 'child.mjs');
    const entry = join(import.meta.dirname, 'testing', 'fetch-child.ts');
    await build({
      entryPoints: [entry],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    });
    const children = [1, 2, 3].map(() =>
      spawn(process.execPath, [program, server.source, server.cache, 'o/r@main'], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const lines = children.map((child) => createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    for (const line of lines) expect(await line.next()).toMatchObject({ value: 'ready' });
    const ends = children.map((child) => once(child, 'close'));
    for (const child of children) child.stdin.write('go\n');
    const answers = await Promise.all(
      lines.map(async (line) => JSON.parse(String((await line.next()).value)) as unknown),
    );
    await Promise.all(ends);
    const root = join(server.cache, 'o', 'r', sha);
    for (const answer of answers)
      expect(answer).toEqual({ ok: true, value: { root, sha, name: 'refs/heads/main', directory: root } });
    expect(readdirSync(root)).toHaveLength(200);
    expect(readdirSync(join(server.cache, 'unfinished'))).toEqual([]);
  });

  it('is filled once by two jobs of a run', async () => {
    server.repository('o/r').commit({ 'action.yml': 'x', 'sub/action.yml': 'y' });
    const store = storeWith();
    const both = await Promise.all([store.fetch('o/r@main'), store.fetch('o/r/sub@main')]);
    expect(both.map((repository) => read(repository))).toEqual(['x', 'y']);
  });
});

describe('in the place of the source', () => {
  it('a folder stands for one reference', async () => {
    server.repository('o/r').commit({ 'action.yml': 'server' });
    const folder = join(server.root, 'mine');
    mkdirSync(join(folder, 'sub'), { recursive: true });
    writeFileSync(join(folder, 'action.yml'), 'mine');
    writeFileSync(join(folder, 'sub', 'action.yml'), 'mine below');
    const store = storeWith({ folders: new Map([['O/r@main', hostPath(folder)]]) });
    expect(read(await store.fetch('o/R@main'))).toBe('mine');
    expect(read(await store.fetch('o/r/sub@main'))).toBe('mine below');
    expect((await store.fetch('o/r@main')).sha).toBeUndefined();
    expect(read(await store.fetch('o/r@refs/heads/main'))).toBe('server');
  });
});

describe('what cannot be had', () => {
  const unresolved = (rest: string): string => `Unable to resolve action \`${rest}`;

  it('says so', async () => {
    const action = server.repository('o/r');
    const sha = action.commit({ 'action.yml': 'x' });
    const store = storeWith();
    const messages: Record<string, string> = {};
    for (const uses of ['o/r@nope', `o/r@${sha.slice(0, 10)}`, `o/r@${'0'.repeat(40)}`, 'o/none@v1']) {
      const { code, message } = await store.failure(uses);
      expect(code).toBe('action-not-found');
      messages[uses] = message;
    }
    expect(Object.values(messages)).toEqual([
      `${unresolved('o/r@nope')}\`, unable to find version \`nope\``,
      `${unresolved(`o/r@${sha.slice(0, 10)}`)}\`, the provided ref \`${sha.slice(0, 10)}\` is the shortened version of a commit SHA, which is not supported. Please use the full commit SHA instead.`,
      `${unresolved(`o/r@${'0'.repeat(40)}`)}\`, unable to find version \`${'0'.repeat(40)}\``,
      `${unresolved('o/none')}\`, repository not found`,
    ]);
  });

  it('offline', async () => {
    server.repository('o/r').commit({ 'action.yml': 'x' });
    const { message, hint } = await storeWith({ offline: true }).failure('o/r@main');
    expect(message).toBe('The action o/r@main is not in the cache, and --offline forbids to fetch it');
    expect(hint).toContain('--action o/r@main=DIR');
  });

  it('keeps a password of the source to itself', async () => {
    const store = storeWith({ offline: true, source: 'https://me:secret@example.org/{owner}/{repo}' });
    expect(JSON.stringify(await store.failure('o/r@main'))).not.toContain('secret');
  });

  it('may be tried again in the same run', async () => {
    const action = server.repository('o/r');
    action.commit({ 'action.yml': 'x' });
    const elsewhere = `${action.directory}-away`;
    renameSync(action.directory, elsewhere);
    const store = storeWith();
    await store.failure('o/r@main');
    renameSync(elsewhere, action.directory);
    expect(read(await store.fetch('o/r@main'))).toBe('x');
  });

  it.each([
    ['once', 'kex_exchange_identification: Connection closed by remote host', undefined],
    ['for good', 'Permission denied (publickey).', 'Permission denied'],
  ])('a server that %s refuses to talk', async (how, words, message) => {
    server.repository('o/r').commit({ 'action.yml': 'x' });
    const asked = join(server.root, 'asked');
    const ssh = join(server.root, 'ssh');
    const refuse = how === 'once' ? `[ -e ${asked} ] ||` : 'true;';
    const script = `for last; do :; done\n${refuse} { echo x >>${asked}; echo '${words}' >&2; exit 255; }\nexec sh -c "$last"\n`;
    writeFileSync(ssh, `#!/bin/sh\n${script}`, { mode: 0o755 });
    vi.stubEnv('GIT_SSH_COMMAND', ssh);
    vi.stubEnv('GIT_SSH_VARIANT', 'simple');
    const store = storeWith({ source: server.source.replace('file://', 'ssh://host') });
    if (message === undefined) expect(read(await store.fetch('o/r@main'))).toBe('x');
    else expect((await store.failure('o/r@main')).details?.join()).toContain(message);
    expect(readFileSync(asked, 'utf8')).toBe('x\n');
  });

  it('a source that would run a command is refused', async () => {
    const mark = join(server.root, 'mark');
    const store = storeWith({ source: `ext::sh -c touch% ${mark}% {owner}/{repo}` });
    expect((await store.failure('o/r@main')).message).toContain("transport 'ext' not allowed");
    expect(existsSync(mark)).toBe(false);
  });

  it('ends when it is cancelled, and another job goes on', async () => {
    server.repository('o/r').commit({ 'action.yml': 'x' });
    const store = storeWith();
    const cancelled = new AbortController();
    const first = store.fetch('o/r@main', cancelled.signal);
    const second = store.fetch('o/r@main');
    cancelled.abort();
    await expect(first).rejects.toThrow('fetching an action was cancelled');
    expect(read(await second)).toBe('x');
  });
});

describe('what a stranger put into a repository', () => {
  it.each<readonly [string, Readonly<Record<string, string>>]>([
    ['an absolute link', { 'action.yml': 'x', link: '-> /etc/passwd' }],
    ['a link upwards', { 'action.yml': 'x', 'a/link': '-> ../../../x' }],
    ['a link through a link', { 'action.yml': 'x', 'a/b/c/d': 'x', up: '-> a/b/c', link: '-> up/../../../..' }],
  ])('%s is refused', async (_, files) => {
    server.repository('o/r').commit(files);
    const store = storeWith();
    expect((await store.failure('o/r@main')).message).toMatch(
      /^The action o\/r@main cannot be used: the link (a\/)?link leaves the repository$/,
    );
    expect(readdirSync(join(server.cache, 'o', 'r'))).toEqual([expect.stringMatching(/^refs-/)]);
  });

  it('a link that leads nowhere stays', async () => {
    server.repository('o/r').commit({ 'action.yml': 'x', link: '-> nothing', self: '-> self' });
    expect(read(await storeWith().fetch('o/r@main'))).toBe('x');
  });

  it('filters, hooks and submodules stay dead', async () => {
    const mark = join(server.root, 'mark');
    const action = server.repository('o/r');
    const sha = action.commit({
      'action.yml': 'x\n',
      '.gitattributes': '* filter=evil text eol=lf\n',
      '.gitmodules': '[submodule "s"]\n\tpath = s\n\turl = ../r\n',
    });
    action.git('update-index', '--add', '--cacheinfo', `160000,${sha},s`);
    action.git('commit', '--quiet', '--message=submodule');
    writeFileSync(
      join(server.root, 'gitconfig'),
      `[filter "evil"]\n\tsmudge = touch ${mark}; cat\n[core]\n\thooksPath = ${server.root}\n`,
    );
    writeFileSync(join(server.root, 'post-checkout'), `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(server.root, 'gitconfig'));
    const repository = await storeWith().fetch('o/r@main');
    expect(read(repository)).toBe('x\n');
    expect(readdirSync(join(repository.root, 's'))).toEqual([]);
    expect(existsSync(mark)).toBe(false);
  });

  /** A commit on main of a tree that git itself would not make. */
  function plant(build: (blob: string, tree: (entries: string) => string) => string): void {
    const action = server.repository('o/r');
    const blob = action.git('hash-object', '-w', '--stdin', '--path=x');
    const tree = build(blob, (entries) => makeTree(action.directory, entries));
    action.git('update-ref', 'refs/heads/main', action.git('commit-tree', tree, '-m', 'evil'));
  }

  it.each(['.git', '.GIT', '.git ', '.git.', 'git~1', '..', '.g\u200cit'])(
    'a tree called %j is refused',
    async (name) => {
      plant((blob, tree) => {
        const inner = tree(`100644 blob ${blob}\tconfig\n`);
        return tree(`040000 tree ${inner}\t${name}\n100644 blob ${blob}\taction.yml\n`);
      });
      expect((await storeWith().failure('o/r@main')).message).toContain('invalid path');
      expect(readdirSync(join(server.cache, 'unfinished'))).toEqual([]);
    },
  );

  it.runIf(process.platform === 'linux')('names that differ in letter case alone are files of their own', async () => {
    server.repository('o/r').commit({ 'action.yml': 'x', 'Action.yml': 'X', 'A/f': '1', 'a/f': '2' });
    const repository = await storeWith().fetch('o/r@main');
    expect([read(repository), read(repository, 'Action.yml')]).toEqual(['x', 'X']);
  });

  it('a few objects that stand for more files than any disk holds are refused before one is written', async () => {
    plant((blob, tree) => {
      const names = Array.from({ length: 10 }, (_, i) => `f${i}`);
      let node = tree(names.map((name) => `100644 blob ${blob}\t${name}\n`).join(''));
      for (let level = 0; level < 9; level++)
        node = tree(names.map((name) => `040000 tree ${node}\t${name}\n`).join(''));
      return node;
    });
    const { message } = await storeWith().failure('o/r@main');
    expect(message).toBe('The action o/r@main cannot be used: it has more than 250000 files');
  });
});

function makeTree(directory: string, input: string): string {
  return execFileSync('git', ['mktree', '--missing'], { cwd: directory, input, encoding: 'utf8' }).trim();
}
