/** `orch __complete`: what completion scripts ask for while somebody types. It has no business to complain. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadConfig } from '../../orchestrator/index.ts';
import { hostPath } from '../../shared/brand.ts';
import { MachineError } from '../../shared/failure.ts';
import { type Layout, layoutOf, listRuns, newestRun } from '../../store/index.ts';
import type { DynamicList } from '../completion/shape.ts';
import { EXIT } from '../exit-codes.ts';
import { DEFAULT_CONFIG } from '../project.ts';
import { readRun } from '../runs.ts';

/** What goes into a command line without quotes, and nothing else. */
const HARMLESS = /^[\w.+-]+$/;

export async function complete(list: DynamicList): Promise<number> {
  const root = findRoot(process.cwd());
  if (root === undefined) return EXIT.success;
  try {
    const names = await LISTS[list](layoutOf(hostPath(root), hostPath(join(root, '.git'))));
    process.stdout.write(
      names
        .filter((name) => HARMLESS.test(name))
        .map((name) => `${name}\n`)
        .join(''),
    );
    return EXIT.success;
  } catch (error) {
    if (error instanceof MachineError) return EXIT.failed;
    throw error;
  }
}

const LISTS: Readonly<Record<DynamicList, (layout: Layout) => Promise<readonly string[]>>> = {
  tasks: async ({ root }) => {
    const { result } = loadConfig({ file: join(root, DEFAULT_CONFIG), root });
    return result.ok ? result.value.tasks.map(({ name }) => name) : [];
  },
  logs: async (layout) => {
    const record = newestRun(layout);
    return record === undefined ? [] : (await readRun(record)).view.legs.map(({ id }) => id);
  },
  runs: async (layout) => listRuns(layout).map(({ run }) => run),
};

/** Looked for by hand: starting git takes longer than all the rest. */
function findRoot(directory: string): string | undefined {
  for (let place = directory; ; place = dirname(place)) {
    if (existsSync(join(place, '.git'))) return place;
    if (dirname(place) === place) return undefined;
  }
}
