/** `digest-run` on a runner. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDigestFold, writeDigest } from '../../src/reports/index.ts';
import { hostPath } from '../../src/shared/brand.ts';
import { copyJournal, readJournal } from '../../src/store/index.ts';
import { DIGEST_FILES, digestRun } from '../../src/tasks/index.ts';
import { readJournalOf } from '../runtime/other-run.ts';
import { runAction } from '../runtime/run-action.ts';

/** Nobody's commits are asked for. */
const NONE = { of: async () => undefined, publish: async () => {} };
/** Bytes, as in a run here. */
const LARGEST_JOURNAL = 16 * 1024 * 1024;

await runAction(digestRun, ({ directory }, _repository, { token = '' }) => ({
  results: NONE,
  history: {
    digest: async (run, folder) => {
      const journal = hostPath(join(directory, 'journal-of-run.jsonl'));
      await writeFile(journal, await readJournalOf({ run, token: token.trim(), temporary: directory }, process.env));
      const fold = createDigestFold();
      for await (const entry of readJournal(journal)) if (entry.kind === 'event') fold.add(entry.event);
      const leftOut = await copyJournal(journal, hostPath(join(folder, DIGEST_FILES.journal)), LARGEST_JOURNAL);
      await writeDigest(
        { json: join(folder, DIGEST_FILES.json), markdown: join(folder, DIGEST_FILES.markdown) },
        { ...fold.digest(), ...(leftOut === 0 ? {} : { leftOut }) },
      );
      return undefined;
    },
  },
}));
