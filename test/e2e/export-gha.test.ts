/** `orch export-gha`: what it writes, what it leaves alone, and what it says when files have drifted. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository, orch } from './rig/index.ts';

const WORKFLOW = '.github/workflows/shop.yml';

it('writes the workflow and its actions, and notices what has drifted', async () => {
  const repo = createRepository({
    config: { name: 'shop', on_failure: 'kill', tasks: [{ name: 'a', command: 'make' }] },
  });
  const options = ['--event', 'push:main,schedule:0 6 * * 1,3', '--transport', 'branches'];
  const wrote = await orch(repo, ['export-gha', ...options]);
  expect([wrote.exitCode, wrote.stdout]).toEqual([0, expect.stringContaining(`wrote  ${WORKFLOW}\n`)]);
  // Where GitHub differs is told with its place.
  expect(wrote.stderr).toMatch(/orchestrator\.yaml:\d+:\d+.*\n?.*unrelated jobs go on after a failure/);
  const text = repo.read(WORKFLOW);
  expect(text).toContain("#   orch export-gha --event 'push:main,schedule:0 6 * * 1,3' --transport branches\n");
  for (const action of ['prepare-task', 'run-task', 'finish-task', 'summarize-tasks'])
    expect(repo.read(`.github/actions/${action}/index.mjs`)).toMatch(/^\/\/ Written by orch export-gha/);

  expect(await orch(repo, ['export-gha', ...options])).toMatchObject({
    exitCode: 0,
    stdout: expect.not.stringContaining('wrote'),
  });
  expect(await orch(repo, ['export-gha', ...options, '--check'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await orch(repo, ['validate', WORKFLOW])).toMatchObject({ exitCode: 0, stderr: '' });

  repo.write(WORKFLOW, text.replace('command: make', 'command: rm -rf /'));
  repo.write('.github/actions/run-task/index.mjs', '// Written by orch export-gha: an older copy\n');
  const drifted = await orch(repo, ['export-gha', ...options, '--check']);
  expect(drifted.exitCode).toBe(1);
  expect(drifted.stdout).toContain('-          command: rm -rf /\n');
  expect(drifted.stdout).toContain('drifted  .github/actions/run-task/index.mjs\n');
  expect(drifted.stdout).toMatch(/write them again:\n {2}orch export-gha --event '.*' --transport branches\n$/);
  // Who has forgotten the options is told of them.
  const other = await orch(repo, ['export-gha', '--check']);
  expect(other.stdout).toContain("with other options; check it with them:\n  orch export-gha --event 'push:main");
}, 120_000);

it('leaves alone what it has not written, and tells of what a config under another name has left', async () => {
  const config = (name: string) => `version: 1\nname: ${name}\ntasks: [{ name: a, command: "true" }]\n`;
  const repo = createRepository({ files: { 'a.yaml': config('old'), 'b.yaml': config('other') } });
  const remote = ['--actions', `me/orch@${'a'.repeat(40)}#v1`];
  for (const file of ['a.yaml', 'b.yaml']) await orch(repo, ['export-gha', '--config', file, ...remote]);
  repo.write('a.yaml', config('new'));
  const wrote = await orch(repo, ['export-gha', '--config', 'a.yaml', ...remote]);
  expect(wrote.stdout).toMatch(/wrote {2}\.github\/workflows\/new\.yml\nstale {2}\.github\/workflows\/old\.yml .*\n$/);
  const checked = await orch(repo, ['export-gha', '--config', 'a.yaml', ...remote, '--check']);
  expect([checked.exitCode, checked.stdout]).toEqual([1, expect.stringContaining('git rm .github/workflows/old.yml')]);
  expect(readdirSync(join(repo.root, '.github'))).toEqual(['workflows']);

  repo.write('.github/workflows/new.yml', 'on: push\njobs: {}\n');
  const refused = await orch(repo, ['export-gha', '--config', 'a.yaml', ...remote]);
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('not written by an export')]);
  expect(repo.read('.github/workflows/new.yml')).toMatch(/^on: push/);
  const forced = await orch(repo, ['export-gha', '--config', 'a.yaml', ...remote, '--force']);
  expect([forced.exitCode, repo.read('.github/workflows/new.yml')]).toEqual([0, expect.stringMatching(/^# Written/)]);

  // Two configs of the same name would overwrite each other in turn; one that has only moved may.
  repo.write('b.yaml', config('new'));
  const taken = await orch(repo, ['export-gha', '--config', 'b.yaml', ...remote]);
  expect([taken.exitCode, taken.stderr]).toEqual([1, expect.stringContaining('new.yml is the export of a.yaml')]);
  renameSync(join(repo.root, 'a.yaml'), join(repo.root, 'c.yaml'));
  expect((await orch(repo, ['export-gha', '--config', 'b.yaml', ...remote])).exitCode).toBe(0);
  renameSync(join(repo.root, 'c.yaml'), join(repo.root, 'a.yaml'));

  // A folder that leads out of the repository is none to write to.
  symlinkSync('/tmp', join(repo.root, 'out'));
  expect((await orch(repo, ['export-gha', '--config', 'a.yaml', '--out', 'out', ...remote])).exitCode).not.toBe(0);
  for (const wrong of [
    ['--actions', 'me/orch'],
    ['--actions', '../..@v1'],
    ['--event', 'push:a\nb'],
    ['--runs-on', '${{ matrix.os }}'],
    ['--out', ''],
    ['--out', '.git/hooks'],
    ['--out', 'a.yaml'],
    ['--transport', 'pigeons'],
    ['--event', 'psuh'],
    ['--runs-on', ''],
    ['--out', '..'],
  ]) {
    const { exitCode, stderr } = await orch(repo, ['export-gha', '--config', 'a.yaml', ...wrong]);
    expect([wrong, exitCode, stderr]).toEqual([wrong, 2, expect.stringMatching(/^orch: /)]);
  }
}, 120_000);

it('tells of the repository what a checkout on GitHub leaves out, and the command from its root', async () => {
  const repo = createRepository({
    files: {
      'o.yaml': 'version: 1\nname: shop\ntasks: [{ name: a, command: "true" }]\n',
      '.worktreeinclude': '# nothing\n.env\n',
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      '.gitmodules': '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n',
      'inner/x': 'x\n',
    },
  });
  const args = ['export-gha', '--config', '../o.yaml', '--out', './flows/'];
  const { stderr } = await orch(repo, args, { cwd: join(repo.root, 'inner') });
  expect(stderr.match(/^\S+: warning: /gm)).toEqual([
    '.worktreeinclude: warning: ',
    '.gitmodules: warning: ',
    '.gitattributes: warning: ',
  ]);
  const text = repo.read('inner/flows/shop.yml');
  expect(text).toContain('#   orch export-gha --config o.yaml --out inner/flows\n');
  expect(text).toContain('# - a runner has none of the ignored files that .worktreeinclude names\n');
  const checked = await orch(repo, ['export-gha', '--config', 'o.yaml', '--out', 'inner/flows', '--check']);
  expect(checked.exitCode).toBe(0);
}, 60_000);

it('this repository’s own workflow is what its tasks say, and its actions have the inputs that it gives', () => {
  const root = join(import.meta.dirname, '../..');
  const dist = resolve(process.env['ORCH_DIST'] ?? 'dist');
  const args = [join(dist, 'orch.js'), 'export-gha', '--event', 'push,pull_request', '--stdout'];
  const stdout = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  const file = '.github/workflows/checks.yml';
  // `npm run export` writes both again.
  expect(readFileSync(join(root, file), 'utf8')).toBe(stdout);
  // Their code goes with a release: each commit that touches a task would change all of it.
  for (const action of readdirSync(join(root, '.github/actions'))) {
    const committed = readFileSync(join(root, '.github/actions', action, 'action.yml'), 'utf8');
    expect(committed).toBe(readFileSync(join(dist, 'action-templates', action, 'action.yml'), 'utf8'));
  }
}, 60_000);
