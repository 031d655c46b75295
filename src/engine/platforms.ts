/** Which `runs-on` this machine serves, and what is done about the rest. */
import { meantRunnerLabel, readRunnerLabel } from '../workflow/index.ts';
import type { Leg, RunsOn } from './legs.ts';

export interface Platforms {
  /** As Node names it: `linux`, `darwin` … */
  readonly system: string;
  /** As Node names it: `x64`, `arm64` … */
  readonly processor: string;
  /** Labels that run here because somebody says so, in lower case. */
  readonly labels: ReadonlySet<string>;
  /** Which unserved jobs leave the run incomplete: those with an unknown label by default. */
  readonly incomplete: 'any' | 'unknown-label' | 'none';
}

/** Undefined when this machine serves the job. All labels have to be served; a group says nothing about a machine. */
export function judgeRunsOn({ labels }: RunsOn, platforms: Platforms): Leg['unserved'] {
  const verdicts = labels.map((label) => judgeLabel(label.toLowerCase(), platforms));
  if (labels.length === 0) return 'unknown-label';
  // A label that nobody knows is what has to be looked at, whatever else is asked for.
  if (verdicts.includes('unknown-label')) return 'unknown-label';
  return verdicts.find((verdict) => verdict !== undefined);
}

function judgeLabel(label: string, { system, processor, labels }: Platforms): Leg['unserved'] {
  if (labels.has(label)) return undefined;
  const read = readRunnerLabel(label);
  switch (read.kind) {
    case 'system':
      return read.system === system ? undefined : 'other-system';
    case 'processor':
      return read.processor === processor ? undefined : 'other-system';
    case 'self-hosted':
      return system === 'linux' ? undefined : 'unknown-label';
    case 'unknown':
      return 'unknown-label';
  }
}

/** A question about labels that look mistyped; undefined when none does. */
export function questionLabels({ labels }: RunsOn): string | undefined {
  const meant = labels.flatMap((label) => meantRunnerLabel(label) ?? []);
  return meant.length === 0 ? undefined : `did you mean ${meant.join(', ')}?`;
}

/** Whether a run with such a job is incomplete. */
export function isIncomplete(unserved: Leg['unserved'], { incomplete }: Platforms): boolean {
  if (unserved === undefined || incomplete === 'none') return false;
  return incomplete === 'any' || unserved === incomplete;
}
