/** Whole runs of the pure core over graphs of 100, 1,000 and 10,000 jobs; prints microseconds of CPU a job as JSON. */
import { type JobSketch, planOf, Simulation } from '../../src/engine/testing/simulation.ts';

const SIZES = [100, 1000, 10_000];
/** Jobs folded for each sample, so that small graphs are run more often, and samples for each size. */
const JOBS_A_SAMPLE = 10_000;
const SAMPLES = 5;
/** One in four jobs has one of these. */
const CONDITIONS = ['always()', '!cancelled()', "success() || github.ref == 'main'"];

/** The same numbers in every process. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function condition(index: number): { readonly if?: string } {
  const text = index % 4 === 3 ? CONDITIONS[(index >> 2) % CONDITIONS.length] : undefined;
  return text === undefined ? {} : { if: text };
}

interface Shape {
  readonly name: string;
  /** How many of a hundred jobs fail. */
  readonly failing: number;
  readonly make: (count: number) => readonly JobSketch[];
}

const SHAPES: readonly Shape[] = [
  {
    name: 'chain',
    failing: 0,
    make: (count) =>
      Array.from({ length: count }, (_, i) => ({ id: `j${i}`, needs: i === 0 ? [] : [`j${i - 1}`], ...condition(i) })),
  },
  {
    name: 'wide',
    failing: 0,
    make: (count) =>
      Array.from({ length: count }, (_, i) => {
        if (i === 0) return { id: 'j0' };
        if (i < count - 1) return { id: `j${i}`, needs: ['j0'], ...condition(i) };
        return { id: `j${i}`, needs: Array.from({ length: count - 2 }, (__, k) => `j${k + 1}`), if: 'always()' };
      }),
  },
  {
    name: 'random layers',
    failing: 2,
    make: (count) => {
      const random = seeded(count);
      const width = Math.max(4, Math.round(Math.sqrt(count)));
      return Array.from({ length: count }, (_, i) => {
        const above = Math.floor(i / width) * width;
        const picks = above === 0 ? [] : Array.from({ length: 3 }, () => above - 1 - Math.floor(random() * width));
        return { id: `j${i}`, needs: [...new Set(picks)].map((pick) => `j${pick}`), ...condition(i) };
      });
    },
  },
];

/** Runs it to its end; jobs end in an order of chance. */
function runThrough(jobs: readonly JobSketch[], failing: number): void {
  const random = seeded(jobs.length);
  const simulation = new Simulation(planOf(jobs, { maxParallel: 8 }));
  const running: { readonly job: string; readonly leg: string }[] = [];
  for (let read = 0; !simulation.state.finished; ) {
    for (; read < simulation.events.length; read++) {
      const event = simulation.events[read];
      if (event?.type === 'job.requested') running.push({ job: event.job, leg: event.leg });
    }
    const pick = Math.floor(random() * running.length);
    const ended = running[pick];
    if (ended === undefined) throw new Error('nothing runs, and the run is not over');
    running[pick] = running.at(-1) ?? ended;
    running.pop();
    const result = random() * 100 < failing ? 'failure' : 'success';
    simulation.happen({
      type: 'job.finished',
      ...ended,
      outcome: result,
      conclusion: result,
      outputs: {},
      duration: 0,
    });
  }
}

/** CPU time, since it is the same on a busy machine: microseconds a job, what the garbage collector does beside included. */
function sample(jobs: readonly JobSketch[], failing: number): number {
  const times = Math.max(1, Math.round(JOBS_A_SAMPLE / jobs.length));
  const started = process.cpuUsage();
  for (let i = 0; i < times; i++) runThrough(jobs, failing);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / (times * jobs.length);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const results = SHAPES.map(({ name, failing, make }) => {
  const graphs = SIZES.map((count) => ({ jobs: count, sketches: make(count), samples: [] as number[] }));
  for (let round = 0; round <= SAMPLES; round++) {
    for (const { sketches, samples } of graphs) {
      const each = sample(sketches, failing);
      // The first round is for the compiler.
      if (round > 0) samples.push(each);
    }
  }
  return { shape: name, sizes: graphs.map(({ jobs, samples }) => ({ jobs, each: median(samples) })) };
});
process.stdout.write(JSON.stringify(results));
