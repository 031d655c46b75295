import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, foldRun, type LegView, type RunState, type RunView, type Standing } from '../reports/index.ts';
import { createJournal, started } from '../reports/testing/journal.ts';
import { lookOf } from './look.ts';
import { renderStatus, type StatusInput } from './status.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

const NOW = Date.parse('2026-11-22T01:00:00.000Z');
const RUN = '20261122-004512-k3f9';

/** A time so many seconds ago. */
function ago(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString();
}

function leg(name: string, standing: Standing, over: Partial<LegView> = {}): LegView {
  const phase = standing === 'waiting' || standing === 'running' ? standing : 'ended';
  const empty = { needs: [], checks: [], continueOnError: false, attempts: [] };
  return { ...empty, id: name, job: name, name, standing, phase, ...over };
}

function viewOf(legs: readonly LegView[], over: Partial<RunView> = {}): RunView {
  const { counts, ...empty } = foldRun(createJournal().add(0, { ...started([]), name: 'nightly' }).events);
  const counted = legs.reduce((sum, { standing }) => ({ ...sum, [standing]: sum[standing] + 1 }), counts);
  return { ...empty, firstTime: ago(130), lastTime: ago(5), duration: 125_000, legs, counts: counted, ...over };
}

const failedWith = (message: string) => ({ failure: { code: 'exit-code', message } as const });
const LEGS = [
  leg('schema', 'succeeded', { duration: 62_000, attempt: { number: 1, of: 1 } }),
  leg('api', 'running', { phase: 'verifying', requestedAt: ago(125), attempt: { number: 2, of: 3 } }),
  leg('lint', 'failed', { duration: 3000, ...failedWith('the command ended with exit code 3') }),
  leg('web', 'skipped', { skipped: { reason: 'needs', message: 'lint failed' } }),
  leg('bench', 'tolerated', { duration: 9000, ...failedWith('timed out') }),
  leg('docs', 'reused', { duration: 0, reusedFrom: '20261121-010203-aaaa' }),
  leg('deploy to production', 'waiting'),
];
const VIEW = viewOf(LEGS);

