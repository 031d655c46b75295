import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitRepository, openRepository } from '../../src/runner/workspaces/index.ts';
import { branchCarrier, bundleCarrier, type Carrier, readRemote } from './carriers.ts';
import type { Place } from './place.ts';

const QUICK = { attempts: 2, firstWait: 1 };
const cleanups: (() => unknown)[] = [];
let top = '';

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'orch-carriers-')));
  cleanups.push(() => rmSync(top, { recursive: true, force: true }));
  mkdirSync(join(top, 'o'));
  git(top, 'init', '-q', '--bare', '-b', 'main', 'o/r.git');
  git(top, 'clone', '-q', 'o/r.git', 'first');
  git(join(top, 'first'), 'commit', '-q', '--allow-empty', '-m', 'first');
  git(join(top, 'first'), 'push', '-q', 'origin', 'HEAD:main');
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function git(cwd: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
}

interface Machine {
  readonly root: string;
  readonly repository: GitRepository;
  readonly place: Place;
  readonly carrier: Carrier;
}

async function machine(name: string): Promise<Machine> {
  const root = join(top, name);
  git(top, 'clone', '-q', 'o/r.git', name);
  const opened = await openRepository(root);
  if (!opened.ok) throw new Error(opened.error[0]?.message);
  const repository = opened.value;
  cleanups.push(() => repository.dispose());
  const place: Place = {
    job: { run: '17-2', job: 'x', leg: 'x' },
    index: 0,
    workspace: root,
    directory: top,
    worktrees: top,
  };
  const remote = readRemote(
    { transport: 'branches', token: 't0ken' },
    { GITHUB_SERVER_URL: `file://${top}/`, GITHUB_REPOSITORY: 'o/r' },
  );
  if (remote === undefined) throw new Error('there is no remote');
  // What a task has done to the settings of the checkout is nothing to orch.
  git(root, 'config', 'remote.origin.url', '/nowhere');
  git(root, 'config', 'protocol.file.allow', 'never');
  return { root, repository, place, carrier: branchCarrier(place, repository, { remote, patience: QUICK }) };
}

function commit(root: string, message: string): string {
  git(root, 'commit', '-q', '--allow-empty', '-m', message);
  return git(root, 'rev-parse', 'HEAD');
}

it('what earlier attempts of the leg have left goes along, by either way', async () => {
  const one = await machine('one');
  const [left, other, tip] = [commit(one.root, 'attempt'), commit(one.root, 'other'), commit(one.root, 'work')];
  git(one.root, 'branch', 'orch-attempts/17-2/x/1', left);
  git(one.root, 'branch', 'orch-attempts/17-2/xy/1', other);
  const standing = { branch: 'orch/17-2/x', tip };
  const heads = (file: string) => git(top, 'bundle', 'list-heads', file);
  const [attempts, commits] = [join(top, 'attempts.bundle'), join(top, 'commits.bundle')];

  expect(await one.carrier.give(standing, top)).toEqual({ files: [attempts] });
  expect(await bundleCarrier(one.place, one.repository).give(standing, top)).toEqual({ files: [commits, attempts] });
  expect(heads(attempts)).toBe(`${left} refs/heads/orch-attempts/17-2/x/1`);
  expect(heads(commits)).toBe(`${tip} refs/heads/orch/17-2/x`);
});

it('a tree in what an attempt has left that nobody may have is not in the way of the result', async () => {
  const [one, two] = [await machine('one'), await machine('two')];
  const blob = git(one.root, 'rev-parse', 'HEAD^{tree}');
  const evil = execFileSync('git', ['mktree'], {
    cwd: one.root,
    input: `040000 tree ${blob}\t.git\n`,
    encoding: 'utf8',
  });
  const left = git(one.root, 'commit-tree', '-p', 'HEAD', '-m', 'attempt', evil.trim());
  git(one.root, 'branch', 'orch-attempts/17-2/x/1', left);
  const result = commit(one.root, 'work');
  const given = await bundleCarrier(one.place, one.repository).give({ branch: 'orch/17-2/x', tip: result }, top);
  expect(given.files).toHaveLength(2);
  const bundle = readFileSync(join(top, 'commits.bundle'));
  await bundleCarrier(two.place, two.repository).take({ branch: 'orch/17-2/x', result, bundle });
  expect(git(two.root, 'cat-file', '-t', result)).toBe('commit');
});

const passed = (branch: string | undefined, result: string) => ({ branch, result, bundle: undefined });

