/** Why a job was skipped, followed back through its needs to where the trouble began. */
import type { LegView, RunView } from './view.ts';

/** A link of the chain; causes that run through the same job share the rest of it. */
export interface Cause {
  /** The need that stopped the job. */
  readonly need: string;
  /** What had stopped that need, when it did not begin there. */
  readonly further?: Cause;
  /** The leg where it began. */
  readonly root: LegView;
  /** Links up to the root, this one counted. */
  readonly length: number;
  /** How many other roots would have stopped the job as well. */
  readonly others: number;
}

/** Ids of jobs from the nearest need to the one where it began. */
export function pathOf(cause: Cause): string[] {
  const path: string[] = [];
  for (let link: Cause | undefined = cause; link; link = link.further) path.push(link.need);
  return path;
}

/** Answers for any job of the view; what was found is kept, so that asking for all jobs is linear. */
export function createCauses(view: RunView): (job: string) => Cause | undefined {
  const legs = new Map<string, LegView[]>();
  for (const leg of view.legs) {
    // What needs a call is stopped by the jobs that were called.
    for (const job of [leg.job, ...(leg.callers ?? [])]) {
      const known = legs.get(job);
      if (known) known.push(leg);
      else legs.set(job, [leg]);
    }
  }
  const known = new Map<string, Cause | undefined>();

  /** The leg of a need that kept its dependents from running. */
  function stopper(need: string): LegView | undefined {
    const stopped = (legs.get(need) ?? []).filter(({ conclusion }) => conclusion !== 'success');
    return stopped.find(({ standing }) => standing === 'failed') ?? stopped[0];
  }

  function find(job: string): Cause | undefined {
    // A stack of its own, since chains of needs may be longer than the call stack.
    const open = [job];
    const entered = new Set<string>();
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (!known.has(top) && !entered.has(top)) {
        entered.add(top);
        const first = needsOf(top).filter(
          (need) => stopper(need)?.skipped?.reason === 'needs' && !known.has(need) && !entered.has(need),
        );
        open.push(...first);
        if (first.length > 0) continue;
      }
      if (!known.has(top)) known.set(top, nearest(needsOf(top)));
      open.pop();
    }
    return known.get(job);
  }

  function needsOf(job: string): readonly string[] {
    return legs.get(job)?.[0]?.needs ?? [];
  }

  function nearest(needs: readonly string[]): Cause | undefined {
    const found = needs.flatMap((need) => linkTo(need) ?? []);
    const best = found.reduce<Cause | undefined>(
      (one, other) => (one && one.length <= other.length ? one : other),
      undefined,
    );
    return best && { ...best, others: new Set(found.map(({ root }) => root.job)).size - 1 };
  }

  function linkTo(need: string): Cause | undefined {
    const leg = stopper(need);
    if (!leg) return undefined;
    const further = leg.skipped?.reason === 'needs' ? known.get(need) : undefined;
    return further
      ? { need, further, root: further.root, length: further.length + 1, others: 0 }
      : { need, root: leg, length: 1, others: 0 };
  }
  return find;
}
