/** The view from within a container: names of paths that differ from this machine's, and the Node there. */
import type { HostPath } from '../../shared/brand.ts';

/** The name that a step of the place has for a path of this machine. */
export function innerPath({ inside }: { readonly inside?: Inside | undefined }, path: string): string {
  return inside?.toInner(path) ?? path;
}

export interface Inside {
  /** As a step names it. */
  readonly toInner: (path: string) => string;
  /** Undefined for what is the container's own. */
  readonly toHost: (path: string) => HostPath | undefined;
  /** Whether a path of this machine, with its links followed, lies where the container may look. */
  readonly isShared: (path: string) => boolean;
  /** The program that node actions are run with. */
  readonly node: string;
}
