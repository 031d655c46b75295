/** `orch __complete`: what completion scripts ask for while somebody types. It has no business to complain. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { loadConfig } from '../../orchestrator/index.ts';
import type { LegView } from '../../reports/index.ts';
import { hostPath } from '../../shared/brand.ts';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { MachineError } from '../../shared/failure.ts';
import { type Layout, layoutOf, listRuns, newestRun } from '../../store/index.ts';
import { EVENT_NAMES } from '../../workflow/index.ts';
import type { DynamicList } from '../completion/shape.ts';
import { readRun } from '../runs.ts';
import { findWorkflows } from '../workflow/files.ts';
import { readWorkflows } from '../workflow/read-workflows.ts';

/** What goes into a command line without quotes, or within those that shells put around what they offer. */
const HARMLESS = /^[\w.+-][\w.+ (),/:@-]*$/;

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
  jobs: async ({ root }) => [
    ...new Set(workflowsOf(root).flatMap(({ workflow }) => workflow.jobs.map(({ id }) => id))),
  ],
  workflows: async ({ root }) => findWorkflows(root, []).map(({ path }) => basename(path).replace(/\.ya?ml$/, '')),
  events: async () => EVENT_NAMES,
  logs: async (layout) => {
    const record = newestRun(layout);
    return record === undefined ? [] : namesOf((await readRun(record)).view.legs);
  },
  runs: async (layout) => listRuns(layout).map(({ run }) => run),
};

/** The ids first; of legs that are shown by other names, those too. */
function namesOf(legs: readonly LegView[]): readonly string[] {
  return [...new Set([...legs.map(({ id }) => id), ...legs.map(({ name }) => name)])];
}

function workflowsOf(root: string): ReturnType<typeof readWorkflows>['workflows'] {
  return readWorkflows(findWorkflows(root, [])).workflows;
}

/** Looked for by hand: starting git takes longer than all the rest. */
function findRoot(directory: string): string | undefined {
  for (let place = directory; ; place = dirname(place)) {
    if (existsSync(join(place, '.git'))) return place;
    if (dirname(place) === place) return undefined;
  }
}
