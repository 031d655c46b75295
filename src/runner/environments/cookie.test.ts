import { expect, it } from 'vitest';
import { bakeCookie, cookiesIn, isOfRun } from './cookie.ts';

it('takes the level below the deepest it was given, and passes all on', () => {
  expect(Object.keys(bakeCookie('r', {}).variables)).toEqual(['ORCH_TASK_COOKIE_1']);
  const inner = bakeCookie('r', {
    ORCH_TASK_COOKIE_1: 'a:1',
    ORCH_TASK_COOKIE_4: 'b:2',
    ORCH_TASK_COOKIE_X: 'no',
    HOME: '/',
  });
  expect(Object.keys(inner.variables)).toEqual(['ORCH_TASK_COOKIE_1', 'ORCH_TASK_COOKIE_4', 'ORCH_TASK_COOKIE_5']);
  expect(inner.entry).toMatch(/^ORCH_TASK_COOKIE_5=r:[\da-f-]{36}$/);
});

it('is found in an environment block, and only there where it is a name', () => {
  const { entry } = bakeCookie('run-1', {});
  const block = Buffer.from(['PATH=/bin', 'NOTE=ORCH_TASK_COOKIE_1=run-1:x', entry, ''].join('\0'));
  expect(cookiesIn(block)).toEqual([entry]);
  expect(cookiesIn(Buffer.from('A=1\0'))).toEqual([]);
  expect(cookiesIn(Buffer.alloc(0))).toEqual([]);
});

it('knows its run, and no other that begins alike', () => {
  const { entry } = bakeCookie('run-1', {});
  expect(isOfRun(entry, 'run-1')).toBe(true);
  expect(isOfRun(entry, 'run')).toBe(false);
  expect(isOfRun(entry, 'run-12')).toBe(false);
});
