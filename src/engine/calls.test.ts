import { describe, expect, it } from 'vitest';
import { type MappingNode, mapping, type Node, scalar } from '../workflow/index.ts';
import { requestFor } from './request.ts';
import { findLeg } from './state.ts';
import { type JobSketch, planOf, Simulation } from './testing/simulation.ts';

type Given = Parameters<typeof planOf>[2];

function simulate(
  jobs: readonly JobSketch[],
  policy: Parameters<typeof planOf>[1] = {},
  given: Given = {},
): Simulation {
  return new Simulation(planOf(jobs, policy, given));
}

function definitions(parts: Readonly<Record<string, Readonly<Record<string, Node>>>>): MappingNode {
  const sections = Object.entries(parts).map(([name, entries]) => [name, mapping(entries)] as const);
  return mapping({ workflow_call: mapping(Object.fromEntries(sections)) });
}

function requestOf(run: Simulation, leg: string) {
  const job = run.events.find((event) => event.type === 'job.requested' && event.leg === leg);
  if (job?.type !== 'job.requested') throw new Error(`${leg} was not requested`);
  return requestFor(run.state, findLeg(run.state, job));
}

const TWO: readonly JobSketch[] = [{ id: 'x' }, { id: 'y', needs: ['x'] }];

describe('a called workflow', () => {
  it('runs its jobs in their own order, and lets what needs the call wait for all of them', () => {
    const run = simulate([{ id: 'a' }, { id: 'b', needs: ['a'], calls: TWO }, { id: 'c', needs: ['b'] }]);
    run.finish('a');
    expect(run.running).toEqual(['b.x']);
    run.finish('b.x');
    expect(run.running).toEqual(['b.y']);
    expect(run.result('b')).toBeUndefined();
    run.finish('b.y');
    expect([run.result('b'), run.running]).toEqual(['success', ['c']]);
    run.finish('c');
    expect(run.events.at(-1)).toMatchObject({ exitCode: 0, totals: { success: 4, failure: 0 } });
  });

  it('holds no slot: one is enough for any number of levels', () => {
    const run = simulate([{ id: 'a', calls: [{ id: 'b', calls: [{ id: 'c', calls: [{ id: 'd' }] }] }] }], {
      maxParallel: 1,
    });
    expect(run.running).toEqual(['a.b.c.d']);
    expect(run.state.running).toBe(1);
    run.finish('a.b.c.d');
    expect(run.state.finished).toBe(true);
  });

  it('tells which jobs join, with names for people', () => {
    const run = simulate([{ id: 'b', legs: 2, calls: TWO }]);
    expect(run.events.filter((event) => event.type === 'job.called')[1]).toEqual({
      type: 'job.called',
      job: 'b',
      leg: 'b+n1',
      file: 'b.yml',
      jobs: [
        { id: 'b+n1.x', name: 'b (n1) / x', needs: [] },
        { id: 'b+n1.y', name: 'b (n1) / y', needs: ['b+n1.x'] },
      ],
    });
    const [leg] = run.jobState('b+n1.x').legs;
    expect(leg?.leg).toMatchObject({ id: 'b+n1.x', name: 'b (n1) / x' });
  });

  it('keeps ids short enough for the names of files, however deep the calls', () => {
    const deep = (level: number): JobSketch => {
      const id = `${'j'.repeat(60)}${level}`;
      return level === 0 ? { id } : { id, calls: [deep(level - 1)] };
    };
    const run = simulate([deep(9)]);
    expect(run.running).toHaveLength(1);
    expect(run.running[0]?.length).toBeLessThan(200);
    run.finish(run.running[0] ?? '');
    expect(run.state.finished).toBe(true);
  });

  it('asks nothing of the jobs around it: success() is about its own', () => {
    const run = simulate([
      { id: 'a' },
      { id: 'b', needs: ['a'], if: 'always()', calls: [{ id: 'x' }, { id: 'y', if: 'failure()' }] },
    ]);
    run.finish('a', 'failure');
    expect(run.running).toEqual(['b.x']);
  });

  it.each<[readonly ('success' | 'failure' | 'cancelled')[], string]>([
    [['success', 'success'], 'success'],
    [['success', 'failure'], 'failure'],
    [['cancelled', 'failure'], 'failure'],
    [['cancelled', 'success'], 'cancelled'],
  ])('ends %j as %s', (outcomes, result) => {
    const run = simulate([{ id: 'b', calls: [{ id: 'x' }, { id: 'y' }] }]);
    for (const [index, outcome] of outcomes.entries()) run.finish(['b.x', 'b.y'][index] ?? '', outcome);
    expect(run.result('b')).toBe(result);
  });

  it('is skipped when all of its jobs are, and sound when a failure was allowed', () => {
    const skipped = simulate([{ id: 'b', calls: [{ id: 'x', if: 'false' }] }]);
    expect(skipped.result('b')).toBe('skipped');
    const allowed = simulate([{ id: 'b', calls: [{ id: 'x', continueOnError: true }] }]);
    allowed.finish('b.x', 'failure');
    expect(allowed.result('b')).toBe('success');
  });

  it('does not start when its condition is false', () => {
    const run = simulate([{ id: 'b', if: 'false', calls: TWO }]);
    expect(run.events.some((event) => event.type === 'job.called')).toBe(false);
    expect(run.events.at(-1)).toMatchObject({ totals: { skipped: 1 } });
  });
});

