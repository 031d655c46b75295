import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent, RunEventBody } from '../engine/index.ts';
import { displayWidth, foldRun } from '../reports/index.ts';
import { badNight } from '../reports/testing/bad-night.ts';
import { attempted, begun, createJournal, prepared, started, succeeded } from '../reports/testing/journal.ts';
import { renderFrame } from './frame.ts';
import { lookOf } from './look.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

const MIDNIGHT = Date.parse('2026-11-22T00:00:00.000Z');

interface Shown {
  readonly columns: number;
  readonly rows: number;
  readonly at?: number;
  readonly output?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function frame(
  events: Iterable<RunEvent>,
  { columns, rows, at = 0, output, env = { LANG: 'C.UTF-8', NO_COLOR: '1' } }: Shown,
): string[] {
  const view = foldRun(events);
  const outputs = new Map(output === undefined ? [] : view.legs.map(({ id }) => [id, output]));
  return renderFrame({
    view,
    outputs,
    columns,
    rows,
    now: MIDNIGHT + at * 1000,
    tick: 0,
    look: lookOf(openTerminal(createVirtualTerminal(columns, rows), env)),
  });
}

/** `states` says for each task in turn: done, running, failed, or waiting. */
function crowd(states: string): readonly RunEvent[] {
  const jobs = Array.from(states, (_, i) => ({ id: `task-${i}` }));
  const journal = createJournal().add(0, started(jobs));
  for (const [i, { id }] of jobs.entries()) journal.add(i / 1000, ...bodiesOf(id, states[i] ?? ''));
  return journal.events;
}

function bodiesOf(id: string, state: string): RunEventBody[] {
  if (state === 'w') return [];
  const running = [...begun(id), prepared(id), attempted(id, 1, 1)];
  if (state === 'r') return running;
  if (state === 'd') return [...running, succeeded(id, 1000)];
  return [
    ...running,
    {
      type: 'job.finished',
      job: id,
      leg: id,
      outcome: 'failure',
      conclusion: 'failure',
      outputs: {},
      duration: 2000,
      failure: { code: 'exit-code', message: 'the command ended with exit code 3' },
    },
  ];
}

describe('renderFrame', () => {
  test('shows every task where all fit', () => {
    expect(
      frame(badNight().events.slice(0, 19), {
        columns: 80,
        rows: 24,
        at: 130,
        output: '\u001b[32mPASS\u001b[0m  src/api.test.ts',
      }),
    ).toMatchInlineSnapshot(`
      [
        "✔ schema   1/2   1m 02s  2 changed",
        "↺ lint             0.0s  from 20261121T220000Z-0001",
        "⠋ docs           2m 10s  PASS src/api.test.ts",
        "⠋ bench          2m 10s  preparing",
        "⠋ api            1m 08s  preparing",
        "· web                    after api",
        "· deploy                 after web",
        "· nightly",
        "2 of 8 done, 3 running, 3 waiting · 2m 10s",
      ]
    `);
  });

  test('the whole night, on a terminal without glyphs', () => {
    expect(
      frame(badNight().events, { columns: 60, rows: 24, at: 302, env: { LANG: 'C', NO_COLOR: '1' } }),
    ).toMatchInlineSnapshot(`
      [
        "ok   schema   1/2   1m 02s  2 changed",
        "same lint             0.0s  from 20261121T220000Z-0001",
        "FAIL docs           1m 29s  the command said it succeede...",
        "warn bench          1m 35s  the command was ended after...",
        "FAIL api      3/3   3m 58s  verify ended with exit code...",
        "skip web                    api failed",
        "skip deploy                 web was skipped",
        "skip nightly                its condition inputs.nightly...",
        "8 of 8 done, 2 failed - 5m 02s",
      ]
    `);
  });

  test('where they do not fit: the failed, the running, the counts', () => {
    expect(
      frame(crowd(`${'d'.repeat(31)}ffrrrr${'w'.repeat(163)}`), { columns: 80, rows: 24, at: 724 }),
    ).toMatchInlineSnapshot(`
      [
        "✖ task-31     2.0s  the command ended with exit code 3",
        "✖ task-32     2.0s  the command ended with exit code 3",
        "⠋ task-33  12m 04s",
        "⠋ task-34  12m 04s",
        "⠋ task-35  12m 04s",
        "⠋ task-36  12m 04s",
        "33 of 200 done, 4 running, 2 failed, 163 waiting · 12m 04s",
      ]
    `);
  });

  test('where not even those fit, it says how many are not shown', () => {
    expect(
      frame(crowd(`${'f'.repeat(20)}${'r'.repeat(24)}`), { columns: 40, rows: 10, at: 61, output: 'line' }),
    ).toMatchInlineSnapshot(`
      [
        "… 18 more failed",
        "✖ task-18     2.0s  the command ended…",
        "✖ task-19     2.0s  the command ended…",
        "⠋ task-20   1m 01s  line",
        "⠋ task-21   1m 01s  line",
        "⠋ task-22   1m 01s  line",
        "⠋ task-23   1m 01s  line",
        "… 20 more running",
        "20/44 done, 20 failed, 24 run · 1m 01s",
      ]
    `);
  });

  test('a step is named until it prints; that of a task which makes its attempts is not', () => {
    const step = (job: string): RunEventBody => ({ type: 'step.started', job, leg: job, step: 3, name: 'Run it' });
    const journal = createJournal().add(0, started([{ id: 'task' }, { id: 'job' }]));
    journal.add(
      0,
      ...begun('task'),
      prepared('task'),
      step('task'),
      attempted('task', 1, 2),
      ...begun('job'),
      step('job'),
    );
    const shown = { columns: 60, rows: 20, at: 2 };
    expect(frame(journal.events, shown).slice(0, 2)).toEqual([
      '⠋ task     1/2     2.0s',
      '⠋ job              2.0s  Run it',
    ]);
    journal.add(2, { type: 'attempt.delayed', job: 'task', leg: 'task', attempt: 1, delay: 5000 });
    expect(frame(journal.events, shown)[0]).toBe('⠋ task     1/2     2.0s  waits 5.0s before the next attempt');
  });

  test('a cancellation is told', () => {
    const events = [
      ...badNight().events.slice(0, 12),
      {
        seq: 13,
        time: '2026-11-22T00:01:00.000Z',
        type: 'run.cancelling',
        reason: 'user',
        message: 'interrupted',
      } as const,
    ];
    expect(frame(events, { columns: 80, rows: 24 }).at(-2)).toBe('stopping: interrupted; Ctrl-C again ends it at once');
  });

  test('never wider or higher than the terminal, and always ends with the counts', () => {
    const anyStates = fc.array(fc.constantFrom('d', 'r', 'f', 'w'), { maxLength: 60 }).map((states) => states.join(''));
    const anySize = fc.record({ columns: fc.integer({ min: 20, max: 200 }), rows: fc.integer({ min: 2, max: 50 }) });
    fc.assert(
      fc.property(
        anyStates,
        anySize,
        fc.constantFrom('', '中文'.repeat(50), 'x'.repeat(300)),
        (states, size, output) => {
          const lines = frame(crowd(states), { ...size, output });
          expect(lines.length).toBeLessThanOrEqual(size.rows - 1);
          for (const line of lines) expect(displayWidth(line)).toBeLessThan(size.columns);
          expect(lines.at(-1)).toMatch(/done/);
        },
      ),
    );
  });
});
