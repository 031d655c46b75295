/** The marks by which everything that a run asks of the engine is found again. */

/** On containers, networks and volumes; the value is the run's id. */
export const RUN_LABEL = 'dev.orch.run';
/** The job, for people who look. */
const JOB_LABEL = 'dev.orch.job';

export interface Owner {
  readonly run: string;
  /** The leg's id. */
  readonly job: string;
}

export function labelsOf({ run, job }: Owner): Readonly<Record<string, string>> {
  return { [RUN_LABEL]: run, [JOB_LABEL]: job };
}

/** Only what the engine allows in a name, and not too much of it. */
export function nameOf({ run, job }: Owner, what: string): string {
  const plain = `${job}-${what}`.replaceAll(/[^A-Za-z0-9_.]+/g, '-').slice(0, 100);
  return `orch-${run}-${plain}`.toLowerCase();
}
