import { expect, it } from 'vitest';
import { renderLeftovers } from './leftovers.ts';
import { lookOf } from './look.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

it('lists what each run has left; paths and branches can be copied from it', () => {
  const look = lookOf(openTerminal(createVirtualTerminal(40, 24), { LANG: 'C.UTF-8', NO_COLOR: '1' }));
  const path = '/home/me/.cache/orch/worktrees/project-12345678/20261122-204512-k3f9/api';
  const text = renderLeftovers(
    [
      {
        run: '20261122-204512-k3f9',
        state: 'crashed',
        worktrees: [{ leg: 'api', branch: 'orch/20261122-204512-k3f9/api', path, bytes: 12_345_678 }],
        processes: [{ pid: 4711, command: '\u001b[2Jnode server.js --port 8080 --verbose --colour' }],
        lock: 'logs/framework-run.lock',
      },
    ],
    look,
    40,
  );
  expect(text.split('\n')).toEqual([
    '20261122-204512-k3f9 (crashed)',
    '  worktree  api, 12 MB, branch orch/20261122-204512-k3f9/api',
    `            ${path}`,
    '  process   4711  node server.js --port…',
    '  lock      logs/framework-run.lock',
    '',
  ]);
});
