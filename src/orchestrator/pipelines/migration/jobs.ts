/**
 * A migration as jobs: its tasks, which may write to one folder alone; one that joins what they left and holds the
 * documents against what was agreed on; and the gate, which what is behind it depends on.
 */

import type { SourceRange } from '../../../shared/source.ts';
import type { JobShape, Task } from '../../config.ts';
import { inputJson } from '../../input-json.ts';
import { ownJob } from '../own-job.ts';
import { APPROVAL_FILE, DOCUMENTS, GATE, MIGRATION_FOLDER, PROPOSAL, ROLLBACK_PLAN } from './documents.ts';

/** `tasks`: those before the gate, in the order of the file. */
export function migrationJobs(tasks: readonly Task[], at: SourceRange): readonly Task[] {
  const [first] = tasks;
  if (first === undefined) return [];
  return [...tasks.map(confined), proposal(tasks, first, at), gate(first, at)];
}

function confined(task: Task): Task {
  const bounds = { writable: MIGRATION_FOLDER, guarded: APPROVAL_FILE };
  return { ...task, shape: { ...task.shape, run: { ...task.shape?.run, ...bounds } } };
}

function proposal(tasks: readonly Task[], like: Task, at: SourceRange): Task {
  return {
    ...check(like, at),
    name: PROPOSAL,
    description: 'joins what the migration proposes, and checks that all of it is there',
    dependsOn: tasks.map(({ name }) => name),
    shape: checking(DOCUMENTS),
  };
}

function gate(like: Task, at: SourceRange): Task {
  return {
    ...check(like, at),
    name: GATE,
    description: 'waits until somebody has approved what the migration proposes',
    dependsOn: [PROPOSAL],
    shape: checking([ROLLBACK_PLAN]),
  };
}

function checking(documents: typeof DOCUMENTS): JobShape {
  return { isBare: true, run: { documents: inputJson(documents) } };
}

/** Nothing is changed. */
function check(like: Task, at: SourceRange): Omit<Task, 'name'> {
  return { ...ownJob(like), at, command: ':', changes: 'forbidden' };
}
