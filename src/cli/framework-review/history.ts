/** What a review is told of a run: the port of the tasks, filled from `logs/runs/`. */
import { join } from 'node:path';
import { createDigestFold, writeDigest } from '../../reports/index.ts';
import { hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import { copyJournal, findRun, type Layout, readJournal } from '../../store/index.ts';
import { DIGEST_FILES, type RunHistory } from '../../tasks/index.ts';

/** Bytes of the journal's copy: more than a reader gets through, and no burden for a disk. */
const LARGEST_JOURNAL = 16 * 1024 * 1024;

export function runHistory(layout: Layout): RunHistory {
  return {
    digest: async (run, folder) => {
      const record = findRun(layout, run);
      if (record === undefined) return missing(`there is no run ${run} in logs/runs/`);
      if (record.state === 'running') return missing(`the run ${run} is not over yet`);
      const { journal } = record.paths;
      const fold = createDigestFold();
      for await (const entry of readJournal(journal)) if (entry.kind === 'event') fold.add(entry.event);
      const leftOut = await copyJournal(journal, hostPath(join(folder, DIGEST_FILES.journal)), LARGEST_JOURNAL);
      await writeDigest(
        { json: join(folder, DIGEST_FILES.json), markdown: join(folder, DIGEST_FILES.markdown) },
        { ...fold.digest(), ...(leftOut === 0 ? {} : { leftOut }) },
      );
      return undefined;
    },
  };
}

function missing(message: string): Failure {
  return { code: 'input-invalid', message };
}
