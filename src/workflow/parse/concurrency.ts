/** `concurrency`: names that GitHub takes, queues that can be, and groups that would wait for themselves. */
import { foldCase } from '../expressions/index.ts';
import type { Node, TextNode, Workflow } from '../model.ts';
import { scalarOf, textOf, valueOf } from '../nodes.ts';
import type { Faults } from './faults.ts';

const MAX_GROUP = 400;

export function checkConcurrency(node: Node | undefined, faults: Faults): void {
  if (node === undefined) return;
  const group = groupOf(node);
  if (group !== undefined && group.value.length > MAX_GROUP) {
    faults.error('concurrency', `Concurrency group name must be less than ${MAX_GROUP} characters`, node);
  }
  const queue = valueOf(node, 'queue');
  if (textOf(queue)?.value === 'max' && scalarOf(valueOf(node, 'cancel-in-progress'))?.value === true) {
    faults.error('concurrency', "'queue: max' cannot be combined with 'cancel-in-progress: true'.", queue);
  }
}

/** A job that waits for the group that its own workflow holds waits for ever. */
export function checkDeadlocks({ concurrency, jobs }: Pick<Workflow, 'concurrency' | 'jobs'>, faults: Faults): void {
  const whole = groupOf(concurrency);
  if (whole === undefined || whole.value === '') return;
  const name = whole.value;
  for (const job of jobs) {
    const own = groupOf(job.concurrency);
    // Whoever writes it in other letters asks for the same group.
    if (own === undefined || foldCase(own.value) !== foldCase(name)) continue;
    const used = `Concurrency group '${name}' is also used by job '${job.id}'. This will cause a deadlock.`;
    faults.error('concurrency-deadlock', used, whole);
    const defined = `Concurrency group '${own.value}' is also defined at the workflow level. This will cause a deadlock.`;
    faults.error('concurrency-deadlock', defined, own);
  }
}

/** The name when it is no expression. */
function groupOf(node: Node | undefined): TextNode | undefined {
  return node?.kind === 'mapping' ? textOf(valueOf(node, 'group')) : textOf(node);
}
