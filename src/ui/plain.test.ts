import { expect, test } from 'vitest';
import type { RunEvent } from '../engine/index.ts';
import { badNight } from '../reports/testing/bad-night.ts';
import { createJournal, started } from '../reports/testing/journal.ts';
import { createPlainUi } from './plain.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

function open(env: Readonly<Record<string, string>>, isTTY: boolean) {
  const tty = createVirtualTerminal(200, 200, isTTY);
  return { tty, ui: createPlainUi(openTerminal(tty, { LANG: 'C.UTF-8', ...env }), () => undefined) };
}

/** The night with the first step of every leg that was not reused. */
function nightWithSteps(): readonly RunEvent[] {
  const { events } = badNight();
  const reused = new Set(events.map((event) => (event.type === 'job.finished' && event.reusedFrom ? event.leg : '')));
  return events.flatMap((event): readonly RunEvent[] => {
    if (event.type !== 'job.requested' || reused.has(event.leg)) return [event];
    return [event, { ...event, type: 'step.started', step: 1, name: 'Check out' }];
  });
}

test('one line an event that matters', async () => {
  const { tty, ui } = open({}, false);
  for (const event of nightWithSteps()) ui.event(event);
  ui.output('api', 'is not shown');
  expect(tty.written()).toMatchInlineSnapshot(`
    "0:00:00  run       framework-run: 8 tasks, 4 at once, from a1b2c3d4e5f6 (main), run 20261122T000000Z-ab3f
    0:00:00  schema    started
    0:00:00  docs      started
    0:00:00  bench     started
    0:00:01  lint      reused from 20261121T220000Z-0001
    0:01:02  schema    succeeded in 1m 02s, 2 files changed
    0:01:02  api       started
    0:01:30  docs      FAILED after 1m 29s: the command said it succeeded, and nothing was changed
    0:01:40  bench     failed after 1m 35s, and is allowed to: the command was ended after 1m 30s
    0:02:40  api       attempt 1 failed after 58s: verify ended with exit code 1
    0:02:40  api       attempt 2 follows in 10s
    0:02:40  api       attempt 2 of 3
    0:03:40  api       attempt 2 failed after 58s: verify ended with exit code 1
    0:03:40  api       attempt 3 follows in 10s
    0:03:40  api       attempt 3 of 3
    0:05:00  api       verifying
    0:05:00  api       FAILED after 3m 58s: verify ended with exit code 1: | <img src=x> \`rm -rf\` [click](http://evil.example) @everyone second line
    0:05:00  web       skipped: api failed
    0:05:00  deploy    skipped: web was skipped
    0:05:00  nightly   skipped: its condition inputs.nightly == 'yes' was not met
    0:05:01  api       warning: the stash has a new entry; api and docs were active
    "
  `);
  await ui.end();
  expect(tty.written()).toContain('FAILED: 2 of 8 tasks failed');
});

test.each([
  ['on a terminal', {}, true, true],
  ['in a pipe', {}, false, false],
  ['forbidden', { NO_COLOR: '1' }, true, false],
  ['forced', { FORCE_COLOR: '1' }, false, true],
  ['a dumb terminal', { TERM: 'dumb' }, true, false],
])('colour: %s', (_, env, isTTY, colour) => {
  const { tty, ui } = open(env, isTTY);
  for (const event of badNight().events) ui.event(event);
  expect(tty.written().includes('\u001b[')).toBe(colour);
});

test('names of legs that try to add lines do not', () => {
  const { tty, ui } = open({}, false);
  const leg = {
    id: 'a+x',
    index: 0,
    name: 'a (x\n0:00:00  b  succeeded)',
    matrix: {},
    continueOnError: false,
    timeoutMinutes: 1,
  };
  const journal = createJournal()
    .add(0, started([{ id: 'a' }, { id: 'b' }]))
    .add(
      3725,
      { type: 'job.expanded', job: 'a', legs: [leg], failFast: true },
      { type: 'step.started', job: 'a', leg: 'a+x', step: 1, name: 'Check out' },
      { type: 'step.started', job: 'b', leg: 'b', step: 1, name: 'Check out' },
    );
  for (const event of journal.events) ui.event(event);
  expect(tty.written().split('\n').slice(1)).toEqual([
    '1:02:05  a (x 0:00:00 b succeeded)  started',
    `1:02:05  ${'b'.padEnd(25)}  started`,
    '',
  ]);
});
