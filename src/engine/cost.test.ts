import { cpuUsage } from 'node:process';
import { describe, expect, it } from 'vitest';
import { type JobSketch, planOf, Simulation } from './testing/simulation.ts';

const SMALL = 100;
const LARGE = 1600;
/** Work that grows with the square of the jobs would cost 16 times as much a job. */
const FLAT = 6;

/** Microseconds of CPU time a job, the best of two: other programs can only add to it. */
function cost(jobs: readonly JobSketch[], outcome: 'success' | 'failure', runs: number): number {
  const samples = Array.from({ length: 2 }, () => {
    const before = cpuUsage();
    for (let run = 0; run < runs; run++) runThrough(jobs, outcome);
    const { user, system } = cpuUsage(before);
    return (user + system) / (runs * jobs.length);
  });
  return Math.min(...samples);
}

function runThrough(jobs: readonly JobSketch[], outcome: 'success' | 'failure'): void {
  const run = new Simulation(planOf(jobs));
  // Jobs end in the order in which they were started.
  for (let at = 0; at < run.events.length; at++) {
    const event = run.events[at];
    if (event?.type !== 'job.requested') continue;
    const { job, leg } = event;
    run.happen({ type: 'job.finished', job, leg, outcome, conclusion: outcome, outputs: {}, duration: 0 });
  }
  expect(run.state.finished).toBe(true);
}

function list(count: number, sketch: (index: number) => Omit<JobSketch, 'id'>): readonly JobSketch[] {
  return Array.from({ length: count }, (_, index) => ({ id: `j${index}`, ...sketch(index) }));
}

describe('a job of a large graph costs about what one of a small graph does', () => {
  it.each([
    ['in a chain', 'success', (count: number) => list(count, (i) => ({ needs: i === 0 ? [] : [`j${i - 1}`] }))],
    ['side by side', 'success', (count: number) => list(count, () => ({}))],
    ['side by side, all failing', 'failure', (count: number) => list(count, () => ({}))],
    [
      'behind one, by a condition',
      'failure',
      (count: number) => list(count, (i) => (i === 0 ? {} : { needs: ['j0'], if: 'always()' })),
    ],
  ] as const)('%s', (_, outcome, make) => {
    const [small, large] = [make(SMALL), make(LARGE)];
    cost(small, outcome, 2);
    expect(cost(large, outcome, 1) / cost(small, outcome, 8)).toBeLessThan(FLAT);
  });
});
