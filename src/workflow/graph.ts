/** The order that `needs` puts jobs in: what is unknown, what goes round in circles, and what comes first. */
import { foldCase } from './expressions/index.ts';

/** The rest would say nothing new, and a graph can have very many. */
const MAX_CYCLES = 10;

export interface GraphNode {
  readonly id: string;
  /** Ids; compared without regard to case. */
  readonly needs: readonly string[];
}

export interface GraphAnalysis {
  /** Needs that no job has as its id. */
  readonly unknown: readonly { readonly job: string; readonly need: string }[];
  /** At most ten, each as a path that ends where it began: `a`, `b`, `a`. */
  readonly cycles: readonly (readonly string[])[];
  /** Every job after all that it needs, otherwise in the order given. Without meaning when there are cycles. */
  readonly order: readonly string[];
}

export function analyzeGraph(jobs: readonly GraphNode[]): GraphAnalysis {
  const byId = new Map(jobs.map((job) => [foldCase(job.id), job]));
  const unknown = jobs.flatMap((job) => {
    return job.needs.filter((need) => !byId.has(foldCase(need))).map((need) => ({ job: job.id, need }));
  });
  const walk: Walk = { byId, done: new Set(), cycles: [], order: [] };
  for (const job of jobs) visit(job, walk);
  return { unknown, cycles: walk.cycles, order: walk.order };
}

/** `a → b → a`, for messages. */
export function describeCycle(cycle: readonly string[]): string {
  return cycle.join(' → ');
}

interface Walk {
  readonly byId: ReadonlyMap<string, GraphNode>;
  readonly done: Set<GraphNode>;
  readonly cycles: (readonly string[])[];
  readonly order: string[];
}

interface Frame {
  readonly job: GraphNode;
  next: number;
}

/** Depth first, with a stack of its own: chains of ten thousand jobs are no deeper than others. */
function visit(start: GraphNode, { byId, done, cycles, order }: Walk): void {
  if (done.has(start)) return;
  const stack: Frame[] = [{ job: start, next: 0 }];
  const open = new Set<GraphNode>([start]);
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const need = frame.job.needs[frame.next];
    frame.next += 1;
    if (need === undefined) {
      stack.pop();
      open.delete(frame.job);
      done.add(frame.job);
      order.push(frame.job.id);
      continue;
    }
    const needed = byId.get(foldCase(need));
    if (!needed || done.has(needed)) continue;
    if (open.has(needed)) {
      if (cycles.length < MAX_CYCLES) cycles.push(cycleFrom(needed, stack));
      continue;
    }
    open.add(needed);
    stack.push({ job: needed, next: 0 });
  }
}

function cycleFrom(start: GraphNode, stack: readonly Frame[]): readonly string[] {
  const from = stack.findIndex(({ job }) => job === start);
  return [...stack.slice(from).map(({ job }) => job.id), start.id];
}
