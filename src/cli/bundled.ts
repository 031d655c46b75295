/** Programs of their own beside the command, as the build leaves them. */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../shared/brand.ts';

export function bundled(name: string): HostPath {
  return hostPath(join(dirname(realpathSync(process.argv[1] ?? '.')), name));
}
