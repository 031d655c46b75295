import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../engine/index.ts';
import { pauseCommands, pauseScope } from './commands.ts';
import { foldRun } from './fold.ts';
import { renderSummary } from './summary.ts';
import { begun, createJournal, RUN, started } from './testing/journal.ts';

const LEG = { job: 'a', leg: 'a' };
const FAILURE = { code: 'exit-code', message: 'exit code 2' } as const;
const STAND = { step: 'Run make', failure: FAILURE, workspace: '/w', enter: '/w/enter.sh' };

function step(number: number, name: string, outcome: 'success' | 'failure'): readonly RunEventBody[] {
  return [
    { type: 'step.started', ...LEG, step: number, name },
    { type: 'step.finished', ...LEG, step: number, outcome, conclusion: outcome, duration: 1 },
  ];
}

const PAUSED: readonly RunEventBody[] = [
  { ...started([{ id: 'a' }, { id: 'b' }]), kind: 'workflow' },
  ...begun('a'),
  ...step(1, 'Run make', 'failure'),
  { type: 'job.paused', ...LEG, ...STAND, duration: 5 },
];
const RESUMED: RunEventBody = { type: 'run.resumed', orch: '0', command: [] };
const RETRIED: RunEventBody = { type: 'job.resumed', ...LEG, how: 'retry' };
const ASKED: RunEventBody = { type: 'job.requested', ...LEG };

function view(...bodies: readonly RunEventBody[]) {
  const { events } = createJournal().add(0, ...PAUSED, ...bodies);
  const run = foldRun(events);
  const leg = run.legs.find(({ id }) => id === 'a');
  if (leg === undefined) throw new Error('there is no leg');
  return { run, leg };
}

function finished(outcome: 'success' | 'failure'): RunEventBody {
  const failure = outcome === 'failure' ? { failure: FAILURE } : {};
  return { type: 'job.finished', ...LEG, outcome, conclusion: outcome, duration: 9, outputs: {}, ...failure };
}

describe('a step that failed and was done again', () => {
  it('is not what a job failed for that succeeded, and the summary tells of it', () => {
    const { run, leg } = view(RETRIED, ASKED, ...step(2, 'Run make', 'success'), finished('success'));
    expect(leg).toMatchObject({ standing: 'succeeded', retried: ['Run make'] });
    expect(leg.failedStep).toBeUndefined();
    expect(renderSummary(run)).toContain('after a retry of Run make');
  });

  it('leaves the place to the step that fails after it', () => {
    const later = [...step(2, 'Run make', 'success'), ...step(3, 'Run tests', 'failure'), finished('failure')];
    expect(view(RETRIED, ASKED, ...later).leg.failedStep).toMatchObject({ number: 3, name: 'Run tests' });
  });

  it('keeps the place when its failure is to stand', () => {
    const { leg } = view({ ...RETRIED, how: 'abort' }, ASKED, finished('failure'));
    expect(leg.failedStep).toMatchObject({ number: 1, name: 'Run make' });
    expect(leg.retried).toBeUndefined();
  });
});

describe('a run whose process is gone', () => {
  it('stands where it stood as soon as it is taken up, and what had begun begins anew', () => {
    const broken = [RETRIED, ASKED, { type: 'step.started', ...LEG, step: 2, name: 'x' } as const];
    const before = view(...broken, ...begun('b'));
    expect(before.leg).toMatchObject({ standing: 'running', stood: STAND });
    expect(pauseCommands(before.run)).toEqual([]);
    expect(pauseCommands(before.run, { lost: true })).toEqual([`orch retry ${RUN}`, `orch abort ${RUN}`]);
    const { run, leg } = view(...broken, ...begun('b'), RESUMED);
    expect(leg).toMatchObject({ standing: 'paused', paused: STAND });
    expect(leg.step).toBeUndefined();
    expect(run.legs.map(({ standing }) => standing)).toEqual(['paused', 'waiting']);
  });
});

describe('several jobs that are paused', () => {
  it('go on together unless one is named', () => {
    const one = view();
    expect([pauseScope(one.run), pauseCommands(one.run)[0]]).toEqual([undefined, `orch retry ${RUN}`]);
    const second = { ...STAND, type: 'job.paused', job: 'b', leg: 'b', duration: 5 } as const;
    const { run } = view(...begun('b'), second);
    expect(pauseCommands(run)).toEqual([`orch retry ${RUN}`, `orch abort ${RUN}`]);
    expect(pauseCommands(run, { leg: 'b' })).toEqual([`orch retry ${RUN} --job b`, `orch abort ${RUN} --job b`]);
    expect(pauseScope(run)).toBe('these are about all 2 paused jobs; one alone: --job a');
    expect(renderSummary(run)).toContain('# these are about all 2 paused jobs; one alone: --job a');
  });
});
