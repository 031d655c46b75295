import { expect, it } from 'vitest';
import { type Check, renderChecks } from './checks.ts';
import { lookOf } from './look.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

const CHECKS: readonly Check[] = [
  { state: 'good', name: 'git', seen: '2.39.5' },
  { state: 'bad', name: 'containment', seen: 'no way was found', hint: 'let unprivileged users make namespaces' },
  { state: 'warning', name: 'disk', seen: '\u001b[2J12 MB free', hint: 'free some' },
  { state: 'note', name: 'codex', seen: 'not found' },
];

function checks(columns: number, env: object = { LANG: 'C.UTF-8' }): string[] {
  const terminal = openTerminal(createVirtualTerminal(columns, 24), { NO_COLOR: '1', ...env });
  return renderChecks(CHECKS, lookOf(terminal), columns).split('\n');
}

it('shows a mark, what was seen, and what to do', () => {
  expect(checks(80)).toEqual([
    '✔ git          2.39.5',
    '✖ containment  no way was found',
    '               let unprivileged users make namespaces',
    '! disk         12 MB free',
    '               free some',
    '· codex        not found',
    '',
  ]);
});

it('wraps on a narrow terminal, and uses words where there are no glyphs', () => {
  expect(checks(40, { LANG: 'C' })).toEqual([
    'ok   git          2.39.5',
    'FAIL containment  no way was found',
    '                  let unprivileged users',
    '                  make namespaces',
    '!    disk         12 MB free',
    '                  free some',
    '...  codex        not found',
    '',
  ]);
});
