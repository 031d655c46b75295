/** `container` and `services`: an image must be left when `docker://` is taken off. */
import type { Node } from '../model.ts';
import { entriesOf, hasExpressions, textOf, valueOf } from '../nodes.ts';
import type { Faults } from './faults.ts';

const DOCKER = 'docker://';

export function checkContainer(node: Node | undefined, faults: Faults): void {
  if (node !== undefined) checkImage(node, 'container', faults);
}

export function checkServices(node: Node | undefined, faults: Faults): void {
  // As on GitHub: with an expression anywhere, the whole waits until it is evaluated.
  if (node === undefined || hasExpressions(node)) return;
  for (const { value } of entriesOf(node)) checkImage(value, 'service', faults);
}

/** A job whose container has no image runs on the machine; a service without one is a mistake. */
function checkImage(node: Node, kind: 'container' | 'service', faults: Faults): void {
  if (hasExpressions(node)) return;
  const image = (node.kind === 'mapping' ? textOf(valueOf(node, 'image')) : textOf(node))?.value ?? '';
  const isEmpty = image === '' || image === DOCKER;
  if (isEmpty && (image === DOCKER || kind === 'service')) {
    faults.error('container', 'Container image cannot be empty', node);
  }
}
