/**
 * The watch over the disks that a command writes to: whoever fills one takes it from all that runs beside it, orch's own
 * record among that.
 */
import type { HostPath } from '../shared/brand.ts';
import type { Clock, Space } from './ports.ts';

/** What a command has left less of than is kept free. */
export interface FullDisk {
  readonly path: HostPath;
  /** Bytes. */
  readonly reserve: number;
}

export interface SpaceWatchRequest {
  readonly clock: Clock;
  /** One on each disk that it may write to. */
  readonly paths: readonly HostPath[];
  /** Must not reject; undefined where nothing is known. */
  readonly measure: (path: HostPath) => Promise<Space | undefined>;
  readonly expire: (full: FullDisk) => void;
}

/** Milliseconds between two looks. */
const INTERVAL = 1000;
/** Bytes; more than is written between two looks, mostly. */
const RESERVE = 512 * 1024 * 1024;

/** Calls `expire` once. What is returned calls it off. */
export function startSpaceWatch({ clock, paths, measure, expire }: SpaceWatchRequest): () => void {
  const reserves = new Map<HostPath, number>();
  let stopped = false;
  let callOff = (): void => undefined;
  const look = async (): Promise<void> => {
    for (const path of paths) {
      const space = await measure(path);
      if (stopped) return;
      if (space === undefined) continue;
      const reserve = reserves.get(path) ?? reserveOf(space);
      reserves.set(path, reserve);
      if (space.free < reserve) return expire({ path, reserve });
    }
    callOff = clock.after(INTERVAL, () => void look());
  };
  void look();
  return () => {
    stopped = true;
    callOff();
  };
}

/** On a small disk, or one that is nearly full already, less is kept. */
function reserveOf({ free, size }: Space): number {
  return Math.min(RESERVE, size / 20, free / 2);
}
