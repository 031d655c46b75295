/** `needs`: jobs that exist, in an order that has a beginning and no circle. */
import { foldCase } from '../expressions/index.ts';
import { analyzeGraph } from '../graph.ts';
import type { Node, TextNode } from '../model.ts';
import { entriesOf, keyText, textsOf, valueOf } from '../nodes.ts';
import type { Faults } from './faults.ts';

export function checkNeeds(jobs: Node, faults: Faults): void {
  const needs = new Map(entriesOf(jobs).map(({ key, value }) => [keyText(key), textsOf(valueOf(value, 'needs'))]));
  const graph = [...needs].map(([id, list]) => ({ id, needs: list.map(({ value }) => value) }));
  const { unknown, cycles } = analyzeGraph(graph);
  const place = (job: string, need: string): TextNode | undefined => {
    return needs.get(job)?.find(({ value }) => foldCase(value) === foldCase(need));
  };
  for (const { job, need } of unknown) {
    faults.error('unknown-need', `Job '${job}' depends on unknown job '${need}'.`, place(job, need));
  }
  for (const cycle of cycles) {
    for (const [index, need] of cycle.slice(1).entries()) {
      const job = cycle[index] ?? need;
      const message = `Job '${job}' depends on job '${need}' which creates a cycle in the dependency graph.`;
      faults.error('cycle', message, place(job, need));
    }
  }
  if (graph.every((job) => job.needs.length > 0)) {
    faults.error('no-first-job', 'The workflow must contain at least one job with no dependencies.', jobs);
  }
}
