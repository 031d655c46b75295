/** The files that a task was told to keep, as an artifact for people. */
import { join } from 'node:path';
import type { TaskReport } from '../../src/shared/verdict.ts';
import type { ArtifactStore } from './artifacts.ts';
import type { Place } from './place.ts';

/** Named `files-` and the leg, which no result is; nothing is uploaded when nothing was kept. */
export async function sendArtifacts(
  { job, directory }: Place,
  store: ArtifactStore,
  report: TaskReport | undefined,
): Promise<void> {
  const kept = report?.artifacts ?? [];
  if (kept.length === 0) return;
  const root = join(directory, 'artifacts');
  await store.upload(
    `files-${job.leg}`,
    root,
    kept.map(({ path }) => join(root, path)),
  );
}
