/** For tests: what a text reads as, and what is wrong with it, in short. */
import type { Workflow } from '../../model.ts';
import { githubWording, parseWorkflow } from '../index.ts';

const FILE = 'w.yml';

/** Everything told of the workflow, a line each, without the file's name: `4:3 MESSAGE`. */
export function problems(text: string): readonly string[] {
  const result = parseWorkflow(text, FILE);
  const lines = githubWording(result.ok ? result.value.warnings : result.error);
  return lines.map((line) =>
    line
      .slice(FILE.length)
      .replace(/^ \(Line: (\d+), Col: (\d+)\): /, '$1:$2 ')
      .replace(/^: /, ''),
  );
}

/** Throws when there are errors. */
export function workflowOf(text: string): Workflow {
  const result = parseWorkflow(text, FILE);
  if (!result.ok) throw new Error(githubWording(result.error).join('\n'));
  return result.value.value;
}

/** A sound workflow with these lines at its top and these in its only job, which has a step unless they say otherwise. */
export function withJob(job: string, top = ''): string {
  const steps = /^(steps|uses):/m.test(job) ? '' : 'steps: [{ run: x }]';
  const runsOn = /^(runs-on|uses):/m.test(job) ? '' : 'runs-on: x';
  const lines = [...job.split('\n'), runsOn, steps].filter((line) => line !== '');
  return `on: push\n${top === '' ? '' : `${top}\n`}jobs:\n  j:\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** Plain data: places are left out, scalars are their values, mappings are objects. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const node = value as {
    kind?: unknown;
    value?: unknown;
    items?: unknown[];
    entries?: { key: unknown; value: unknown }[];
  };
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items?.map(plain);
  if (node.kind === 'mapping') {
    return Object.fromEntries((node.entries ?? []).map(({ key, value: inner }) => [String(plain(key)), plain(inner)]));
  }
  const entries = Object.entries(value).filter(([key]) => key !== 'at');
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}