describe('branches', () => {
  it('carry commits from one clone to another, and move no ref there', async () => {
    const [one, two] = [await machine('one'), await machine('two')];
    const result = commit(one.root, 'work');
    const tip = commit(one.root, 'wip');
    expect(await one.carrier.give({ branch: 'orch/17-2/build', tip }, top)).toEqual({ files: [] });
    expect(git(join(top, 'o/r.git'), 'rev-parse', 'refs/heads/orch/17-2/build')).toBe(tip);

    const refs = git(two.root, 'for-each-ref');
    await two.carrier.take(passed('orch/17-2/build', result));
    expect(git(two.root, 'cat-file', '-t', result)).toBe('commit');
    expect(git(two.root, 'for-each-ref')).toBe(refs);
    expect(() => readFileSync(join(two.root, '.git/FETCH_HEAD'))).toThrow('ENOENT');
  });

  it('of an earlier attempt count, and what is there already is not asked for', async () => {
    const [one, two] = [await machine('one'), await machine('two')];
    const tip = commit(one.root, 'work');
    await one.carrier.give({ branch: 'orch/17-1/m+3', tip }, top);
    await two.carrier.take(passed('orch/17-1/m+3', tip));
    await two.carrier.take(passed(undefined, tip));
    await two.carrier.take(passed(undefined, git(two.root, 'rev-parse', 'HEAD')));
    expect(git(two.root, 'cat-file', '-t', tip)).toBe('commit');
  });

  it.each(['main', 'orch/18-1/build', 'orch/17-1/../main', 'orch/17-1/-x', '--upload-pack=touch x', undefined])(
    '%j is none of this run',
    async (branch) => {
      const two = await machine('two');
      await expect(two.carrier.take(passed(branch, 'a'.repeat(40)))).rejects.toThrow('is no branch of this run');
    },
  );

  it('never overwrite what somebody else has pushed under that name', async () => {
    const [one, two] = [await machine('one'), await machine('two')];
    const theirs = commit(two.root, 'of somebody else');
    git(
      two.root,
      '-c',
      'protocol.file.allow=always',
      'push',
      '-q',
      join(top, 'o/r.git'),
      'HEAD:refs/heads/orch/17-2/a',
    );
    const given = await one.carrier.give({ branch: 'orch/17-2/a', tip: commit(one.root, 'work') }, top);
    expect(given.failure?.failure.hint).toMatch(/^somebody else has pushed to that branch/);
    expect(given.files).toEqual([join(top, 'commits.bundle')]);
    expect(git(join(top, 'o/r.git'), 'rev-parse', 'refs/heads/orch/17-2/a')).toBe(theirs);
  });

  it('say what the server has against it', async () => {
    const [one, two] = [await machine('one'), await machine('two')];
    const tip = commit(one.root, 'work');
    const hook = join(top, 'o/r.git/hooks/pre-receive');
    writeFileSync(
      hook,
      '#!/bin/sh\necho "refusing to update workflow x.yml without workflows permission" >&2\nexit 1\n',
    );
    chmodSync(hook, 0o755);
    const given = await one.carrier.give({ branch: 'orch/17-2/a', tip }, top);
    expect(given.failure?.failure).toMatchObject({
      message: expect.stringMatching(/^pushing orch\/17-2\/a: .*rejected\]/),
      hint: expect.stringContaining('--transport artifacts'),
    });
    // The work is not lost for that.
    expect(given.files).toEqual([join(top, 'commits.bundle')]);
    expect(git(top, 'bundle', 'list-heads', 'commits.bundle')).toBe(`${tip} refs/heads/orch/17-2/a`);
    // Who runs whatever has become of the task finds it too.
    await two.carrier.take({ ...passed('orch/17-2/a', tip), bundle: readFileSync(join(top, 'commits.bundle')) });
    expect(git(two.root, 'cat-file', '-t', tip)).toBe('commit');
    rmSync(hook);
    await one.carrier.give({ branch: 'orch/17-2/a', tip }, top);
    await expect(two.carrier.take(passed('orch/17-2/a', 'b'.repeat(40)))).rejects.toThrow('is not on it');
    await expect(two.carrier.take(passed('orch/17-2/gone', 'b'.repeat(40)))).rejects.toThrow('fetching orch/17-2/gone');
  });
});

it('the token goes to the server alone, as a header, and to nobody that it sends us to', async () => {
  const heard: string[] = [];
  const server = createServer(({ url = '', headers }, answer) => {
    heard.push(`${url.replace(/\?.*/, '')} ${headers.authorization}`);
    if (url.startsWith('/o/away.git')) answer.writeHead(302, { location: '/elsewhere' }).end();
    else answer.writeHead(403).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const one = await machine('one');
  const standing = { branch: 'orch/17-2/a', tip: commit(one.root, 'work') };
  const to = (name: string) => ({ remote: { url: `${origin}/o/${name}.git`, token: 't0ken' }, patience: QUICK });
  const denied = await branchCarrier(one.place, one.repository, to('r')).give(standing, top);
  expect(denied.failure?.failure.hint).toBe('the job wants `permissions: { contents: write }`');
  const away = await branchCarrier(one.place, one.repository, to('away')).give(standing, top);
  expect(away.failure?.message).toMatch(/^pushing/);
  const basic = `Basic ${Buffer.from('x-access-token:t0ken').toString('base64')}`;
  expect(new Set(heard.map((line) => line.replace(/ basic /i, ' Basic ')))).toEqual(
    new Set(['r', 'away'].map((name) => `/o/${name}.git/info/refs ${basic}`)),
  );
  // Where it could be read afterwards, there is none of it.
  expect(git(one.root, 'config', '--list')).not.toContain('t0ken');
});

describe('the inputs', () => {
  const env = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'o/r' };

  it('name the way and the token', () => {
    expect(readRemote({}, env)).toBeUndefined();
    expect(readRemote({ transport: ' ', token: 'x' }, {})).toBeUndefined();
    expect(readRemote({ transport: 'branches', token: 'x' }, env)).toEqual({
      url: 'https://github.com/o/r.git',
      token: 'x',
    });
  });

  it.each([
    [{ transport: 'pigeons' }, env, 'not artifacts or branches'],
    [{ transport: 'branches', token: ' ' }, env, 'pass ${{ github.token }} as `token`'],
    [{ transport: 'branches', token: 'x' }, { ...env, GITHUB_REPOSITORY: '../x' }, 'do not say where'],
    [{ transport: 'branches', token: 'x' }, { ...env, GITHUB_SERVER_URL: '' }, 'do not say where'],
  ])('%j is refused', (inputs, variables, message) => {
    expect(() => readRemote(inputs, variables)).toThrow(message);
  });
});
