/** The services of a workflow run, with the artifacts that it has already when it goes on in another process. */
import type { RunEvent } from '../../engine/index.ts';
import { systemClock } from '../../runner/environments/index.ts';
import {
  type Artifact,
  createRunServices,
  type RunServices,
  type RunServicesSettings,
} from '../../runner/services/index.ts';
import type { Masker } from '../../shared/mask.ts';
import { findRun, type Layout, listRuns, loadJournal, type RunPaths } from '../../store/index.ts';
import { runNumber } from './github-json.ts';

export interface ServedRun {
  readonly layout: Layout;
  readonly run: string;
  readonly paths: RunPaths;
  /** What happened before this process. */
  readonly past: readonly RunEvent[];
  readonly masker: Masker;
}

export function servicesOf({ layout, run, paths, past, masker }: ServedRun): RunServices {
  return createRunServices({
    run,
    directory: paths.artifacts,
    shown: `${paths.relative}/artifacts`,
    ...artifactsIn(past),
    time: () => systemClock.time(),
    mask: (text) => masker.maskText(text),
    onToken: (token) => masker.add(token),
    findRun: (of) => artifactsOf(layout, of),
  });
}

/** By its name or by its number. Nothing of a run that is on: what is there may be half of it. */
async function artifactsOf(layout: Layout, of: string): ReturnType<NonNullable<RunServicesSettings['findRun']>> {
  const record = findRun(layout, of) ?? listRuns(layout).find(({ run }) => runNumber(run) === of);
  if (record === undefined || record.state === 'running') return undefined;
  const { events } = await loadJournal(record.paths.journal);
  return { directory: record.paths.artifacts, shown: `${record.paths.relative}/artifacts`, ...artifactsIn(events) };
}

function artifactsIn(past: readonly RunEvent[]): { readonly known: readonly Artifact[]; readonly lastId: number } {
  const known = new Map<number, Artifact>();
  let lastId = 0;
  for (const event of past) {
    if (event.type === 'artifact.stored') {
      const { id, name, path, bytes, sha256, mime, time, leg } = event;
      known.set(id, { id, name, path, bytes, sha256, mime, createdAt: time, job: 'earlier', leg });
      lastId = Math.max(lastId, id);
    } else if (event.type === 'artifact.deleted') known.delete(event.id);
  }
  return { known: [...known.values()], lastId };
}
