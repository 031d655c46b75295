import { expect, it } from 'vitest';
import { foldRun } from '../reports/index.ts';
import { attempted, begun, createJournal, started, succeeded } from '../reports/testing/journal.ts';
import { type LogEntry, renderLogList } from './log-list.ts';
import { lookOf } from './look.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

const { events } = createJournal().add(
  0,
  started([{ id: 'api' }, { id: 'build+20_linux' }, { id: 'web' }]),
  ...begun('api'),
  { ...succeeded('api', 1000), conclusion: 'failure' },
  ...begun('build+20_linux'),
  attempted('build+20_linux', 1, 2),
);
const BYTES = [1_234_567, 0];
const ENTRIES: readonly LogEntry[] = foldRun(events).legs.map((leg, index) => {
  const bytes = BYTES[index];
  return bytes === undefined ? { leg } : { leg, bytes };
});

function list(columns: number, over = false): string[] {
  const terminal = openTerminal(createVirtualTerminal(columns, 24), { LANG: 'C.UTF-8', NO_COLOR: '1' });
  return renderLogList({ entries: ENTRIES, look: lookOf(terminal), columns, over }).split('\n');
}

it('names the logs, their sizes, and how it went', () => {
  expect(list(80)).toEqual([
    '✖ api             1.2 MB  failed',
    '● build+20_linux     0 B  attempt 1 of 2',
    '· web                  ·  waiting',
    '',
  ]);
});

it('fits a narrow terminal, and knows when nothing more will come', () => {
  expect(list(40, true)).toEqual([
    '✖ api             1.2 MB  failed',
    '● build+20_linux     0 B  did not finish',
    '· web                  ·  never started',
    '',
  ]);
});
