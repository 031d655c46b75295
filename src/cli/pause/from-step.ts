/** `--from`: the step of the one chosen job that is run first; those before it are left out. */
import type { JobRequest } from '../../engine/index.ts';
import { nearest } from '../../shared/diagnostic.ts';
import { type FlatStep, flattenSteps, sameText, type Workflow } from '../../workflow/index.ts';
import { UsageError } from '../explain.ts';

export interface From {
  readonly job: string;
  readonly index: number;
  readonly reason: string;
}

/** `wanted` is the id, the number from 1, or the name of a step. Throws `UsageError`. */
export function findFrom(workflow: Workflow, jobs: readonly string[] | undefined, wanted: string): From {
  const [id, ...more] = jobs ?? [];
  if (id === undefined || more.length > 0) throw new UsageError('--from is about one job: name it with --job');
  const job = workflow.jobs.find((one) => sameText(one.id, id));
  if (job === undefined || job.kind !== 'steps') throw new UsageError(`--from: ${id} has no steps of its own`);
  // Of a `parallel` its steps take their turns.
  const steps = flattenSteps(job.steps).map(({ step }) => step);
  const index = indexOf(steps, wanted);
  if (index !== undefined) return { job: job.id, index, reason: `left out: --from ${wanted}` };
  const near = nearest(wanted, steps.flatMap(wordsFor));
  throw new UsageError(`--from: ${job.id} has no step "${wanted}"`, {
    hint:
      near === undefined ? `it has ${steps.length}: an id, a name or a number names one` : `did you mean "${near}"?`,
  });
}

/** For the frames: why a step of a job is left out. */
export function leftOutBefore(from: From): (request: JobRequest, index: number) => string | undefined {
  return ({ job, called }, index) =>
    called === undefined && job.id === from.job && index < from.index ? from.reason : undefined;
}

function indexOf(steps: readonly FlatStep[], wanted: string): number | undefined {
  const by = (fits: (step: FlatStep) => boolean): number | undefined => {
    const index = steps.findIndex(fits);
    return index < 0 ? undefined : index;
  };
  const number = Number(wanted);
  const byNumber = Number.isInteger(number) && number >= 1 && number <= steps.length ? number - 1 : undefined;
  return (
    by((step) => step.id === wanted) ?? byNumber ?? by((step) => wordsFor(step).some((one) => sameText(one, wanted)))
  );
}

function wordsFor(step: FlatStep): readonly string[] {
  const name = step.name?.value;
  const shown = step.kind === 'run' ? `Run ${String(step.run.value).trim().split('\n', 1)[0]}` : undefined;
  const uses = step.kind === 'action' ? step.uses : undefined;
  return [step.id, typeof name === 'string' ? name : undefined, shown, uses].flatMap((word) => word ?? []);
}
