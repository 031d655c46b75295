import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isMakerGone, labelsOf, MAKER_LABEL, nameOf } from './labels.ts';

const mine = labelsOf({ run: 'r', job: 'j' })[MAKER_LABEL] ?? '';
const ended = String(spawnSync('true').pid);
const changed = (changes: object): string => JSON.stringify({ ...JSON.parse(mine), ...changes });

it.each<readonly [string, string | undefined, boolean]>([
  ['this process', mine, false],
  ['one that has ended', changed({ pid: Number(ended) }), true],
  ['one whose number another has now', changed({ started: '1' }), true],
  ['a number that no process has', changed({ pid: 10 ** 20 }), false],
  ['one of another machine', changed({ host: 'elsewhere', pid: Number(ended) }), false],
  ['one of another machine of the same name', changed({ machine: '0123456789abcdef', pid: Number(ended) }), false],
  ['one of another namespace of processes', changed({ space: 'pid:[1]', pid: Number(ended) }), false],
  ['nobody', undefined, false],
  ['no words of ours', '{"pid":1,', false],
])('what %s has made is its own or abandoned', (_, label, gone) => {
  expect(isMakerGone(label, true)).toBe(process.platform === 'linux' && gone);
  expect(isMakerGone(label, false)).toBe(process.platform === 'linux' && gone);
});

it.skipIf(process.platform !== 'linux')(
  'what was made before this machine was started again is another’s, perhaps',
  () => {
    const before = changed({ boot: '0123456789abcdef' });
    // At an engine elsewhere it may be of a copy of this machine.
    expect([isMakerGone(before, true), isMakerGone(before, false)]).toEqual([true, false]);
  },
);

it.skipIf(process.platform !== 'linux')('does not tell the engine which machine this is', () => {
  const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  expect(mine).not.toContain(id);
  expect(JSON.parse(mine)).toMatchObject({ boot: expect.stringMatching(/^[0-9a-f]{16}$/), pid: process.pid });
});

it('names are for people, and tell apart what is too long for one', () => {
  const long = 'j'.repeat(120);
  const names = ['files 0', 'files 1'].map((what) => nameOf({ run: 'r', job: long }, what));
  expect(new Set(names).size).toBe(2);
  expect(names.every((name) => name.length < 128)).toBe(true);
  expect(nameOf({ run: 'r', job: 'a (1, x)' }, 'job')).toBe('orch-r-a-1-x-job');
});
