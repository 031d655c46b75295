import { expect, it } from 'vitest';
import type { RunEventBody } from '../engine/index.ts';
import { foldRun } from './fold.ts';
import { type RunStatus, statusOf } from './status.ts';
import { badNight } from './testing/bad-night.ts';
import { begun, createJournal, ended, RUN, started } from './testing/journal.ts';

function status(bodies: readonly RunEventBody[], lost = false): RunStatus {
  return statusOf(foldRun(createJournal().add(0, ...bodies).events), { run: RUN, lost });
}

const CANCELLING = { type: 'run.cancelling', reason: 'user', message: 'stopped by SIGINT' } as const;

it.each<[RunStatus['state'], readonly RunEventBody[], boolean, object]>([
  ['starting', [], false, { run: RUN, legs: [] }],
  ['running', [started([{ id: 'a' }])], false, { name: 'framework-run', totals: { waiting: 1 } }],
  ['running', begun('__proto__'), false, { totals: { running: 1 } }],
  ['cancelling', [started([]), CANCELLING], false, { message: 'stopped by SIGINT' }],
  ['crashed', [started([{ id: 'a' }]), ...begun('a')], true, { result: undefined }],
  ['finished', [started([]), CANCELLING, ended('cancelled', 130, 9)], true, { result: 'cancelled', exitCode: 130 }],
])('tells that a run is %s', (state, bodies, lost, more) => {
  expect(status(bodies, lost)).toMatchObject({ state, ...more });
});

it('tells of every leg how it went, for programs', () => {
  const told = statusOf(foldRun(badNight().events), { run: RUN, lost: false });
  expect(told.totals).toEqual({ waiting: 0, running: 0, paused: 0, success: 3, failure: 2, cancelled: 0, skipped: 3 });
  const legs = Object.fromEntries(told.legs.map((leg) => [leg.leg, leg]));
  expect(legs).toMatchObject({
    schema: { state: 'finished', result: 'success', attempt: { number: 1, of: 2 }, duration: 62_000 },
    lint: { result: 'success', standing: 'reused', reusedFrom: '20261121T220000Z-0001' },
    bench: { result: 'success', standing: 'tolerated', reason: 'the command was ended after 1m 30s' },
    api: { result: 'failure', branch: `orch/${RUN}/api`, log: `logs/runs/${RUN}/api.log`, phase: undefined },
    web: { state: 'finished', result: 'skipped', started: undefined, reason: 'api failed' },
  });
});

it('tells what a leg does as long as it does', () => {
  const verifying = { type: 'verify.started', job: 'a', leg: 'a', attempt: 1 } as const;
  const [leg] = status([...begun('a'), verifying]).legs;
  expect(leg).toMatchObject({ state: 'running', phase: 'verifying', ended: undefined });
  expect(JSON.parse(JSON.stringify(leg))).not.toHaveProperty('result');
});
