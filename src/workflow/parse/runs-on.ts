/** `runs-on`: at least one label or a group, and group names of the forms that GitHub knows. */
import type { Node, TextNode } from '../model.ts';
import { hasExpressions, textOf, valueOf } from '../nodes.ts';
import type { Faults } from './faults.ts';

const OWNERS = ['org', 'organization', 'ent', 'enterprise'];

export function checkRunsOn(node: Node, faults: Faults): void {
  const group = node.kind === 'mapping' ? textOf(valueOf(node, 'group')) : undefined;
  if (group !== undefined) checkGroup(group, faults);
  if (isEmpty(node) && !hasExpressions(node))
    faults.error('runs-on', 'runs-on names neither a label nor a group', node);
}

function isEmpty(node: Node): boolean {
  if (node.kind === 'sequence') return node.items.length === 0;
  if (node.kind !== 'mapping') return false;
  const labels = valueOf(node, 'labels');
  return valueOf(node, 'group') === undefined && (labels === undefined || isEmpty(labels));
}

function checkGroup(group: TextNode, faults: Faults): void {
  const [owner = '', name, ...rest] = group.value.split('/');
  if (name === undefined) return;
  const wrong = `Invalid runs-on group name '${group.value}'.`;
  const advice = "Please use 'organization/' or 'enterprise/' prefix to target a single runner group.";
  if (rest.length === 0 && name === '') faults.error('runs-on', wrong, group);
  else if (rest.length > 0 || !OWNERS.includes(owner)) faults.error('runs-on', `${wrong} ${advice}`, group);
}