describe('what passes in (U2, U3)', () => {
  const on = definitions({
    inputs: {
      s: mapping({ type: scalar('string'), default: scalar('${{ inputs.top }}-d') }),
      n: mapping({ type: scalar('number') }),
      b: mapping({ type: scalar('boolean'), default: scalar(true) }),
    },
  });
  const inputs = { top: 'T', yes: true };

  function calledWith(values: JobSketch['with'], secrets?: JobSketch['secrets']): Simulation {
    const call = { id: 'b', calls: [{ id: 'x' }], callee: { on }, ...(values === undefined ? {} : { with: values }) };
    return simulate(
      [secrets === undefined ? call : { ...call, secrets }],
      {},
      {
        inputs,
        secrets: { GITHUB_TOKEN: 't', A: '1', B: '' },
      },
    );
  }

  it.each<[NonNullable<JobSketch['with']>, Readonly<Record<string, unknown>>]>([
    [{}, { s: '-d', n: 0, b: true }],
    [
      { S: '${{ inputs.top }}', n: 3 },
      { s: 'T', n: 3, b: true },
    ],
    [
      { s: 7, b: '${{ !inputs.yes }}' },
      { s: '7', n: 0, b: false },
    ],
  ])('%j becomes %j', (values, expected) => {
    expect(requestOf(calledWith(values), 'b.x').called?.inputs).toEqual(expected);
  });

  it.each([[{ b: '${{ inputs.top }}' }], [{ n: "${{ 'many' }}" }], [{ s: '${{ github }}' }]])(
    '%j fails the call, and nothing else',
    (values) => {
      const run = calledWith(values);
      expect(run.running).toEqual([]);
      expect(run.events.find((event) => event.type === 'job.finished')).toMatchObject({
        job: 'b',
        outcome: 'failure',
        failure: { code: 'expression', message: expect.stringContaining('was expected') },
      });
      expect(run.state.finished).toBe(true);
    },
  );

  it.each<[JobSketch['secrets'], Readonly<Record<string, string>>]>([
    [undefined, { GITHUB_TOKEN: 't' }],
    ['inherit', { GITHUB_TOKEN: 't', A: '1', B: '' }],
    [
      { c: 'x${{ secrets.A }}', d: '${{ secrets.B }}' },
      { GITHUB_TOKEN: 't', c: 'x1' },
    ],
  ])('secrets: %j become %j', (secrets, expected) => {
    const run = calledWith({}, secrets);
    expect(requestOf(run, 'b.x').called?.secrets).toEqual(expected);
    expect(JSON.stringify(run.events)).not.toContain('x1');
  });

  it('reach the conditions of its jobs, and the calls below', () => {
    const inner = { on: definitions({ inputs: { v: mapping({ type: scalar('string') }) } }) };
    const outer: JobSketch = {
      id: 'b',
      with: { v: 'deep' },
      callee: inner,
      calls: [
        { id: 'x', if: "inputs.v == 'deep'" },
        { id: 'y', if: "inputs.v == 'else'" },
        { id: 'z', with: { v: '${{ inputs.v }}er' }, callee: inner, calls: [{ id: 'w', if: "inputs.v == 'deeper'" }] },
      ],
    };
    expect(simulate([outer]).running).toEqual(['b.x', 'b.z.w']);
  });

  it('permissions are those of the nearest that says', () => {
    const run = simulate([
      {
        id: 'b',
        permissions: 'read-all',
        calls: [{ id: 'x' }, { id: 'y', permissions: 'none' }],
      },
    ]);
    expect(requestOf(run, 'b.x').permissions).toMatchObject({ contents: 'read' });
    expect(requestOf(run, 'b.y').permissions).toMatchObject({ contents: 'none' });
  });
});

describe('what comes out (U5)', () => {
  const on = definitions({
    outputs: {
      o: mapping({ value: scalar('${{ jobs.x.outputs.v }}/${{ jobs.x.result }}') }),
      none: mapping({ value: scalar('${{ jobs.x.outputs.nothing }}') }),
    },
  });

  it('is what the outputs say, after a failure too', () => {
    const run = simulate([
      { id: 'b', calls: [{ id: 'x' }], callee: { on } },
      { id: 'c', needs: ['b'], if: "always() && needs.b.outputs.o == 'V/failure'" },
    ]);
    run.finish('b.x', 'failure', { v: 'V' });
    expect(run.jobState('b').outputs).toEqual({ o: 'V/failure' });
    expect(run.running).toEqual(['c']);
  });

  it('fails the call when it cannot be evaluated, and is counted then', () => {
    const wrong = definitions({ outputs: { o: mapping({ value: scalar("${{ fromJSON('{') }}") }) } });
    const run = simulate([{ id: 'b', calls: [{ id: 'x' }], callee: { on: wrong } }]);
    run.finish('b.x');
    expect(run.result('b')).toBe('failure');
    expect(run.events.at(-1)).toMatchObject({ exitCode: 1, totals: { success: 1, failure: 1 } });
  });
});

