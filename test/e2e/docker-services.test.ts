import { describe, expect, test } from 'vitest';
import {
  atEngine,
  BASE_IMAGE,
  createWorkflowRepository,
  orch,
  readOnlyRun,
  startOrch,
  whyNoContainers,
} from './rig/index.ts';

const reason = whyNoContainers();

test('there is an engine for tests of services', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

const REDIS = `
        image: ${BASE_IMAGE}
        command: redis-server --bind 0.0.0.0 --protected-mode no --save ''
        ports: [6379]
        options: >-
          --health-cmd "redis-cli ping"
          --health-interval 1s --health-retries 20`;

describe.skipIf(reason !== undefined)('services of a job', () => {
  test('are reached by their names from a container and by a port from this machine, and are gone afterwards', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  inside:
    runs-on: ubuntu-latest
    container: ${BASE_IMAGE}
    services:
      store:${REDIS}
      none: { image: '\${{ github.nothing }}' }
    steps:
      - run: redis-cli -h store ping; echo "same \${{ job.services.store.network == job.container.network }}"
  outside:
    runs-on: ubuntu-latest
    services:
      store:${REDIS}
    steps:
      - shell: bash
        run: |
          exec 9<>/dev/tcp/localhost/\${{ job.services.store.ports['6379'] }}
          printf 'PING\\r\\n' >&9; read -r answer <&9; echo "answer $answer"
`,
    });
    const result = await orch(repository, ['run', 'ci']);
    const { text } = readOnlyRun(repository);
    expect(text('inside.log')).toContain("The service 'none' will not be started");
    expect(text('inside.log')).toContain('PONG\nsame true\n');
    expect(text('outside.log')).toContain('answer +PONG');
    expect(text('outside.log')).not.toContain('The last lines of');
    expect(result).toMatchObject({ exitCode: 0 });
    expect(atEngine(repository)).toEqual([]);
  });

  test('of a run that was killed are gone when the next one starts, and are listed before', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  long:
    runs-on: ubuntu-latest
    container: ${BASE_IMAGE}
    services:
      store:${REDIS}
    steps: [{ run: 'echo begun; sleep 1000' }]
  short:
    runs-on: ubuntu-latest
    container: ${BASE_IMAGE}
    steps: [{ run: echo short }]
`,
    });
    const started = startOrch(repository, ['run', 'ci', '--job', 'long']);
    await started.event('step.started');
    started.kill('SIGKILL');
    await started.ended;
    expect(atEngine(repository)).not.toEqual([]);
    const listed = await orch(repository, ['clean', '--dry-run']);
    expect(listed.stdout).toMatch(
      / {2}container orch-\S+-long-service-store\n[^]* {2}container orch-\S+-long-network\n/,
    );
    expect((await orch(repository, ['run', 'ci', '--job', 'short'])).exitCode).toBe(0);
    expect(atEngine(repository)).toEqual([]);
  });

  test('that never become healthy end their job before its first step, with what they printed', async () => {
    const repository = createWorkflowRepository({
      '.github/workflows/ci.yml': `
on: push
jobs:
  ill:
    runs-on: ubuntu-latest
    services:
      store:
        image: ${BASE_IMAGE}
        entrypoint: sh -c "echo 'no room on the disk'; exec sleep 100"
        options: --health-cmd false --health-interval 1s --health-retries 1
    steps: [{ run: echo begun }]
`,
    });
    const result = await orch(repository, ['run', 'ci']);
    const log = readOnlyRun(repository).text('ill.log');
    expect(log).toContain('##[error]One or more containers failed to start: the service store: it is unhealthy\n');
    expect(log).toContain('##[group]The last lines of the service store\nno room on the disk\n##[endgroup]');
    expect(log).not.toContain('begun');
    expect(result.exitCode).toBe(1);
    expect(atEngine(repository)).toEqual([]);
  });
});
