import { describe, expect, it } from 'vitest';
import { type JobSketch, planOf, Simulation } from './testing/simulation.ts';

function simulate(jobs: readonly JobSketch[], policy: Parameters<typeof planOf>[1] = {}): Simulation {
  return new Simulation(planOf(jobs, policy));
}

const diamond: readonly JobSketch[] = [
  { id: 'a' },
  { id: 'b', needs: ['a'] },
  { id: 'c', needs: ['a'] },
  { id: 'd', needs: ['b', 'c'] },
];

describe('order', () => {
  it('starts a job the moment its own needs are done', () => {
    const run = simulate([{ id: 'slow' }, { id: 'fast' }, { id: 'after', needs: ['fast'] }]);
    expect(run.running).toEqual(['slow', 'fast']);
    run.finish('fast');
    expect(run.running).toEqual(['slow', 'after']);
  });

  it('runs a diamond from top to bottom', () => {
    const run = simulate(diamond);
    run.finish('a');
    expect(run.running).toEqual(['b', 'c']);
    run.finish('c');
    expect(run.running).toEqual(['b']);
    run.finish('b');
    run.finish('d');
    expect(run.state.finished).toBe(true);
  });

  it('holds max_parallel, in the order that jobs became ready', () => {
    const run = simulate([{ id: 'a' }, { id: 'b' }, { id: 'c' }], { maxParallel: 1 });
    expect(run.running).toEqual(['a']);
    run.finish('a');
    expect(run.running).toEqual(['b']);
  });

  it('finishes a run without jobs at once', () => {
    expect(simulate([]).state.finished).toBe(true);
  });
});

describe('approval', () => {
  const gated: readonly JobSketch[] = [
    { id: 'propose' },
    { id: 'gate', needs: ['propose'] },
    { id: 'apply', needs: ['gate'] },
  ];

  it('does not start what nobody has approved, nor what needs it, and the run is green', () => {
    const run = simulate(gated, { awaiting: new Set(['gate']) });
    run.finish('propose');
    const skipped = run.events.flatMap((event) => (event.type === 'job.skipped' ? [[event.job, event.reason]] : []));
    expect(skipped).toEqual([
      ['gate', 'approval'],
      ['apply', 'needs'],
    ]);
    expect(run.events.at(-1)).toMatchObject({ type: 'run.finished', result: 'success', exitCode: 0 });
  });

  it('waits for nothing where what is before the gate has failed', () => {
    const run = simulate(gated, { awaiting: new Set(['gate']) });
    run.finish('propose', 'failure');
    expect(run.events.find((event) => event.type === 'job.skipped')).toMatchObject({ job: 'gate', reason: 'needs' });
  });
});

describe('conditions', () => {
  it('skips what stands on a failure, and what stands on that', () => {
    const run = simulate(diamond);
    run.finish('a', 'failure');
    expect(['b', 'c', 'd'].map((job) => run.result(job))).toEqual(['skipped', 'skipped', 'skipped']);
    expect(run.events.filter((event) => event.type === 'job.skipped').map((event) => event.reason)).toEqual([
      'needs',
      'needs',
      'needs',
    ]);
  });

  it.each([
    ['always()', 'failure', true],
    ['failure()', 'failure', true],
    ['failure()', 'success', false],
    ["needs.a.result == 'failure'", 'failure', false],
    ["always() && needs.a.result == 'failure'", 'failure', true],
    ["success('a')", 'success', true],
    ["failure('a')", 'failure', true],
    ["${{ needs.a.outputs.x == 'y' }}", 'success', true],
    ['!cancelled()', 'failure', true],
  ] as const)('if: %s after %s', (condition, outcome, runs) => {
    const run = simulate([{ id: 'a' }, { id: 'b', needs: ['a'], if: condition }]);
    run.finish('a', outcome, { x: 'y' });
    expect(run.running).toEqual(runs ? ['b'] : []);
  });

  it('does not let a job behind a skipped one pass for sound', () => {
    const run = simulate([{ id: 'a' }, { id: 'b', needs: ['a'], if: 'always()' }, { id: 'c', needs: ['b'] }]);
    run.finish('a', 'failure');
    run.finish('b');
    expect(run.result('c')).toBe('skipped');
  });

  it('lets continue-on-error count as success for those behind', () => {
    const run = simulate(
      [
        { id: 'a', continueOnError: true },
        { id: 'b', needs: ['a'] },
      ],
      { onFailure: 'kill' },
    );
    run.finish('a', 'failure');
    expect(run.running).toEqual(['b']);
  });

  it('fails a job whose condition cannot be evaluated', () => {
    const run = simulate([{ id: 'a', if: "fromJSON('{')" }]);
    expect(run.result('a')).toBe('failure');
    expect(run.state.finished).toBe(true);
  });
});

