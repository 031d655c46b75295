import { expect, test } from 'vitest';
import { createRepository, endings, orch, processesNamed, processesWith, startOrch, waitUntil } from './rig/index.ts';

function workflow(steps: string): Readonly<Record<string, string>> {
  return {
    '.github/workflows/ci.yml': `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`,
  };
}

const SERVER = `
const { createServer } = require('node:http');
const { writeFileSync } = require('node:fs');
const server = createServer((_, response) => response.end('hello'));
server.listen(0, '127.0.0.1', () => {
  writeFileSync('port', String(server.address().port));
  setInterval(() => console.log('still there'), 20);
});
`;

test('a server that one step starts answers the next ones, and is gone after the job', async () => {
  const repository = createRepository({
    files: {
      'server.js': SERVER,
      ...workflow(`
      - run: node server.js ${'orch-e2e-server'} & until [ -s port ]; do sleep 0.01; done
      - run: node -e "fetch('http://127.0.0.1:$(cat port)').then(r => r.text()).then(t => console.log('it says', t))"
      - run: node -e "fetch('http://127.0.0.1:$(cat port)').then(r => r.text()).then(t => console.log('again', t))"
`),
    },
  });
  const result = await orch(repository, ['run', 'ci']);
  expect(result).toMatchObject({ exitCode: 0 });
  const log = repository.read(`logs/runs/${result.run}/a.log`);
  expect(log).toContain('it says hello');
  expect(log).toContain('again hello');
  // What it printed later belongs to no step.
  expect(log.match(/still there/g)?.length ?? 0).toBeLessThan(100);
  expect(processesNamed('orch-e2e-server')).toEqual([]);
});

test('a step that ignores being interrupted is ended, and a later step finds nothing of it', async () => {
  const repository = createRepository({
    files: workflow(`
      - run: |
          trap "" INT
          trap "echo asked; exit 1" TERM
          tell started
          while :; do sleep 0.05; done
      - if: always()
        run: echo "left $(cat /proc/[0-9]*/comm | grep -c sleep)"
`),
  });
  const run = startOrch(repository, ['run', 'ci', '--ui', 'plain']);
  await repository.heard('started');
  run.kill('SIGINT');
  const { exitCode } = await run.ended;
  expect(exitCode).toBe(130);
  const [id] = repository.runs();
  expect(endings(repository.events(id))).toMatchObject({ a: 'cancelled' });
  const log = repository.read(`logs/runs/${id}/a.log`);
  expect(log).toContain('asked');
  expect(log).toContain('left 0');
});

test('orch that is killed leaves no process of its jobs', async () => {
  const repository = createRepository({
    untidy: true,
    files: workflow(`
      - run: sleep 1000 >&- 2>&- &
      - run: trap "" INT TERM HUP; setsid -f sleep 1000; tell started; sleep 1000; sleep 1000
`),
  });
  const run = startOrch(repository, ['run', 'ci', '--ui', 'plain']);
  await repository.heard('started');
  run.kill('SIGKILL');
  expect(await run.ended).toMatchObject({ signal: 'SIGKILL' });
  await waitUntil('nothing of it runs', () => processesWith(repository.place.top).length === 0);
});
