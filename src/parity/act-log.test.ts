import { expect, it } from 'vitest';
import { compareWithAct, readActLog } from './act-log.ts';
import type { RanLeg } from './legs.ts';

function leg(job: string, result: RanLeg['result'], index = 0): RanLeg {
  return { job, index, id: job, isMatrix: false, result, outputs: {} };
}

it('the worst leg is what a job came to; other lines, and one that was cut off, are passed over', () => {
  const log = [
    'time="2026" level=info msg="no JSON"',
    '{"level":"info","msg":"Start","job":"x/build","jobID":"build"}',
    '{"jobID":"build","jobResult":"failure","msg":"Job failed"}',
    '{"jobID":"build","jobResult":"success","msg":"Job succeeded"}',
    '{"jobID":"odd","jobResult":"exploded"}',
    '{"jobID":"ship","jobResult":"succ',
  ].join('\n');
  expect([...readActLog(log)]).toEqual([['build', 'failure']]);
});

it('jobs that neither ran are alike', () => {
  const here = [
    leg('a', 'success'),
    leg('m', 'success'),
    leg('m', 'failure', 1),
    leg('s', 'skipped'),
    leg('gone', 'success'),
  ];
  const act = new Map([
    ['a', 'success'],
    ['m', 'success'],
    ['summary', 'success'],
  ] as const);
  expect(compareWithAct(here, act).map(({ message }) => message)).toEqual([
    'm ended as failure, with act as success',
    'gone ended as success, with act as not run',
  ]);
});
