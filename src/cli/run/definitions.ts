/** What stands behind a job's name, as hashes: two runs whose hashes agree would do the same. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Loaded } from '../load.ts';

/** sha256 by job id, over the job's definition and the text of its prompt. */
export function hashDefinitions({ config, translation }: Loaded, root: string): ReadonlyMap<string, string> {
  const prompts = new Map(config.tasks.map(({ name, prompt }) => [name, prompt]));
  return new Map(
    [...translation.definitions].map(([id, text]) => {
      const prompt = prompts.get(id);
      const hash = createHash('sha256').update(text);
      if (prompt !== undefined) hash.update('\0').update(readFileSync(join(root, prompt)));
      return [id, hash.digest('hex')];
    }),
  );
}
