/** What every container is given of orch's own. */
import { join } from 'node:path';
import type { ExternalsSettings } from '../../runner/environments/index.ts';
import { hostPath } from '../../shared/brand.ts';
import { beside } from '../program-files.ts';
import { cacheDirectory } from './cache-directory.ts';

export function externals(): ExternalsSettings {
  return { program: beside('supervisor.mjs'), cache: hostPath(join(cacheDirectory(), 'externals')) };
}
