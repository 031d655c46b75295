import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEventBody } from './events.ts';
import { type JobSketch, planOf, Simulation } from './testing/simulation.ts';

const GROUP = fc.option(fc.constantFrom('x', 'y'), { nil: undefined, freq: 3 });

/** The jobs of called workflows: the second needs the first, or both start at once. */
const called = fc.array(
  fc.record({
    chained: fc.boolean(),
    condition: fc.constantFrom(undefined, undefined, 'always()', 'failure()', '!cancelled()'),
    group: GROUP,
  }),
  { minLength: 1, maxLength: 3 },
);

/** Random graphs: each job needs some of those before it. */
const graphs = fc
  .array(
    fc.record({
      picks: fc.array(fc.nat(), { maxLength: 3 }),
      condition: fc.constantFrom(
        undefined,
        undefined,
        undefined,
        'always()',
        'failure()',
        'cancelled()',
        '!cancelled()',
      ),
      legs: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 3 }),
      maxParallel: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      failFast: fc.boolean(),
      continueOnError: fc.boolean(),
      group: GROUP,
      calls: fc.option(called, { nil: undefined, freq: 2 }),
      unserved: fc.boolean(),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((rows) =>
    rows.map((row, index): JobSketch => {
      const needs = index === 0 ? [] : [...new Set(row.picks.map((pick) => `j${pick % index}`))];
      const matrix =
        row.legs === undefined
          ? {}
          : {
              legs: row.legs,
              failFast: row.failFast,
              ...(row.maxParallel === undefined ? {} : { maxParallel: row.maxParallel }),
            };
      return {
        id: `j${index}`,
        needs,
        continueOnError: row.continueOnError,
        ...(row.condition === undefined ? {} : { if: row.condition }),
        ...(row.unserved && index % 3 === 0 ? { runsOn: 'nowhere' } : {}),
        ...(row.calls === undefined ? {} : { calls: row.calls.map((inner, at) => innerJob(inner, index, at)) }),
        ...(row.group === undefined ? {} : { group: row.group, queue: 'max' }),
        ...matrix,
      };
    }),
  );

function innerJob(
  { chained, condition, group }: (typeof called extends fc.Arbitrary<infer T> ? T : never)[number],
  index: number,
  at: number,
): JobSketch {
  return {
    id: `j${index}c${at}`,
    needs: chained && at > 0 ? [`j${index}c${at - 1}`] : [],
    ...(condition === undefined ? {} : { if: condition }),
    ...(group === undefined ? {} : { group, queue: 'max' }),
  };
}

const PLATFORMS = { system: 'linux', processor: 'x64', labels: new Set<string>(), incomplete: 'any' } as const;

/** The leg of the run's own workflow that a leg belongs to, or is. */
function outer(leg: string): string {
  return leg.split('.', 1)[0] ?? leg;
}

function jobOf(leg: string): string {
  return outer(leg).split('+', 1)[0] ?? leg;
}

const scenario = fc.record({
  jobs: graphs,
  maxParallel: fc.integer({ min: 1, max: 5 }),
  onFailure: fc.constantFrom('continue', 'no-new', 'kill'),
  /** Which running leg ends next, and how. */
  ends: fc.array(
    fc.record({ pick: fc.nat(), outcome: fc.constantFrom('success', 'success', 'failure', 'cancelled') }),
    { minLength: 60, maxLength: 60 },
  ),
  cancelAfter: fc.option(fc.nat({ max: 12 }), { nil: undefined }),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function play(
  { jobs, maxParallel, onFailure, ends, cancelAfter }: Scenario,
  watch: (run: Simulation) => void,
): Simulation {
  const run = new Simulation(planOf(jobs, { maxParallel, onFailure: onFailure as 'continue', platforms: PLATFORMS }));
  watch(run);
  for (let turn = 0; !run.state.finished && turn < 400; turn++) {
    if (turn === cancelAfter) run.cancel();
    const leg = run.running[(ends[turn % ends.length]?.pick ?? 0) % Math.max(1, run.running.length)];
    if (leg === undefined) break;
    run.finish(leg, ends[turn % ends.length]?.outcome as 'success');
    watch(run);
  }
  return run;
}

/** How many legs of the run's own workflow are at work, by themselves or by what they called. */
function outerOf(run: Simulation, matches: (leg: string) => boolean): number {
  return new Set(run.running.filter(matches).map(outer)).size;
}

function position(events: readonly RunEventBody[], matches: (event: RunEventBody) => boolean): number {
  return events.findIndex(matches);
}

describe('decide and evolve over random graphs', () => {
  it('end every run, each job and each leg exactly once', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const run = play(given, () => undefined);
        expect(run.state.finished).toBe(true);
        expect(run.state.running).toBe(0);
        expect(run.groups.busy()).toBe(false);
        const ended = run.events
          .filter((event) => event.type === 'job.finished' || event.type === 'job.skipped')
          .map((event) => `${event.job}/${event.leg}`);
        expect(new Set(ended).size).toBe(ended.length);
        expect(run.events.filter((event) => event.type === 'run.finished')).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it('start no job before all its needs have ended, and none that stands on a failure without asking', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { events } = play(given, () => undefined);
        for (const { id, needs = [], if: condition } of given.jobs) {
          const start = position(events, (event) => event.type === 'job.requested' && jobOf(event.leg) === id);
          if (start < 0) continue;
          for (const need of needs) {
            const ends = events.flatMap((event, index) =>
              (event.type === 'job.finished' || event.type === 'job.skipped') && event.job === need ? [index] : [],
            );
            expect(Math.max(...ends)).toBeLessThan(start);
            const failed = events.some(
              (event) => event.type === 'job.finished' && event.job === need && event.conclusion !== 'success',
            );
            if (condition === undefined) expect(failed).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('hold max_parallel, the matrix limits and the groups at every moment', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        play(given, (run) => {
          expect(run.running.length).toBeLessThanOrEqual(given.maxParallel);
          expect(run.state.running).toBe(run.running.length);
          for (const { id, maxParallel } of given.jobs) {
            if (maxParallel !== undefined)
              expect(outerOf(run, (leg) => leg.startsWith(`${id}+`))).toBeLessThanOrEqual(maxParallel);
          }
          for (const group of ['x', 'y']) {
            const members = given.jobs.filter((job) => job.group === group).map((job) => job.id);
            expect(outerOf(run, (leg) => members.includes(jobOf(leg)))).toBeLessThanOrEqual(1);
            const inner = given.jobs.flatMap(({ calls = [] }) => calls).filter((job) => job.group === group);
            const holding = inner.map(({ id }) => run.running.filter((leg) => leg.endsWith(`.${id}`)).length);
            expect(holding.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(1);
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  it('start only always() and cancelled() work after a cancellation', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { events } = play(given, () => undefined);
        const from = position(events, (event) => event.type === 'run.cancelling');
        if (from < 0) return;
        for (const event of events.slice(from)) {
          if (event.type !== 'job.requested') continue;
          const every = given.jobs.flatMap((job) => [job, ...(job.calls ?? [])]);
          const id = event.job.slice(event.job.lastIndexOf('.') + 1);
          expect(['always()', 'cancelled()']).toContain(every.find((job) => job.id === id)?.if);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keep a slot filled while something could run', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const idle: string[] = [];
        play(given, (run) => {
          if (!run.state.finished && run.running.length === 0) idle.push('nothing runs');
          if (run.state.startable.length > 0 && run.running.length < given.maxParallel) idle.push('a slot is free');
        });
        expect(idle).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
