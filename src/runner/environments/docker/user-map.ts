/** Users of a container as the machine counts them: an engine without root gives its containers numbers of their own. */
import { readFileSync } from 'node:fs';
import { errnoOf } from '../../../shared/errno.ts';

export interface UserMap {
  /** What a number in here is outside, and the other way round; undefined where it is nobody. */
  readonly outer: (inner: number) => number | undefined;
  readonly inner: (outer: number) => number | undefined;
}

/** As the kernel tells those inside. */
export function readUserMap(kind: 'uid' | 'gid'): UserMap {
  return parseUserMap(readOwn(`/proc/self/${kind}_map`));
}

/** Three numbers a line: inside, outside, how many. Where the system tells nothing everybody is who he is. */
export function parseUserMap(text: string): UserMap {
  const rows = [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)$/gm)].map((found) => found.slice(1).map(Number));
  if (rows.length === 0) return { outer: (inner) => inner, inner: (outer) => outer };
  const ranges = rows.map(([inner = 0, outer = 0, count = 0]) => ({ inner, outer, count }));
  const move = (id: number, from: 'inner' | 'outer', to: 'inner' | 'outer'): number | undefined => {
    const range = ranges.find((one) => id >= one[from] && id < one[from] + one.count);
    return range && range[to] + id - range[from];
  };
  return { outer: (inner) => move(inner, 'inner', 'outer'), inner: (outer) => move(outer, 'outer', 'inner') };
}

function readOwn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return '';
  }
}
