import { describe, expect, test } from 'vitest';
import { createWorkflowRepository, endings, eventsOf, orch, readOnlyRun } from './rig/index.ts';

describe('steps in the background', () => {
  test('serve the others, run side by side, and are called off', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - id: server
        name: Server for \${{ github.event_name }}
        background: true
        run: |
          trap 'echo server goes; exit 0' INT
          touch up
          while true; do sleep 0.02; done
      - run: while [ ! -e up ]; do sleep 0.02; done; echo "it is up"
      - parallel:
          - id: left
            run: touch left; while [ ! -e right ]; do sleep 0.02; done; echo "is=left" >> "$GITHUB_OUTPUT"
          - id: right
            run: touch right; while [ ! -e left ]; do sleep 0.02; done; echo "is=right" >> "$GITHUB_OUTPUT"
      - cancel: server
      - run: echo "\${{ steps.left.outputs.is }} \${{ steps.right.outputs.is }} \${{ steps.server.outcome }}"
`,
    });
    expect(await orch(repository, ['run', 'ci'])).toMatchObject({ exitCode: 0 });
    const { events, text } = readOnlyRun(repository);
    expect(endings(events)).toMatchObject({ test: 'success' });
    const log = text('test.log');
    expect(log).toContain('left right cancelled\n');
    expect(log).toContain('server goes\nFinished cancelling background step(s).\n  Server for push: Canceled\n');
    expect(eventsOf(events, 'step.started').map(({ name, background }) => [name, background === true])).toEqual([
      ['Server for push', true],
      ['Run while [ ! -e up ]; do sleep 0.02; done; echo "it is up"', false],
      [expect.stringContaining('touch left'), true],
      [expect.stringContaining('touch right'), true],
      ['Wait for parallel steps', false],
      ['Cancel Server for push', false],
      ['Run echo "left right cancelled"', false],
    ]);
  });

  test('that fail fail their job, though nobody waits for them', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - { name: Upload, background: true, run: echo uploading; exit 5 }
      - run: echo packaging
`,
    });
    const result = await orch(repository, ['run', 'ci']);
    expect(result.exitCode).toBe(1);
    expect(result.stdout + result.stderr).toContain('Process completed with exit code 5.');
    const { text } = readOnlyRun(repository);
    expect(text('test.log')).toMatch(/uploading\n##\[error\]Process completed with exit code 5\.\n/);
    expect(text('summary.md')).toContain('Process completed with exit code 5.');
  });
});
