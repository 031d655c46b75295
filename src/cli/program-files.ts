/** What is installed beside the command: programs of their own, templates. */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../shared/brand.ts';

export function beside(name: string): HostPath {
  return hostPath(join(dirname(realpathSync(process.argv[1] ?? '.')), name));
}
