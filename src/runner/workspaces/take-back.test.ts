/** What a box leaves in its repository, played by git itself, and what a hostile one leaves there. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openRepository } from './repository.ts';
import { type PlayedBox, playBox } from './testing/box.ts';
import { branchOf, createSandbox, jobIn, type Sandbox, workspacesIn } from './testing/sandbox.ts';

async function openSandbox(...init: string[]) {
  const sandbox = createSandbox({ 'a.txt': 'a\n', '.gitignore': 'ignored\n' }, ...init);
  const repository = await sandbox.open();
  return { sandbox, repository, start: repository.head.commit, workspaces: workspacesIn(sandbox, repository) };
}

async function openBox(...init: string[]) {
  const { sandbox, repository, start, workspaces } = await openSandbox(...init);
  const tree = await workspaces.forJob(branchOf('t')).open({ branch: branchOf('t'), start });
  return { sandbox, repository, start, tree, box: await playBox(sandbox, tree) };
}

describe('taking back what was committed in a box', () => {
  it.each([['sha1'], ['sha256']])('brings the commits of HEAD in one pack (%s)', async (format) => {
    const { sandbox, repository, start, tree, box } = await openBox(`--object-format=${format}`);
    expect(box.sh('git status --porcelain --branch')).toBe(`## ${branchOf('t')}`);
    box.sh(
      'echo b > b.txt; git add b.txt; git commit -qm one; git repack -dlq; echo c > c.txt; git add .; git commit -qm two',
    );
    const before = repository.git.processes();
    const head = await tree.head();
    const spent = repository.git.processes() - before;
    expect(head.branch).toBe(branchOf('t'));
    expect(sandbox.git('log', '--format=%an %s', `${start}..${branchOf('t')}`)).toBe('Ada two\nAda one');
    expect(sandbox.git('rev-parse', branchOf('t'))).toBe(head.commit);
    sandbox.git('fsck', '--strict');
    expect(readdirSync(join(sandbox.root, '.git/objects/pack')).filter((name) => name.endsWith('.pack'))).toHaveLength(
      1,
    );
    expect(await tree.head()).toEqual(head);
    // A pack of the box's, the new pack, its check, the kind of the commit; what moves refs, unless it is still there
    // from before. Then nothing is asked again.
    expect([4, 5]).toContain(spent);
    expect(repository.git.processes() - before).toBe(spent);
    expect((await tree.capture()).problems).toEqual([]);
    await tree.close({ keep: false });
    expect(readdirSync(join(sandbox.root, '.git/orch')).filter((name) => name === 'worktrees')).toEqual(['worktrees']);
    expect(existsSync(box.gitDir)).toBe(false);
  });

  it('starts no process for a box that committed nothing', async () => {
    const { repository, start, tree, box } = await openBox();
    box.sh('echo b > b.txt; git add b.txt');
    const before = repository.git.processes();
    expect(await tree.head()).toEqual({ commit: start, branch: branchOf('t') });
    expect(repository.git.processes()).toBe(before);
  });

  it('knows a detached HEAD, another branch, and a branch without a commit', async () => {
    const { start, tree, box } = await openBox();
    box.sh('git checkout -q --detach; git commit -q --allow-empty -m one');
    expect(await tree.head()).toEqual({ commit: box.sh('git rev-parse HEAD') });
    box.sh('git switch -qc other; git commit -q --allow-empty -m two');
    expect(await tree.head()).toEqual({ commit: box.sh('git rev-parse HEAD'), branch: 'other' });
    box.sh('git switch -q --orphan new');
    expect(await tree.head()).toEqual({ commit: start, branch: 'new' });
  });

  it('follows what was added by force', async () => {
    const { tree, box } = await openBox();
    box.sh('echo x > ignored; git add -f ignored');
    const { tree: id } = await tree.capture();
    expect((await tree.changes(box.sh('git rev-parse HEAD'), id)).map(({ path }) => path)).toEqual(['ignored']);
  });

  it('says what it leaves, and keeps it until it is cleared away', async () => {
    const { sandbox, start, tree, box } = await openBox();
    box.sh('git switch -qc side; git commit -q --allow-empty -m side; git switch -q -');
    box.sh(
      'git switch -qc merged; git commit -q --allow-empty -m merged; git switch -q -; git merge -q merged; echo b > a.txt; git stash -q',
    );
    await tree.head();
    expect((await tree.capture()).remarks).toEqual([
      {
        code: 'branches-left',
        message: `commits beside HEAD are not taken over from the sandbox: refs/stash, side; they stay in ${box.gitDir}`,
      },
    ]);
    const [moved = ''] = await tree.reset(start);
    expect(sandbox.gitIn(moved, '--git-dir=.', 'rev-parse', '--verify', '--quiet', 'side')).not.toBe('');
    const again = await playBox(sandbox, tree);
    expect(again.sh('git branch --list --format="%(refname:short)"; git log --format=%s').split('\n')).toEqual([
      'main',
      branchOf('t'),
      'first',
    ]);
    await tree.close({ keep: false });
    expect(existsSync(moved)).toBe(true);
  });

  it('finds it all again in another process', async () => {
    const { sandbox, tree, box } = await openBox();
    box.sh('git commit -q --allow-empty -m one');
    const repository = await sandbox.open();
    const found = await jobIn(sandbox, repository, 't').current();
    expect(await found?.head()).toEqual({ commit: box.sh('git rev-parse HEAD'), branch: branchOf('t') });
    expect((await playBox(sandbox, tree)).sh('git log --format=%s')).toBe('one\nfirst');
  });

  it('moves the branch no more once a later process has put it on the result', async () => {
    const { sandbox, tree, box } = await openBox();
    box.sh('git commit -q --allow-empty -m one; echo rest > rest.txt');
    const { commit: parent } = await tree.head();
    const { tree: files } = await tree.capture();
    const later = await jobIn(sandbox, await sandbox.open(), 't').current();
    if (later === undefined) throw new Error('no worktree');
    const result = await later.commit({ tree: files, parent, message: 'rest' });
    await later.setBranch(branchOf('t'), result);
    await later.close({ keep: false });
    expect(sandbox.git('rev-parse', branchOf('t'))).toBe(result);
    expect(existsSync(box.gitDir)).toBe(false);
  });

  it('works for a repository that has objects elsewhere itself', async () => {
    const { sandbox: origin } = await openBox();
    const clone = join(origin.home, 'clone');
    origin.git('clone', '-q', '--shared', origin.root, clone);
    const sandbox: Sandbox = { ...origin, root: clone };
    const opened = await openRepository(clone);
    if (!opened.ok) throw new Error('not opened');
    const tree = await jobIn(sandbox, opened.value, 's').open({
      branch: branchOf('s'),
      start: opened.value.head.commit,
    });
    const { git } = await playBox(sandbox, tree);
    expect(git.mounts.map(({ inner, readOnly }) => `${inner} ${readOnly}`)).toEqual([
      '/__o/git false',
      `${tree.path}/.git true`,
      '/__o/objects/0 true',
      '/__o/objects/0/info/alternates true',
      '/__o/objects/1 true',
    ]);
    await opened.value.dispose();
  });
});

/** A command in the box's git directory, what is said of it, and the remark that it leaves. */
const HOSTILE: readonly (readonly [string, string, RegExp])[] = [
  ['a HEAD that leads out', 'echo "ref: refs/heads/../../x" > HEAD', /its HEAD says "ref: refs\/heads\/\.\.\/\.\.\/x"/],
  ['a HEAD that is a symlink', 'ln -sf /etc/hostname HEAD', /its HEAD is a symlink/],
  ['a HEAD that is a named pipe', 'rm HEAD; mkfifo HEAD', /its HEAD is a special file/],
  ['no HEAD', 'rm HEAD', /it has no HEAD/],
  ['a huge HEAD', 'head -c 1M /dev/zero > HEAD', /its HEAD is too large/],
  ['refs elsewhere', 'rm -rf refs; ln -s "$HOME/repo/.git/refs" refs', /its refs is a symlink/],
  [
    'a ref that is a symlink',
    'mkdir -p ${branch%/*}; ln -s "$HOME/repo/.git/refs/heads/main" $branch',
    /refs\/heads\/orch\/r1\/t\d+ is a symlink/,
  ],
  [
    'a ref that names another',
    'mkdir -p ${branch%/*}; echo "ref: refs/heads/main" > $branch',
    /says "ref: refs\/heads\/main"/,
  ],
  [
    'a ref that moves the cursor',
    `touch $'refs/heads/\\e[2J\\nx'`,
    /it has a ref called "refs\/heads\/\\u001b\[2J\\nx"/,
  ],
  [
    'packed refs that lead out',
    'echo "$(git rev-parse HEAD) refs/heads/../../../x" >> packed-refs',
    /its packed-refs says ".{40} refs\/heads\/\.\.\/\.\.\/\.\.\/x"/,
  ],
  ['packed refs that are a pipe', 'rm packed-refs; mkfifo packed-refs', /its packed-refs is a special file/],
  ['a HEAD that is a file', 'id=$(git rev-parse HEAD:a.txt); echo $id > HEAD', /is no commit|bad|unable/],
  ['a commit that is not there', 'printf "%040d\\n" 1 > HEAD', /bad object|unable|missing/],
  ['objects elsewhere', 'git commit -q --allow-empty -m x; mv objects o; ln -s o objects', /objects is no folder/],
  [
    'a folder of objects elsewhere',
    'git commit -q --allow-empty -m x; rm -rf objects/zz objects/ab; ln -s /etc objects/ab',
    /objects\/ab is no folder/,
  ],
  [
    'an object elsewhere',
    'git commit -q --allow-empty -m x; cd objects/??; mv * ../o; ln -s ../o $(printf "%038d" 0)',
    /is no plain file|bad object|unable/,
  ],
  [
    'a pack that is a pipe',
    'git commit -q --allow-empty -m x; mkfifo objects/pack/pack-$(printf "%040d" 0).pack',
    /is no plain file/,
  ],
  [
    'a pack that is none',
    'git commit -q --allow-empty -m x; echo PACK > objects/pack/pack-$(printf "%040d" 0).pack',
    /early EOF/,
  ],
  [
    'an object that is another one',
    `git commit -q --allow-empty -m x; cd objects; id=$(git rev-parse HEAD)
    echo y > ../../y; other=$(git hash-object -w ../../y); cp -f \${other:0:2}/\${other:2} \${id:0:2}/\${id:2}`,
    /is no commit/,
  ],
  [
    'an object that is damaged',
    'git commit -q --allow-empty -m x; id=$(git rev-parse HEAD); chmod +w objects/${id:0:2}/*; echo x > objects/${id:0:2}/${id:2}',
    /./,
  ],
  ['a tree with .git in it', treeNamed('.git'), /\.git/],
  ['a tree with .. in it', treeNamed('..'), /\.\./],
  ['a tree with a path for a name', treeNamed('a/../../b'), /contains full pathnames|a slash|full/],
  [
    'a file that is not there',
    `tree=$(printf '100644 blob %040d\\tx\\n' 7 | git mktree --missing); git update-ref HEAD $(git commit-tree -m x $tree)`,
    /unable|missing|bad/,
  ],
];

