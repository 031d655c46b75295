/** The CPU time of a changing set of processes, summed from samples so that it never falls. */
import { key } from './kin.ts';
import type { ProcessRow } from './process-row.ts';

export interface CpuTime {
  /** Takes the processes as they are now; returns the milliseconds used so far. */
  add(rows: readonly ProcessRow[]): number;
}

export function createCpuTime(): CpuTime {
  let total = 0;
  let last = new Map<string, ProcessRow>();
  return {
    add: (rows) => {
      let own = 0;
      let waited = 0;
      for (const row of rows) {
        const before = last.get(key(row));
        own += row.cpu - (before?.cpu ?? 0);
        waited += row.childrenCpu - (before?.childrenCpu ?? 0);
      }
      total += own + Math.max(0, waited - counted(last, rows));
      last = new Map(rows.map((row) => [key(row), row]));
      return total;
    },
  };
}

/** The time of processes that ended since the last sample: their parents report it again once they have waited. */
function counted(last: ReadonlyMap<string, ProcessRow>, rows: readonly ProcessRow[]): number {
  const now = new Set(rows.map(key));
  const pids = new Set(rows.map((row) => row.pid));
  return [...last.values()]
    .filter((row) => !now.has(key(row)) && pids.has(row.parent))
    .reduce((sum, row) => sum + row.cpu + row.childrenCpu, 0);
}
