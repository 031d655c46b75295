/** `snapshot`: the image that a job leaves behind, its version and its condition. */
import type { Node } from '../model.ts';
import { textOf, valueOf } from '../nodes.ts';
import { type Conditions, readCondition } from './condition.ts';

export function checkSnapshot(node: Node | undefined, conditions: Conditions): void {
  if (node?.kind !== 'mapping') return;
  readCondition(valueOf(node, 'if'), 'snapshot-if', conditions);
  const version = textOf(valueOf(node, 'version'))?.value;
  if (version === undefined || /^\d{1,9}\.\*$/.test(version)) return;
  conditions.faults.error('snapshot', `Expected format '{major-version}.*' Actual '${version}'`, node);
}
