import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  atEngine,
  BASE_IMAGE,
  createWorkflowRepository,
  endings,
  eventsOf,
  orch,
  type Repository,
  SMALL_IMAGE,
  whyNoContainers,
} from './rig/index.ts';

const reason = whyNoContainers();
const SECRET = 'hunter22-hunter22';
const TOKEN = { env: { TOKEN: SECRET } };

const CI = `
on: push
jobs:
  test:
    runs-on: boxes
    services: { db: { image: '${SMALL_IMAGE}', command: sleep 600 } }
    steps:
      - uses: ./act
      - id: one
        run: |
          echo "V=\${{ secrets.TOKEN }}" >> "$GITHUB_ENV"; echo "o=out" >> "$GITHUB_OUTPUT"
          echo one > order; touch /opt/lost
      - name: Break
        run: |
          test "$V" = "\${{ secrets.TOKEN }}" && echo "again with \${{ steps.one.outputs.o }} in $(cat /etc/debian_version)"
          test -e fixed
      - run: echo "order $(cat order), container's own $(ls /opt), user $(id -u)"
`;

function create(): Repository {
  return createWorkflowRepository({
    '.github/workflows/ci.yml': CI,
    'framework/orchestrator/orchestrator.yaml': `version: 1\nplatforms: { boxes: '${BASE_IMAGE}' }\ntasks: []\n`,
    'act/action.yml': 'name: a\ndescription: a\nruns: { using: node20, main: main.js, post: post.js }\n',
    'act/main.js': "require('fs').appendFileSync(process.env.GITHUB_STATE, 'k=saved\\n');",
    'act/post.js': "console.log('post with ' + process.env.STATE_k + ' in ' + process.cwd().slice(0, 5));",
  });
}

async function pause(repository: Repository) {
  const result = await orch(repository, ['run', 'ci', '--secret', 'TOKEN', '--pause-on-failure'], TOKEN);
  const [paused] = eventsOf(result.events, 'job.paused');
  if (paused === undefined) throw new Error(`nothing is paused: ${result.stdout}`);
  return { ...result, ...paused, run: result.run ?? '' };
}

describe.skipIf(reason !== undefined)('a job in a container that is paused', () => {
  test('gives up its containers, is looked at on this machine, and goes on in a new one with its files', async () => {
    const repository = create();
    const { exitCode, run, workspace, enter } = await pause(repository);
    expect(exitCode).toBe(77);
    expect(atEngine(repository)).toEqual([]);
    const script = readFileSync(enter, 'utf8');
    expect([script.includes(SECRET), script.includes('/github/home')]).toEqual([false, false]);
    const seen = execFileSync('sh', [enter], { input: 'pwd; cat order; exit\n', encoding: 'utf8' });
    expect(seen).toContain(`${workspace}\none\n`);

    // The label stands for the image that it stood for, whatever the file says now.
    repository.write('framework/orchestrator/orchestrator.yaml', 'version: 1\nplatforms: { boxes: host }\ntasks: []\n');
    writeFileSync(join(workspace, 'fixed'), '');
    const again = await orch(repository, ['retry', run], TOKEN);
    expect([again.exitCode, endings(repository.events(run))]).toEqual([0, { test: 'success' }]);
    const log = repository.read(`logs/runs/${run}/test.log`);
    expect(log.match(/again with out in \d+/g)).toHaveLength(2);
    expect(log).toMatch(/order one, container's own ?, user 0\n/);
    expect(log.match(/post with saved in \/__w\/\n/g)).toHaveLength(1);
    expect(atEngine(repository)).toEqual([]);
    expect(existsSync(dirname(dirname(dirname(enter))))).toBe(false);
  });

  test('is ended by abort: the last stages run in a new container', async () => {
    const repository = create();
    const { run } = await pause(repository);
    expect((await orch(repository, ['abort', run], TOKEN)).exitCode).toBe(0);
    expect(endings(repository.events(run))).toEqual({ test: 'exit-code' });
    expect(repository.read(`logs/runs/${run}/test.log`)).toContain('post with saved in /__w/\n');
    expect(atEngine(repository)).toEqual([]);
  });
});
