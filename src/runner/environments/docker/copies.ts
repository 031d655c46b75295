/** The files of a container on another machine that runs one command: sent before it, brought back after it. */
import type { Carrier } from './carrier.ts';
import type { Mount } from './path-map.ts';
import type { Access } from './remote-files.ts';

export interface Copies {
  send(): Promise<void>;
  /** What the command may write. */
  bringBack(): Promise<void>;
}

export function copyAll(carrier: Carrier, mounts: readonly Mount[], access: Access): Copies {
  const files = carrier.files({ bare: [], once: mounts, always: [], access });
  return {
    send: () => files.send(),
    bringBack: async () => {
      for (const mount of mounts) if (mount.readOnly !== true) await files.fetch(mount);
    },
  };
}
