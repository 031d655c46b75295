import { expect, it } from 'vitest';
import { compareWithAct, lastWordsOfAct, readActLog } from './act-log.ts';
import type { RanLeg } from './legs.ts';

function leg(job: string, result: RanLeg['result'], index = 0): RanLeg {
  return { job, index, id: job, isMatrix: false, result, outputs: {} };
}

it('the worst leg is what a job came to; other lines, and one that was cut off, are passed over', () => {
  // As act 0.2.89 writes it.
  const ended = (job: string, more: string): string =>
    `{"dryrun":false,"job":"two/${job}  ","jobID":"${job}",${more},"level":"info","matrix":{},"time":"2026-11-23T07:00:07Z"}`;
  const log = [
    'time="2026-11-23T07:00:07Z" level=info msg="no JSON"',
    ended('build', '"msg":"  ✅  Success - Main ./act","stage":"Main","stepID":["run"],"stepResult":"success"'),
    ended('build', '"jobResult":"failure","msg":"🏁  Job failed"'),
    ended('build', '"jobResult":"success","msg":"🏁  Job succeeded"'),
    ended('odd', '"jobResult":"exploded","msg":"🏁  Job failed"'),
    ended('ship', '"jobResult":"success"').slice(0, 70),
    "Error: Job 'build' failed",
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

it.each([
  ['{"level":"info","msg":"Start server"}\n{"level":"fatal","msg":"EOF"}\n', 'EOF'],
  ['{"msg":"a"}\nError: Job \'x\' failed\n', "Error: Job 'x' failed"],
  ['{"msg":"cut', '{"msg":"cut'],
  ['', ''],
])('of %j the last words are %j', (text, words) => {
  expect(lastWordsOfAct(text)).toBe(words);
});
