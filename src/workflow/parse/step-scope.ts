/** The ids of one job's or action's steps, as far as they are read: each may be used once, and targets must be known. */
import { foldCase } from '../expressions/index.ts';
import { checkId } from '../ids.ts';
import type { TextNode } from '../model.ts';
import type { Faults } from './faults.ts';

export interface StepScope {
  readonly declare: (id: TextNode) => void;
  /** A step that `wait` or `cancel` names, in the step with the id `own`. */
  readonly target: (id: TextNode, own: TextNode | undefined) => void;
}

export function openStepScope(faults: Faults): StepScope {
  const known = new Set<string>();
  return {
    declare: (id) => {
      const problem = checkId(id.value) ?? (known.has(foldCase(id.value)) ? usedTwice(id.value) : undefined);
      if (problem !== undefined) faults.error('id', problem, id);
      known.add(foldCase(id.value));
    },
    target: (id, own) => {
      const problem = targetProblem(id.value, own?.value, known);
      if (problem !== undefined) faults.error('step-target', problem, id);
    },
  };
}

function usedTwice(id: string): string {
  return `The identifier '${id}' may not be used more than once within the same scope.`;
}

function targetProblem(id: string, own: string | undefined, known: ReadonlySet<string>): string | undefined {
  if (id.startsWith('__')) return `The identifier '${id}' is invalid. IDs starting with '__' are reserved.`;
  if (own !== undefined && foldCase(own) === foldCase(id)) return `Step '${own}' cannot reference itself`;
  return known.has(foldCase(id)) ? undefined : `Step references unknown step ID '${id}'`;
}