describe('matrix', () => {
  it('expands late and holds its own max-parallel', () => {
    const run = simulate([{ id: 'm', legs: 3, maxParallel: 2 }], { maxParallel: 9 });
    expect(run.running).toEqual(['m+n0', 'm+n1']);
    run.finish('m+n0');
    expect(run.running).toEqual(['m+n1', 'm+n2']);
  });

  it('cancels siblings when a leg fails, running and waiting alike', () => {
    const run = simulate([{ id: 'm', legs: 3 }], { maxParallel: 2 });
    run.finish('m+n0', 'failure');
    const cancelled = run.events.filter((event) => event.type === 'job.cancel-requested').map((event) => event.leg);
    expect(cancelled).toEqual(['m+n1']);
    run.finish('m+n1', 'cancelled');
    expect(run.result('m')).toBe('failure');
    expect(run.state.finished).toBe(true);
  });

  it('lets siblings go on without fail-fast', () => {
    const run = simulate([{ id: 'm', legs: 2, failFast: false }]);
    run.finish('m+n0', 'failure');
    expect(run.running).toEqual(['m+n1']);
  });

  it('merges outputs: the last leg wins, an empty value does not', () => {
    const run = simulate([
      { id: 'm', legs: 2 },
      { id: 'b', needs: ['m'], if: "needs.m.outputs.x == 'one' && needs.m.outputs.y == 'two'" },
    ]);
    run.finish('m+n0', 'success', { x: 'one', y: 'one' });
    run.finish('m+n1', 'success', { x: '', y: 'two' });
    expect(run.running).toEqual(['b']);
  });
});

describe('on_failure', () => {
  const jobs: readonly JobSketch[] = [
    { id: 'bad' },
    { id: 'busy' },
    { id: 'waiting' },
    { id: 'later', needs: ['busy'] },
    { id: 'cleanup', needs: ['bad'], if: 'always()' },
  ];

  it('continue: unrelated work goes on', () => {
    const run = simulate(jobs, { maxParallel: 2 });
    run.finish('bad', 'failure');
    expect(run.running).toEqual(['busy', 'waiting']);
  });

  it('no-new: nothing starts but what asks for it', () => {
    const run = simulate(jobs, { maxParallel: 2, onFailure: 'no-new' });
    run.finish('bad', 'failure');
    expect(run.running).toEqual(['busy', 'cleanup']);
    run.finish('busy');
    run.finish('cleanup');
    expect([run.result('waiting'), run.result('later'), run.result('busy')]).toEqual(['skipped', 'skipped', 'success']);
    expect(run.state.finished).toBe(true);
  });

  it('kill: what runs is cancelled too', () => {
    const run = simulate(jobs, { maxParallel: 2, onFailure: 'kill' });
    run.finish('bad', 'failure');
    expect(run.events.filter((event) => event.type === 'job.cancel-requested').map((event) => event.leg)).toEqual([
      'busy',
    ]);
    run.finish('busy', 'cancelled');
    run.finish('cleanup');
    expect(run.state.finished).toBe(true);
  });
});

describe('cancellation', () => {
  it('ends what runs, drops what waits, and still runs always()', () => {
    const run = simulate(
      [{ id: 'a' }, { id: 'b' }, { id: 'c', needs: ['a'] }, { id: 'tidy', needs: ['a'], if: 'always()' }],
      { maxParallel: 1 },
    );
    run.cancel();
    expect(run.result('b')).toBe('cancelled');
    run.finish('a', 'cancelled');
    expect(run.running).toEqual(['tidy']);
    run.finish('tidy');
    expect(run.result('c')).toBe('cancelled');
    expect(run.state.finished).toBe(true);
  });

  it('asks a leg to end once only', () => {
    const run = simulate([{ id: 'a' }]);
    run.happen({ type: 'job.timed-out', job: 'a', leg: 'a', minutes: 1 });
    run.cancel();
    expect(run.events.filter((event) => event.type === 'job.cancel-requested')).toEqual([
      { type: 'job.cancel-requested', job: 'a', leg: 'a', reason: 'timeout' },
    ]);
  });
});

describe('concurrency groups', () => {
  it('queue max: one after the other, in order, without regard to case', () => {
    const run = simulate([
      { id: 'a', group: 'DB', queue: 'max' },
      { id: 'b', group: 'db', queue: 'max' },
      { id: 'c', group: 'db', queue: 'max' },
    ]);
    expect(run.running).toEqual(['a']);
    run.finish('a', 'failure');
    expect(run.running).toEqual(['b']);
    run.finish('b');
    expect(run.running).toEqual(['c']);
  });

  it('queue single: a newer one takes the place of the one that waits', () => {
    const run = simulate([
      { id: 'a', group: 'g' },
      { id: 'b', group: 'g' },
      { id: 'c', group: 'g' },
    ]);
    expect(run.result('b')).toBe('cancelled');
    run.finish('a');
    expect(run.running).toEqual(['c']);
  });

  it('cancel-in-progress: the holder makes way', () => {
    const run = simulate([
      { id: 'first' },
      { id: 'a', group: 'g' },
      { id: 'b', group: 'g', cancelInProgress: true, needs: ['first'] },
    ]);
    run.finish('first');
    expect(run.events.filter((event) => event.type === 'job.cancel-requested').map((event) => event.leg)).toEqual([
      'a',
    ]);
    run.finish('a', 'cancelled');
    expect(run.running).toEqual(['b']);
  });
});
