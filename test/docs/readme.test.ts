import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeBlocks } from './markdown.ts';

const COMMAND = resolve(process.env['ORCH_DIST'] ?? 'dist', 'orch.js');
const blocks = codeBlocks('README.md').filter(({ note }) => note?.startsWith('run') === true);

let top = '';
let cwd = '';

beforeAll(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'orch-readme-')));
  for (const folder of ['bin', 'home', 'tmp']) mkdirSync(join(top, folder));
  symlinkSync(COMMAND, join(top, 'bin', 'orch'));
  cwd = top;
});

afterAll(() => rmSync(top, { recursive: true, force: true }));

/** As a newcomer would type it: each block goes on where the one before it stopped. */
function type(code: string): { readonly exitCode: number | null; readonly output: string } {
  const place = join(top, 'cwd');
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', `trap 'pwd > "${place}"' EXIT\n${code}`], {
    cwd,
    encoding: 'utf8',
    env: {
      PATH: `${join(top, 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: join(top, 'home'),
      TMPDIR: join(top, 'tmp'),
      LANG: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Sam',
      GIT_AUTHOR_EMAIL: 'sam@example.com',
      GIT_COMMITTER_NAME: 'Sam',
      GIT_COMMITTER_EMAIL: 'sam@example.com',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'init.defaultBranch',
      GIT_CONFIG_VALUE_0: 'main',
    },
  });
  cwd = readFileSync(place, 'utf8').trim();
  return { exitCode: status, output: `${stdout}${stderr}` };
}

it('the README works as written', () => {
  expect(blocks.length).toBeGreaterThan(5);
  for (const { code, note, line } of blocks) {
    const { exitCode, output } = type(code);
    // All of it, so that a failure shows what was said.
    const wanted = Number(/^run: (\d+)$/.exec(note ?? '')?.[1] ?? 0);
    expect({ line, exitCode, output }).toEqual({ line, exitCode: wanted, output });
  }
  expect(readFileSync(join(cwd, 'RELEASE.md'), 'utf8')).toBe('We can add now.\nexport const add = (a, b) => a + b;\n');
  const summary = readFileSync(join(cwd, 'docs/orchestrator-run-summary.md'), 'utf8');
  expect(summary).toMatch(/^# SUCCEEDED: all 3 tasks succeeded/);
  expect(summary).toMatch(/## Reused[^]*\| notes /);
  // Three runs of tasks and two of a workflow, whose worktrees are gone after the last command.
  const { output } = type('ls logs/runs | wc -l; git worktree list | wc -l; git status --short');
  expect(output.trim().split(/\s+/).slice(0, 2)).toEqual(['5', '1']);
});