describe('stopping', () => {
  it('a cancelled run cancels what was called, and starts only what asks for it', () => {
    const run = simulate([
      { id: 'b', calls: [...TWO, { id: 'z', needs: ['x'], if: 'always()' }] },
      { id: 'c', needs: ['b'] },
    ]);
    run.cancel();
    expect(run.events.filter((event) => event.type === 'job.cancel-requested').map(({ leg }) => leg)).toEqual([
      'b',
      'b.x',
    ]);
    run.finish('b.x', 'cancelled');
    expect(run.running).toEqual(['b.z']);
    run.finish('b.z');
    expect([run.result('b.y'), run.result('b'), run.result('c')]).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(run.events.at(-1)).toMatchObject({ exitCode: 130 });
  });

  it('fail-fast goes through a matrix of calls, and cancelled() is true in there alone', () => {
    const calls: readonly JobSketch[] = [...TWO, { id: 'z', needs: ['x'], if: 'cancelled()' }];
    const run = simulate([{ id: 'b', legs: 2, calls }, { id: 'c', if: 'cancelled()' }, { id: 'd' }]);
    run.finish('b+n0.x', 'failure');
    expect(run.running).toEqual(['d', 'b+n1.x']);
    expect(run.events.filter((event) => event.type === 'job.cancel-requested')).toMatchObject([
      { leg: 'b+n1', reason: 'fail-fast' },
      { leg: 'b+n1.x', reason: 'fail-fast' },
    ]);
    run.finish('b+n1.x', 'cancelled');
    expect(run.running).toEqual(['d', 'b+n1.z']);
    run.finish('b+n1.z');
    expect([run.result('b'), run.result('c'), run.result('d')]).toEqual(['failure', 'skipped', undefined]);
  });

  it.each([
    ['no-new', ['a', 'b.x']],
    ['kill', ['a', 'b.x']],
  ] as const)('on_failure: %s reaches into calls', (onFailure, running) => {
    const run = simulate([{ id: 'f' }, { id: 'a', if: 'always()' }, { id: 'b', calls: TWO }], { onFailure });
    run.finish('f', 'failure');
    expect(run.running).toEqual(running);
    const cancelled = run.events.filter((event) => event.type === 'job.cancel-requested').map(({ leg }) => leg);
    expect(cancelled).toEqual(onFailure === 'kill' ? ['b.x'] : []);
    run.finish('b.x', onFailure === 'kill' ? 'cancelled' : 'success');
    expect(run.running).toEqual(['a']);
  });
});

describe('concurrency of calls (C6)', () => {
  it('a call holds its own group and that of its workflow until it is through', () => {
    const run = simulate([
      { id: 'b', group: 'B', callee: { group: 'C' }, calls: [{ id: 'x' }] },
      { id: 'c', group: 'c', queue: 'max' },
      { id: 'd', group: 'b', queue: 'max' },
    ]);
    // It takes one after the other, and lets go of none while it waits.
    expect(run.running).toEqual(['c']);
    run.finish('c');
    expect(run.running).toEqual(['b.x']);
    run.finish('b.x');
    expect(run.running).toEqual(['d']);
    run.finish('d');
    expect(run.groups.busy()).toBe(false);
  });

  it('a group on the call and on its workflow is one', () => {
    const run = simulate([{ id: 'b', group: 'g', callee: { group: 'G' }, calls: [{ id: 'x' }] }]);
    expect(run.running).toEqual(['b.x']);
  });

  it('a job that would wait for its own caller is cancelled', () => {
    const run = simulate([{ id: 'b', group: 'g', calls: [{ id: 'x', group: 'G', queue: 'max' }] }]);
    expect([run.state.finished, run.result('b.x'), run.result('b')]).toEqual([true, 'cancelled', 'cancelled']);
  });

  it('two calls that would wait for each other do not', () => {
    const run = simulate([
      { id: 'a', group: 'A', calls: [{ id: 'w' }, { id: 'x', needs: ['w'], group: 'B', queue: 'max' }] },
      { id: 'b', group: 'B', calls: [{ id: 'w' }, { id: 'x', needs: ['w'], group: 'A', queue: 'max' }] },
    ]);
    run.finish('a.w');
    run.finish('b.w');
    expect([run.result('b.x'), run.running]).toEqual(['cancelled', ['a.x']]);
    run.finish('a.x');
    expect(run.state.finished).toBe(true);
  });

  it('a hundred may wait in a queue, and no more', () => {
    const jobs = Array.from({ length: 103 }, (_, n): JobSketch => ({ id: `j${n}`, group: 'g', queue: 'max' }));
    const run = simulate(jobs);
    expect(run.running).toEqual(['j0']);
    const dropped = run.events.filter((event) => event.type === 'job.skipped');
    expect(dropped.map(({ job, reason }) => [job, reason])).toEqual([
      ['j101', 'concurrency'],
      ['j102', 'concurrency'],
    ]);
  });
});
