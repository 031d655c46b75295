/** `digest-run` on a runner. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDigest } from '../../src/reports/index.ts';
import { hostPath } from '../../src/shared/brand.ts';
import { copyJournal, readEvents } from '../../src/store/index.ts';
import { digestRun } from '../../src/tasks/index.ts';
import { readJournalOf } from '../runtime/other-run.ts';
import { runAction } from '../runtime/run-action.ts';

/** Nobody's commits are asked for. */
const NONE = { of: async () => undefined, publish: async () => {} };

await runAction(digestRun, ({ directory }, _repository, { token = '' }) => ({
  results: NONE,
  history: {
    digest: async (run, files) => {
      const journal = hostPath(join(directory, 'journal-of-run.jsonl'));
      await writeFile(journal, await readJournalOf({ run, token: token.trim(), temporary: directory }, process.env));
      await writeDigest(files, readEvents(journal), await copyJournal(journal, files.journal));
      return undefined;
    },
  },
}));
