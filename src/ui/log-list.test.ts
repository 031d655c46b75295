import { expect, it } from 'vitest';
import { type LogEntry, renderLogList } from './log-list.ts';
import { lookOf } from './look.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

const ENTRIES: readonly LogEntry[] = [
  { leg: 'api', state: 'finished', result: 'failure', bytes: 1_234_567, reason: 'exit code 3' },
  { leg: 'build+20_linux', state: 'running', doing: 'attempt 1 of 2', bytes: 0 },
  { leg: 'web', state: 'waiting' },
];

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
