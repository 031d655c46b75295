/** From an empty repository to a first run that works. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { branchesOf, createRepository, endings, NO_TRACES, orch, tracesOf } from './rig/index.ts';

it('what init writes runs as it is, twice, and shows what an editor needs', async () => {
  const repo = createRepository({ files: { 'src/a.ts': 'a\n', 'src/b.ts': 'b\n', 'docs/page.md': 'page\n' } });
  const first = await orch(repo, ['init'], { cwd: join(repo.root, 'src') });
  expect([first.exitCode, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toContain('wrote  framework/orchestrator/orchestrator.yaml\n');
  // The rig's repository has both lines already, one of them written another way.
  expect(first.stdout).not.toContain('.gitignore');
  const schema = await orch(repo, ['schema']);
  expect(repo.read('framework/orchestrator/orchestrator.schema.json')).toBe(schema.stdout);
  const validated = await orch(repo, ['validate']);
  expect([validated.exitCode, validated.stderr]).toEqual([0, '']);

  for (const round of [1, 2]) {
    const { exitCode, events, run } = await orch(repo, ['run']);
    expect([round, exitCode, endings(events)]).toEqual([
      round,
      0,
      { files: 'success', history: 'success', overview: 'success' },
    ]);
    expect(repo.git('show', `orch/${run}/overview:docs/overview/README.md`)).toMatch(
      /^# Overview\n## Files\n\n +\d+ +(md|ts)\n[^]*\n## History\n\n- /,
    );
    repo.git('merge', '-q', `orch/${run}/overview`);
  }
  expect(tracesOf(repo)).toEqual(NO_TRACES);
  expect(branchesOf(repo)).toHaveLength(7);
});

it('overwrites nothing, and says so', async () => {
  const repo = createRepository({ files: { 'framework/orchestrator/orchestrator.yaml': '# mine\n' } });
  repo.write('.gitignore', 'dist');
  const { exitCode, stdout } = await orch(repo, ['init']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('kept   framework/orchestrator/orchestrator.yaml (it was there)\n');
  expect(stdout).toContain('wrote  docs/tasks/overview.md\n');
  expect(stdout).toContain('added  /logs/, /docs/orchestrator-run-summary.md to .gitignore\n');
  expect(repo.read('framework/orchestrator/orchestrator.yaml')).toBe('# mine\n');
  expect(repo.read('.gitignore')).toBe('dist\n/logs/\n/docs/orchestrator-run-summary.md\n');
});

it('needs a repository with a commit, and says how to come by one', async () => {
  const repo = createRepository();
  const empty = join(repo.place.top, 'empty');
  mkdirSync(empty);
  const outside = await orch(repo, ['init'], { cwd: empty });
  expect([outside.exitCode, outside.stderr]).toEqual([2, expect.stringContaining('run git init there and commit')]);
  repo.git('init', '-q', empty);
  const bare = await orch(repo, ['init'], { cwd: empty });
  expect([bare.exitCode, bare.stderr]).toEqual([2, expect.stringContaining('make a first commit')]);
});
