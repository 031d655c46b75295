import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../engine/index.ts';
import { badNight } from '../reports/testing/bad-night.ts';
import { begun, createJournal, ended, started, succeeded } from '../reports/testing/journal.ts';
import { createLiveUi } from './live.ts';
import { createGuard } from './sink.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

function open(columns: number, rows: number) {
  const tty = createVirtualTerminal(columns, rows);
  const guard = createGuard();
  const timers = new Set<() => void>();
  let now = Date.parse('2026-11-22T00:00:00.000Z');
  const ui = createLiveUi({
    terminal: openTerminal(tty, { LANG: 'C.UTF-8', NO_COLOR: '1' }),
    guard,
    summary: () => 'docs/orchestrator-run-summary.md',
    now: () => now,
    every: (_, call) => {
      timers.add(call);
      return () => timers.delete(call);
    },
  });
  return {
    tty,
    ui,
    guard,
    timers,
    play: (events: readonly RunEvent[]) => {
      for (const event of events) ui.event(event);
    },
    /** Lets listr2 begin, which takes some turns, then moves the clock to the second and draws. */
    at: async (second: number) => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      now = Date.parse('2026-11-22T00:00:00.000Z') + second * 1000;
      for (const call of timers) call();
    },
  };
}

const two = () => createJournal().add(0, started([{ id: 'one' }, { id: 'two' }]), ...begun('one'));

describe('createLiveUi', () => {
  test('redraws in place, with the last line of output', async () => {
    const { tty, ui, play, at } = open(70, 20);
    play(two().events);
    ui.output('one', 'first line');
    await at(1);
    ui.output('one', '\u001b[31msecond\u001b[0m line');
    await at(2);
    expect(tty.screen()).toEqual([
      'framework-run: 2 tasks, 4 at once, from a1b2c3d4e5f6 (main), run',
      '20261122T000000Z-ab3f',
      expect.stringMatching(/^. one +2\.0s {2}preparing$/),
      '· two',
      '0 of 2 done, 1 running, 1 waiting · 2.0s',
    ]);
    await ui.end();
  });

  test('ends with every task, what failed, and what to type', async () => {
    const { tty, ui, play, at, timers } = open(80, 40);
    play(badNight().events);
    await at(302);
    await ui.end();
    expect(timers.size).toBe(0);
    expect(tty.screen().join('\n')).toMatchInlineSnapshot(`
      "framework-run: 8 tasks, 4 at once, from a1b2c3d4e5f6 (main), run
      20261122T000000Z-ab3f
      ! the stash has a new entry; api and docs were active
      ✔ schema   1/2   1m 02s  2 changed
      ↺ lint             0.0s  from 20261121T220000Z-0001
      ✖ docs           1m 29s  the command said it succeeded, and nothing was changed
      ▲ bench          1m 35s  the command was ended after 1m 30s
      ✖ api      3/3   3m 58s  verify ended with exit code 1: | <img src=x> \`rm -rf\`…
      – web                    api failed
      – deploy                 web was skipped
      – nightly                its condition inputs.nightly == 'yes' was not met

      FAILED: 2 of 8 tasks failed
      2 failed, 1 failed but allowed to, 3 skipped, 1 succeeded, 1 reused · 5m 02s

      ✖ docs (1m 29s)
        the command said it succeeded, and nothing was changed
        See whether it asked a question that nobody answered.
        orch logs docs
        cd /home/me/.orch/worktrees/docs
      ✖ api (3 attempts, 3m 58s)
        verify ended with exit code 1: | <img src=x> \`rm -rf\`
        [click](http://evil.example) @everyone second line
        orch logs api
        git diff a1b2c3d4e5f6..orch/20261122T000000Z-ab3f/api
        cd '/home/me/my project'\\''s/worktrees/api'

      summary    docs/orchestrator-run-summary.md
      run again  orch run --rerun-failed 20261122T000000Z-ab3f
      1 warning, listed in the summary"
    `);
    expect(tty.cursor()).toEqual({ column: 0, visible: true });
  });

  test('warnings stay above the tasks', async () => {
    const { tty, ui, play, at } = open(80, 10);
    const journal = two();
    play(journal.events);
    await at(1);
    play(
      journal
        .add(2, { type: 'warning', code: 'hooks-changed', message: 'a hook\u001b[2J has changed' })
        .events.slice(-1),
    );
    await at(3);
    expect(tty.screen()[2]).toBe('! a hook has changed');
    expect(tty.screen()).toHaveLength(6);
    await ui.end();
  });

  test('200 tasks on a small terminal that is made smaller: nothing but the frame, and it fits', async () => {
    const { tty, ui, play, at } = open(80, 24);
    const jobs = Array.from({ length: 200 }, (_, i) => ({ id: `a-task-with-a-long-name-${i}` }));
    const journal = createJournal().add(0, started(jobs));
    for (const { id } of jobs.slice(0, 30)) journal.add(0, ...begun(id));
    play(journal.events);
    await at(1);
    for (const [columns, rows] of [
      [60, 20],
      [40, 15],
      [120, 50],
    ] as const) {
      tty.resize(columns, rows);
      await at(2);
      const screen = tty.screen();
      expect(screen.filter((line) => line.includes('done'))).toHaveLength(1);
      expect(screen.at(-1)).toMatch(/^0( of |\/)200 done/);
      expect(screen.length).toBeLessThan(rows);
    }
    play(journal.add(3, ...jobs.map(({ id }) => succeeded(id, 1)), ended('success', 0, 3000)).events.slice(-201));
    await ui.end();
    expect(tty.screen().join('\n')).toContain('SUCCEEDED: all 200 tasks succeeded');
    // What a terminal that loses lines has pushed out of its top cannot be taken back; the block itself is gone.
    expect(tty.screen().filter((line) => /^✔ a-task|200 done/.test(line))).toEqual([]);
  });

  test('a run that ends in the turn in which it began, or never began, ends the display too', async () => {
    const quick = open(80, 24);
    quick.play(createJournal().add(0, started([]), ended('success', 0, 1)).events);
    await quick.ui.end();
    expect(quick.tty.screen().join('\n')).toContain('SUCCEEDED');
    const never = open(80, 24);
    await never.ui.end();
    expect(never.tty.screen().join('\n')).toContain('DID NOT FINISH');
  });

  test('a terminal that goes away is no reason to stop', async () => {
    const { tty, ui, play, at, guard } = open(80, 24);
    play(two().events);
    await at(1);
    tty.hangUp();
    await at(2);
    play(badNight().events);
    const written = tty.written().length;
    await at(3);
    expect(tty.written()).toHaveLength(written);
    await ui.end();
    expect(guard.fault()).toBeUndefined();
  });
});
