import { expect, it } from 'vitest';
import { explainSilence, readReport } from './namespace.ts';

it.each<readonly [string, boolean, unknown]>([
  ['ready\nexit 0\n', false, { kind: 'exited', code: 0 }],
  ['ready\nexit 143\n', false, { kind: 'exited', code: 143 }],
  ['ready\nexit 143\n', true, { kind: 'signalled', signal: 'SIGTERM' }],
  ['ready\nexit 137\n', true, { kind: 'exited', code: 137 }],
  ['ready\nKilled\nexit 137\n', false, { kind: 'signalled', signal: 'SIGKILL' }],
  ['ready\nSegmentation fault (core dumped)\nexit 139\n', false, { kind: 'signalled', signal: 'SIGSEGV' }],
  ['ready\nwarning\nexit 3\n', false, { kind: 'exited', code: 3 }],
  ['ready\nexit 255\n', false, { kind: 'exited', code: 255 }],
  ['ready\nexit 1', false, undefined],
  ['ready\n', false, undefined],
  ['', false, undefined],
])('reads %j, stopped: %s', (report, stopped, expected) => {
  expect(readReport(report, stopped)).toEqual(expected);
});

it('tells a namespace that never was from one that was ended', () => {
  expect(explainSilence('', { kind: 'exited', code: 1 })).toMatchObject({ kind: 'not-started' });
  expect(explainSilence('ready\n', { kind: 'exited', code: 1 })).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
  expect(explainSilence('', { kind: 'signalled', signal: 'SIGTERM' })).toEqual({
    kind: 'signalled',
    signal: 'SIGTERM',
  });
});
