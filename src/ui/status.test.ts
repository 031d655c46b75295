import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../reports/index.ts';
import { lookOf } from './look.ts';
import { renderStatus, type StatusInput, type StatusLeg, type StatusView } from './status.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

const NOW = Date.parse('2026-11-22T01:00:00.000Z');
const RUN = '20261122-004512-k3f9';

/** A time so many seconds ago. */
function ago(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString();
}

function leg(name: string, over: Partial<StatusLeg> = {}): StatusLeg {
  return { name, state: 'waiting', since: ago(60), ...over };
}

const LEGS = [
  leg('schema', { state: 'finished', result: 'success', duration: 62_000, attempt: { number: 1, of: 1 } }),
  leg('api', { state: 'running', doing: 'verify', since: ago(125), attempt: { number: 2, of: 3 } }),
  leg('lint', { state: 'finished', result: 'failure', duration: 3000, reason: 'the command ended with exit code 3' }),
  leg('web', { state: 'finished', result: 'skipped', reason: 'lint failed' }),
  leg('bench', { state: 'finished', result: 'success', duration: 9000, reason: 'timed out' }),
  leg('docs', { state: 'finished', result: 'success', duration: 0, reusedFrom: '20261121-010203-aaaa' }),
  leg('deploy to production', {}),
];
const VIEW: StatusView = {
  run: RUN,
  name: 'nightly',
  state: 'running',
  started: ago(130),
  last: { time: ago(5) },
  legs: LEGS,
};

function status(
  view: StatusView,
  columns: number,
  more: Partial<StatusInput> & { readonly env?: object } = {},
): string[] {
  const terminal = openTerminal(createVirtualTerminal(columns, 24), { LANG: 'C.UTF-8', NO_COLOR: '1', ...more.env });
  const text = renderStatus({ view, look: lookOf(terminal), columns, now: NOW, next: [], ...more });
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

describe('a run that goes on', () => {
  it('is shown with a line a leg', () => {
    expect(status(VIEW, 120, { next: [['why', 'orch logs lint']] })).toMatchInlineSnapshot(`
      [
        "nightly · 20261122-004512-k3f9",
        "running for 2m 10s",
        "",
        "✔ schema                     1m 02s  succeeded",
        "● api                  2/3   2m 05s  verify",
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
        "  verify",
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
        "run  api                  2/3   2m 05s  verify",
        "FAIL lint                         3.0s  failed",
        "     the command ended with exit code 3",
      ]
    `);
  });
});

it.each<[string, Partial<StatusView>, string]>([
  ['starting', { state: 'starting' }, 'starting'],
  ['cancelling', { state: 'cancelling', message: 'Ctrl-C was pressed' }, 'stopping: Ctrl-C was pressed'],
  ['finished', { state: 'finished', result: 'failure' }, 'failed after 2m 05s, 5.0s ago'],
  [
    'finished well',
    { state: 'finished', result: 'success', last: { time: ago(7200) } },
    'succeeded after 0.0s, 2h 00m ago',
  ],
])('says in words that it is %s', (_, over, words) => {
  expect(status({ ...VIEW, ...over }, 120)[1]).toBe(words);
});

it('does not let a crashed run look alive', () => {
  const lines = status({ ...VIEW, state: 'crashed' }, 120);
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
  const legs = fc.array(
    fc.record({
      name: text,
      state: fc.constantFrom('waiting' as const, 'running' as const, 'finished' as const),
      since: fc.constant(ago(3)),
      result: fc.constantFrom('success' as const, 'failure' as const, 'cancelled' as const, 'skipped' as const),
      reason: text,
      doing: text,
      attempt: fc.record({ number: fc.constant(2), of: fc.integer({ min: 1, max: 12 }) }),
    }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(legs, fc.integer({ min: 40, max: 130 }), fc.boolean(), (made, columns, crashed) => {
      const lines = status({ ...VIEW, state: crashed ? 'crashed' : 'running', legs: made }, columns);
      for (const line of lines) {
        expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    }),
  );
});
