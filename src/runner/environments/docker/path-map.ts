/** Paths of this machine and the names that they have in a container, in both directions. */
import { posix, sep } from 'node:path';
import { type HostPath, hostPath } from '../../../shared/brand.ts';

export interface Mount {
  readonly host: HostPath;
  readonly inner: string;
  readonly readOnly?: boolean;
  /** Where nothing of this machine can be mounted: the volume that is, with a copy of the folder. */
  readonly volume?: string;
}

export interface PathMap {
  /** As a process in the container names it; unchanged when nothing of it is mounted. */
  toInner(path: string): string;
  /** Undefined for what is the container's own. */
  toHost(path: string): HostPath | undefined;
}

/** The innermost mount counts, as it does in the container. */
export function createPathMap(mounts: readonly Mount[]): PathMap {
  const byHost = mounts.toSorted((a, b) => b.host.length - a.host.length);
  const byInner = mounts.toSorted((a, b) => b.inner.length - a.inner.length);
  return {
    toInner: (path) => {
      for (const { host, inner } of byHost) {
        const rest = below(path, host, sep);
        if (rest !== undefined) return inner + rest.replaceAll(sep, '/');
      }
      return path;
    },
    toHost: (path) => {
      // `..` must not lead out of a mount.
      const plain = posix.normalize(path);
      for (const { host, inner } of byInner) {
        const rest = below(plain, inner, '/');
        if (rest !== undefined) return hostPath(host + rest);
      }
      return undefined;
    },
  };
}

/** What stands behind the folder in the path, with its separator; undefined for a path elsewhere. */
function below(path: string, folder: string, separator: string): string | undefined {
  if (path === folder) return '';
  return path.startsWith(folder + separator) ? path.slice(folder.length) : undefined;
}
