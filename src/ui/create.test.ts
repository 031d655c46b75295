import { describe, expect, test } from 'vitest';
import { badNight } from '../reports/testing/bad-night.ts';
import { begun, createJournal, ended, started, succeeded } from '../reports/testing/journal.ts';
import { createUi, type UiMode } from './create.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

async function shown(
  events: ReturnType<typeof badNight>['events'],
  options: { mode?: UiMode; isTTY?: boolean; env?: Readonly<Record<string, string>> },
) {
  const stdout = createVirtualTerminal(100, 60, options.isTTY ?? false);
  const stderr = createVirtualTerminal(100, 60, false);
  const ui = await createUi({
    stdout,
    stderr,
    env: { LANG: 'C.UTF-8', NO_COLOR: '1', ...options.env },
    summary: () => 'docs/summary.md',
    ...(options.mode && { mode: options.mode }),
  });
  for (const event of events) ui.event(event);
  ui.output('api', 'a line');
  await ui.end();
  return { name: ui.name, out: stdout.written(), err: stderr.written() };
}

describe('createUi', () => {
  test.each<[string, Parameters<typeof shown>[1], string]>([
    ['a terminal', { isTTY: true }, 'live'],
    ['a pipe', {}, 'plain'],
    ['CI', { isTTY: true, env: { CI: 'true' } }, 'plain'],
    ['a dumb terminal, live asked for', { isTTY: true, mode: 'live', env: { TERM: 'dumb' } }, 'plain'],
    ['live asked for in CI', { isTTY: true, mode: 'live', env: { CI: 'true' } }, 'live'],
    ['json', { mode: 'json' }, 'json'],
  ])('%s', async (_, options, name) => {
    expect((await shown(badNight().events, options)).name).toBe(name);
  });

  test('json: the events and nothing else', async () => {
    const { events } = badNight();
    const { out } = await shown(events, { mode: 'json' });
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(events);
  });

  test('quiet: silent when all is well, the last screen when not', async () => {
    const good = createJournal().add(
      0,
      started([{ id: 'a' }]),
      ...begun('a'),
      succeeded('a', 1),
      ended('success', 0, 1),
    );
    expect(await shown(good.events, { mode: 'quiet' })).toMatchObject({ out: '', err: '' });
    expect((await shown(badNight().events, { mode: 'quiet' })).out).toMatch(/^FAILED: 2 of 8 tasks failed\n/);
  });

  test('a display that breaks is dropped, and says so at the end', async () => {
    const broken = {
      ...createVirtualTerminal(80, 24),
      get columns(): number {
        throw new Error('no size');
      },
    };
    const stderr = createVirtualTerminal(80, 24, false);
    const ui = await createUi({ mode: 'plain', stdout: broken, stderr, env: {}, summary: () => undefined });
    for (const event of badNight().events) ui.event(event);
    await ui.end();
    expect(stderr.written()).toBe('orch: the plain display stopped (no size); the run was not touched by that\n');
  });
});
