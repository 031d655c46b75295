/** What a review is told of a run: the port of the tasks, filled from `logs/runs/`. */
import { writeDigest } from '../../reports/index.ts';
import type { Failure } from '../../shared/failure.ts';
import { copyJournal, findRun, type Layout, readEvents } from '../../store/index.ts';
import type { RunHistory } from '../../tasks/index.ts';

export function runHistory(layout: Layout): RunHistory {
  return {
    digest: async (run, files) => {
      const record = findRun(layout, run);
      if (record === undefined) return missing(`there is no run ${run} in logs/runs/`);
      if (record.state === 'running') return missing(`the run ${run} is not over yet`);
      const { journal } = record.paths;
      await writeDigest(files, readEvents(journal), await copyJournal(journal, files.journal));
      return undefined;
    },
  };
}

function missing(message: string): Failure {
  return { code: 'input-invalid', message };
}
