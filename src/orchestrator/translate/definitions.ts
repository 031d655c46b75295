/** What decides what a job does, as text to be hashed: a job whose text is the same need not be done again. */
import type { ActionStep } from '../../workflow/index.ts';
import type { Config } from '../config.ts';
import { entriesOf, keyText } from '../nodes.ts';
import type { TaskJob } from './job.ts';

/**
 * Limits, concurrency and texts for people do not change the work and are left out. `inputs` and `vars` count for jobs
 * that mention them. What the job finds in its commits, its prompt and the values of its secrets is not in here.
 */
export function definitionOf(job: TaskJob, { worktrees, inputs, vars }: Config): string {
  const { copy, link } = worktrees;
  const work = {
    needs: job.needs,
    if: job.if,
    strategy: job.strategy,
    env: job.env,
    outputs: job.outputs,
    continueOnError: job.continueOnError,
    steps: job.steps.map(withoutWords),
  };
  const text = canonical(work);
  return canonical({
    work,
    worktrees: { copy, link },
    inputs: /inputs/i.test(text) ? inputs : undefined,
    vars: /vars/i.test(text) ? vars : undefined,
  });
}

function withoutWords(step: ActionStep): object {
  const { timeoutMinutes: _limit, name: _name, ...rest } = step;
  const inputs = entriesOf(rest.with).filter(({ key }) => keyText(key) !== 'description');
  return { ...rest, with: inputs.length === 0 ? undefined : inputs };
}

/** JSON with sorted keys and no places, so that moving a task in the file changes nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'at') return undefined;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
