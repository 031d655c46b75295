/** The ids that steps go by: those that were given, and GitHub's own for the rest. */
import { foldCase } from './expressions/index.ts';
import type { Step } from './model.ts';

const MAX_ID = 100;

/** One for each step, in order, unique without regard to case. Generated ones begin with `__` and are in no context. */
export function stepIds(steps: readonly Step[]): readonly string[] {
  const given = steps.map((step) => (step.kind === 'parallel' ? undefined : step.id));
  const taken = new Set(given.flatMap((id) => (id === undefined ? [] : foldCase(id))));
  /** How often an id was wanted: a job may have thousands of steps of one kind. */
  const wanted = new Map<string, number>();
  return steps.map(
    (step, index) => given[index] ?? firstFree(`__${kindOf(step)}`.replace(/[^\w-]/g, '_'), taken, wanted),
  );
}

function kindOf(step: Step): string {
  return step.kind === 'action' ? actionId(step.uses) : step.kind;
}

/** `actions_checkout`, `self` for an action beside the workflow, the image of a container. */
function actionId(uses: string): string {
  if (uses.startsWith('docker://')) return uses.slice('docker://'.length) || 'run';
  if (uses.startsWith('./') || uses.startsWith('.\\')) return 'self';
  if (uses.startsWith('$/')) return 'selfRepository';
  const [owner, repository] = (uses.split('@')[0] ?? '').split(/[\\/]/).filter((segment) => segment !== '');
  return owner === undefined || repository === undefined ? 'run' : `${owner}_${repository}`;
}

function firstFree(id: string, taken: Set<string>, wanted: Map<string, number>): string {
  for (let attempt = (wanted.get(id) ?? 0) + 1; ; attempt++) {
    const suffix = attempt === 1 ? '' : `_${attempt}`;
    const candidate = id.slice(0, MAX_ID - suffix.length) + suffix;
    const folded = foldCase(candidate);
    if (taken.has(folded)) continue;
    taken.add(folded);
    wanted.set(id, attempt);
    return candidate;
  }
}
