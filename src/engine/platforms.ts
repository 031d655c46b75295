/** Which `runs-on` this machine serves, and what is done about the rest. */
import type { Leg, RunsOn } from './legs.ts';

export interface Platforms {
  /** As Node names it: `linux`, `darwin` … */
  readonly system: string;
  /** Labels that run here because somebody says so, in lower case. */
  readonly labels: ReadonlySet<string>;
  /** Which unserved jobs leave the run incomplete: those with an unknown label by default. */
  readonly incomplete: 'any' | 'unknown-label' | 'none';
}

/** GitHub's own labels by the system that they stand for. */
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/^(ubuntu-[a-z0-9.-]+|linux)$/, 'linux'],
  [/^(macos-[a-z0-9.-]+|macos)$/, 'darwin'],
  [/^(windows-[a-z0-9.-]+|windows)$/, 'win32'],
];

/** Undefined when this machine serves the job. All labels have to be served; a group says nothing about a machine. */
export function judgeRunsOn({ labels }: RunsOn, platforms: Platforms): Leg['unserved'] {
  const verdicts = labels.map((label) => judgeLabel(label.toLowerCase(), platforms));
  if (labels.length === 0) return 'unknown-label';
  // A label that nobody knows is what has to be looked at, whatever else is asked for.
  if (verdicts.includes('unknown-label')) return 'unknown-label';
  return verdicts.find((verdict) => verdict !== undefined);
}

function judgeLabel(label: string, { system, labels }: Platforms): Leg['unserved'] {
  if (labels.has(label)) return undefined;
  const wanted = SYSTEMS.find(([pattern]) => pattern.test(label))?.[1];
  if (wanted !== undefined) return wanted === system ? undefined : 'other-system';
  return label === 'self-hosted' && system === 'linux' ? undefined : 'unknown-label';
}

/** Whether a run with such a job is incomplete. */
export function isIncomplete(unserved: Leg['unserved'], { incomplete }: Platforms): boolean {
  if (unserved === undefined || incomplete === 'none') return false;
  return incomplete === 'any' || unserved === incomplete;
}
