/** What somebody who is new to orch types, and the words that answer it. */
import { expect, it } from 'vitest';
import { createRepository, orch, type Repository } from './rig/index.ts';

const RELEASE = `
name: Ship it
on:
  push: { tags: ['v*'] }
  release: { types: [published] }
jobs:
  test:
    strategy: { matrix: { os: [ubuntu-latest, windows-latest] } }
    runs-on: \${{ matrix.os }}
    steps:
      - run: 'true'
  publish:
    needs: test
    runs-on: ubuntu-latest
    environment: { name: live, url: 'https://example.org/\${{ needs.test.result }}' }
    steps: [{ run: 'true' }]
`;

const MANUAL = `
on:
  workflow_dispatch: { inputs: { note: { required: true } } }
  schedule: [{ cron: '0 3 * * *' }]
  repository_dispatch: { types: [go] }
jobs:
  say:
    runs-on: ubuntu-latest
    steps:
      - run: |
          printf '{\\n  "event": "\${{ github.event.schedule }}\${{ github.event.action }}"\\n}\\n'
          echo garbage >> "$GITHUB_ENV"
`;

function repository(): Repository {
  return createRepository({
    files: { '.github/workflows/release.yml': RELEASE, '.github/workflows/manual.yml': MANUAL },
  });
}

it('workflows are known by the name of their file, also when an event is called so', async () => {
  const repo = repository();
  const { stdout, exitCode } = await orch(repo, ['run', 'release']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/publish +skipped: not every leg of test could run here$/m);
  expect(stdout).toContain('– test (windows-latest) was not run: nobody here serves runs-on: windows-latest');
  // Nobody means to commit what a run leaves behind.
  expect(repo.git('status', '--porcelain')).toBe('');

  const list = await orch(repo, ['run', '--list']);
  expect(list.stdout).toContain('  say\n');
  expect(list.stdout).toMatch(/publish {2}after test$/m);
  const wrong = await orch(repo, ['run', 'relaese']);
  expect([wrong.exitCode, wrong.stderr]).toEqual([
    2,
    'orch: there is no file, folder or workflow "relaese"\n  did you mean "release"?\n',
  ]);
  expect((await orch(repo, ['run', 'push'])).stderr).toContain('--event push is for the workflows');
  const valid = '.github/workflows/manual.yml: valid\n';
  expect((await orch(repo, ['validate'])).stdout).toBe(`${valid}.github/workflows/release.yml: valid\n`);
  expect((await orch(repo, ['validate', 'manual'])).stdout).toBe(valid);
});

it.each([
  ['schedule', '0 3 * * *'],
  ['repository_dispatch', 'go'],
])('an event that is made up is one that the workflow waits for: %s', async (event, seen) => {
  const { stdout, exitCode } = await orch(repository(), ['run', 'manual', '--event', event, '--ui', 'quiet']);
  expect(exitCode).toBe(1);
  // Indented as it was printed.
  expect(stdout).toContain(`  | {\n  |   "event": "${seen}"\n  | }\n`);
  expect(stdout).toContain('successfully: Invalid format');
});

it('of a folder, a file that is wrong fails the run, and the others run', async () => {
  const repo = createRepository({
    files: {
      '.github/workflows/good.yml': "on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] } }\n",
      '.github/workflows/wrong.yml': 'on: push\njobs: { a: { steps: [] } }\n',
    },
  });
  const mistake = /\.github\/workflows\/wrong\.yml/;
  const all = await orch(repo, ['run', '--event', 'push']);
  expect([all.exitCode, all.stderr, all.stdout]).toEqual([
    1,
    expect.stringMatching(mistake),
    expect.stringMatching(/SUCCEEDED/),
  ]);
  const list = await orch(repo, ['run', '--list']);
  expect([list.exitCode, list.stderr, list.stdout]).toEqual([
    2,
    expect.stringMatching(mistake),
    expect.stringContaining('good.yml'),
  ]);
  const named = await orch(repo, ['run', 'good', 'wrong']);
  expect([named.exitCode, named.stderr, named.stdout]).toEqual([2, expect.stringMatching(mistake), '']);
});
