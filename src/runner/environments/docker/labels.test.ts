import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { isMakerGone, labelsOf, MAKER_LABEL } from './labels.ts';

const mine = labelsOf({ run: 'r', job: 'j' })[MAKER_LABEL] ?? '';
const ended = String(spawnSync('true').pid);
const changed = (changes: object): string => JSON.stringify({ ...JSON.parse(mine), ...changes });

it.each<readonly [string, string | undefined, boolean]>([
  ['this process', mine, false],
  ['one that has ended', changed({ pid: Number(ended) }), true],
  ['one whose number another has now', changed({ started: '1' }), true],
  ['a number that no process has', changed({ pid: 10 ** 20 }), false],
  ['one of another machine', changed({ host: 'elsewhere', pid: Number(ended) }), false],
  ['one of another namespace of processes', changed({ space: 'pid:[1]', pid: Number(ended) }), false],
  ['nobody', undefined, false],
  ['no words of ours', '{"pid":1,', false],
])('what %s has made is its own or abandoned', (_, label, gone) => {
  expect(isMakerGone(label)).toBe(process.platform === 'linux' && gone);
});