function treeNamed(name: string): string {
  return `entry() { printf '100644 %s\\0' '${name}'; git rev-parse HEAD:a.txt | perl -ne 'chomp; print pack("H*", $_)'; }
    git update-ref HEAD $(git commit-tree -m x -p HEAD $(entry | git hash-object -t tree -w --stdin --literally))`;
}

describe('a box that lies', () => {
  it('is not followed', async () => {
    const { sandbox, start, workspaces } = await openSandbox();
    for (const [number, [name, script, said]] of HOSTILE.entries()) {
      const leg = `t${number}`;
      const tree = await workspaces.forJob(branchOf(leg)).open({ branch: branchOf(leg), start });
      const box = await playBox(sandbox, tree);
      box.sh(`echo mine > mine.txt; branch=refs/heads/${branchOf(leg)}; cd ${box.gitDir}; ${script}`);
      const head = await tree.head();
      const { tree: files, problems } = await tree.capture();
      const hint = expect.stringContaining(box.gitDir);
      expect({ name, head, problems }).toEqual({
        name,
        head: { commit: start, branch: branchOf(leg) },
        problems: [{ code: 'unsafe-tree', message: expect.stringMatching(said), hint }],
      });
      expect(problems[0]?.message).toMatch(/^the commits made in the sandbox cannot be taken over: \P{Cc}+$/u);
      // What was written stays: the files in the tree, the box's repository in its place.
      expect((await tree.changes(start, files)).map(({ path }) => path)).toEqual(['mine.txt']);
      expect(existsSync(box.gitDir)).toBe(true);
      expect(sandbox.git('rev-parse', branchOf(leg), 'main')).toBe(`${start}\n${start}`);
    }
    expect(sandbox.git('count-objects', '-v')).toContain('packs: 0');
    sandbox.git('fsck', '--strict');
  }, 60_000);

  it('reads nothing of a repository that it names', async () => {
    const { sandbox, tree, box } = await openBox();
    const other = createSandbox({ 'secret.txt': 'the secret\n' });
    const [blob, commit] = other.git('rev-parse', 'HEAD:secret.txt', 'HEAD').split('\n');
    box.sh(`echo ${other.root}/.git/objects >> ${box.gitDir}/objects/info/alternates
      git update-index --add --cacheinfo 100644,${blob},x; git commit -qm x; git cat-file -e ${commit}`);
    await tree.head();
    const { problems, remarks } = await tree.capture();
    expect(problems[0]?.message).toMatch(new RegExp(`cannot be taken over: .*${blob}`));
    expect(remarks).toEqual([
      {
        code: 'git-settings-ignored',
        message: 'set up for git in the sandbox, without effect outside of it: objects/info/alternates',
      },
    ]);
    expect(() => sandbox.git('cat-file', '-e', blob ?? '')).toThrow('Command failed');
    box.sh(`git update-ref HEAD ${commit}`);
    await tree.head();
    expect((await tree.capture()).problems[0]?.message).toMatch(/cannot be taken over/);
  });

  it('cannot make a small object a large one', async () => {
    const { start, tree, box } = await openBox();
    const size = 200 * 1024 ** 2;
    const commit = Buffer.concat([Buffer.from(`commit ${size}\0`), Buffer.alloc(size)]);
    const id = createHash('sha1').update(commit).digest('hex');
    mkdirSync(join(box.gitDir, 'objects', id.slice(0, 2)));
    writeFileSync(join(box.gitDir, 'objects', id.slice(0, 2), id.slice(2)), deflateSync(commit, { level: 1 }));
    writeFileSync(join(box.gitDir, 'HEAD'), id);
    expect(await tree.head()).toEqual({ commit: start, branch: branchOf('t') });
    expect((await tree.capture()).problems[0]?.message).toMatch(/over limit|too large|bad object|unable/);
  });

  it('is told of what it has planted, of which nothing runs', async () => {
    const { sandbox, start, tree, box } = await openBox();
    const mark = join(sandbox.home, 'ran');
    plantAll(box, mark);
    box.sh('echo b > b.txt');
    await tree.head();
    const { tree: id, problems, remarks } = await tree.capture();
    expect(problems).toEqual([]);
    expect(remarks?.map(({ message }) => message)).toEqual([
      'set up for git in the sandbox, without effect outside of it: core.attributesfile, core.fsmonitor, core.hookspath, filter.evil.clean, hooks/pre-commit, include.path, info/attributes',
    ]);
    const commit = await tree.commit({ tree: id, parent: start, message: 'x' });
    await tree.setBranch(branchOf('t'), commit);
    await tree.reset(commit);
    await tree.close({ keep: true });
    expect(readdirSync(sandbox.home).filter((name) => name.startsWith('ran'))).toEqual([]);
    expect(readFileSync(join(tree.path, '.git'), 'utf8')).toContain(join(sandbox.root, '.git/worktrees'));
  });
});

function plantAll(box: PlayedBox, mark: string): void {
  box.sh(`cd ${box.gitDir}
    printf '#!/bin/sh\\ntouch ${mark}-hook\\n' > hooks/pre-commit; chmod +x hooks/pre-commit
    echo '* filter=evil' > info/attributes
    printf '[core]\\n\\tfsmonitor = touch ${mark}-include\\n' > included
    cat >> config <<'END'
[core]
	hooksPath = ${box.gitDir}/hooks
	fsmonitor = "touch ${mark}-fsmonitor; false"
	attributesFile = ${box.gitDir}/info/attributes
[filter "evil"]
	clean = "touch ${mark}-clean; cat"
[include]
	path = included
END`);
}
