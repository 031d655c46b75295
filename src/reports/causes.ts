/** Why a job was skipped, followed back through its needs to where the trouble began. */
import type { LegView, RunView } from './view.ts';

export interface Cause {
  /** Ids of jobs from the nearest need to the one where it began. */
  readonly path: readonly string[];
  /** The leg where it began. */
  readonly root: LegView;
  /** How many other jobs would have stopped it as well. */
  readonly others: number;
}

/** Answers for any job of the view; what was found is kept, so that asking for all jobs is linear. */
export function createCauses(view: RunView): (job: string) => Cause | undefined {
  const legs = new Map<string, LegView[]>();
  for (const leg of view.legs) {
    const known = legs.get(leg.job);
    if (known) known.push(leg);
    else legs.set(leg.job, [leg]);
  }
  const known = new Map<string, Cause | undefined>();

  function find(job: string): Cause | undefined {
    if (known.has(job)) return known.get(job);
    // Also what a cycle in a damaged record ends at.
    known.set(job, undefined);
    const found = (legs.get(job)?.[0]?.needs ?? []).flatMap((need) => {
      const cause = through(need);
      return cause ? [cause] : [];
    });
    const nearest = found.reduce<Cause | undefined>(
      (best, next) => (best && best.path.length <= next.path.length ? best : next),
      undefined,
    );
    const cause = nearest && { ...nearest, others: new Set(found.map(({ root }) => root.job)).size - 1 };
    known.set(job, cause);
    return cause;
  }

  function through(need: string): Cause | undefined {
    const stopped = (legs.get(need) ?? []).filter(({ conclusion }) => conclusion !== 'success');
    const root = stopped.find(({ standing }) => standing === 'failed') ?? stopped[0];
    if (!root) return undefined;
    const further = root.skipped?.reason === 'needs' ? find(need) : undefined;
    return further ? { ...further, path: [need, ...further.path] } : { path: [need], root, others: 0 };
  }
  return find;
}