function status(view: RunView, columns: number, more: Partial<StatusInput> & { readonly env?: object } = {}): string[] {
  const terminal = openTerminal(createVirtualTerminal(columns, 24), { LANG: 'C.UTF-8', NO_COLOR: '1', ...more.env });
  const input = { run: RUN, view, state: 'running' as RunState, look: lookOf(terminal), columns, now: NOW, next: [] };
  const text = renderStatus({ ...input, ...more });
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

it('shows the verdict of a review beside the task, or below it where there is no room', () => {
  const review = {
    task: 'api',
    round: 2,
    verdict: 'changes-requested',
    findings: { blocker: 1, major: 0, minor: 2, info: 0 },
    provenance: 'fresh',
    given: {},
    reports: [],
  } as const;
  const view = viewOf([leg('api', 'succeeded', { duration: 1000, review })]);
  expect(status(view, 120)[3]).toBe(
    '✔ api         1.0s  succeeded, changes requested in round 2: 3 findings (1 blocker, 2 minor)',
  );
  expect(status(view, 60).slice(3, 6).join(' ')).toMatch(/changes requested in round 2:\s+3 findings/);
});

describe('a run that goes on', () => {
  it('is shown with a line a leg', () => {
    expect(status(VIEW, 120, { next: [['why', 'orch logs lint']] })).toMatchInlineSnapshot(`
      [
        "nightly · 20261122-004512-k3f9",
        "running for 2m 10s",
        "",
        "✔ schema                     1m 02s  succeeded",
        "● api                  2/3   2m 05s  verifying",
        "✖ lint                         3.0s  failed: the command ended with exit code 3",
        "– web                                skipped: lint failed",
        "▲ bench                        9.0s  failed, allowed to: timed out",
        "↺ docs                         0.0s  reused from 20261121-010203-aaaa",
        "· deploy to production               waiting",
        "",
        "5 of 7 tasks done; 1 failed, 1 still running, 1 waiting, 1 failed but allowed to, 1 skipped, 1 succeeded, 1 reused",
        "",
        "why  orch logs lint",
      ]
    `);
  });

  it('can be read on a terminal of 40 columns', () => {
    expect(status(VIEW, 40)).toMatchInlineSnapshot(`
      [
        "nightly · 20261122-004512-k3f9",
        "running for 2m 10s",
        "",
        "✔ schema                     1m 02s",
        "● api                  2/3   2m 05s",
        "  verifying",
        "✖ lint                         3.0s",
        "  failed: the command ended with exit",
        "  code 3",
        "– web",
        "  skipped: lint failed",
        "▲ bench                        9.0s",
        "  failed, allowed to: timed out",
        "↺ docs                         0.0s",
        "· deploy to production",
        "",
        "5 of 7 tasks done; 1 failed, 1 still",
        "running, 1 waiting, 1 failed but allowed",
        "to, 1 skipped, 1 succeeded, 1 reused",
      ]
    `);
  });

  it('can be read without glyphs', () => {
    expect(status(VIEW, 80, { env: { LANG: 'C' } }).slice(3, 7)).toMatchInlineSnapshot(`
      [
        "ok   schema                     1m 02s  succeeded",
        "run  api                  2/3   2m 05s  verifying",
        "FAIL lint                         3.0s  failed",
        "     the command ended with exit code 3",
      ]
    `);
  });
});

const ENDED = { exitCode: 1, totals: { success: 0, failure: 0, cancelled: 0, skipped: 0 } };

it.each<[RunState, string, Partial<RunView>]>([
  ['starting', 'starting', {}],
  ['cancelling', 'stopping: Ctrl-C was pressed', { cancelling: { reason: 'user', message: 'Ctrl-C was pressed' } }],
  ['finished', 'failed after 2m 05s, 5.0s ago', { finished: { ...ENDED, result: 'failure' } }],
  [
    'finished',
    'succeeded after 1h 00m, 2h 00m ago',
    { finished: { ...ENDED, result: 'success' }, duration: 3_600_000, lastTime: ago(7200) },
  ],
])('says in words that a run is %s: %s', (state, words, over) => {
  expect(status({ ...VIEW, ...over }, 120, { state })[1]).toBe(words);
});

it.each<[Partial<LegView>, string]>([
  [{ phase: 'starting' }, 'preparing'],
  [{ step: 'Check out' }, 'Check out'],
  [{ step: 'Run the task', attempt: { number: 1, of: 1 } }, 'running'],
  [{ step: 'Run the task', attempt: { number: 2, of: 3 } }, 'attempt 2 of 3'],
  [{ phase: 'delayed', attempt: { number: 2, of: 3 }, delay: 5000 }, 'waits 5.0s before the next attempt'],
  [{ phase: 'cancelling' }, 'stopping'],
])('says what a task does: %o', (over, words) => {
  expect(status(viewOf([leg('api', 'running', over)]), 80)[3]).toMatch(new RegExp(`  ${words}$`));
});

it('does not let a crashed run look alive', () => {
  const lines = status(VIEW, 120, { state: 'crashed' });
  expect(lines[1]).toBe(
    'crashed: its process is gone, and it did not come to its end; the last that was heard of it is 5.0s old',
  );
  expect(lines.join('\n')).not.toContain('running');
  expect(lines.find((line) => line.includes(' api '))).toMatch(/did not finish$/);
  expect(lines.find((line) => line.includes('production'))).toMatch(/never started$/);
  expect(lines.at(-1)).toBe(
    '1 failed, 1 did not finish, 1 never started, 1 failed but allowed to, 1 skipped, 1 succeeded, 1 reused',
  );
});

it('keeps every line inside the terminal, whatever the names and reasons', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', '日', '\u001b[2J', '\n', '\u202e', 'word '),
    maxLength: 120,
  });
  const standings = Object.keys(VIEW.counts) as readonly Standing[];
  const legs = fc.array(
    fc
      .tuple(text, fc.constantFrom(...standings), text, text, fc.integer({ min: 1, max: 12 }))
      .map(([name, standing, reason, step, of]) =>
        leg(name, standing, { step, attempt: { number: 2, of }, requestedAt: ago(3), ...failedWith(reason) }),
      ),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(legs, fc.integer({ min: 40, max: 130 }), fc.boolean(), (made, columns, crashed) => {
      const lines = status(viewOf(made), columns, { state: crashed ? 'crashed' : 'running' });
      for (const line of lines) {
        expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    }),
  );
});
