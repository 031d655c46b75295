/** The files that workflow jobs start from: the commit that is checked out, with what is not committed yet on top. */
import { readdirSync } from 'node:fs';
import { snapshotUncommitted } from '../../runner/workspaces/index.ts';
import { LOGS, SUMMARY } from '../../store/index.ts';
import { UsageError } from '../explain.ts';
import type { Project } from '../project.ts';
import { SECRETS_OF, VARS_OF } from './environments.ts';

export interface Tree {
  /** HEAD itself when there is nothing to add. */
  readonly commit: string;
  /** How many files are otherwise than in HEAD. */
  readonly changed: number;
}

/** Files that hold the user's secrets, which no job has any business to find in its working tree. */
const PRIVATE = ['.secrets', '.env', '.vars', '.input'];

function filesOfEnvironments(root: string): readonly string[] {
  return readdirSync(root).filter((name) => name.startsWith(SECRETS_OF) || name.startsWith(VARS_OF));
}

export async function takeTree({ repository }: Project): Promise<Tree> {
  const taken = await snapshotUncommitted(repository, {
    exclude: [LOGS, SUMMARY, ...PRIVATE, ...filesOfEnvironments(repository.root)],
    message: 'orch: snapshot of the working tree',
  });
  if (taken.ok) return { commit: taken.value.commit, changed: taken.value.changed };
  const [first] = taken.error;
  throw new UsageError(first?.message ?? 'the working tree cannot be taken', {
    hint: 'commit, remove or ignore what is named',
  });
}
