/** Jobs that wait for each other, drawn: as text in stages, and as a mermaid graph. */
import { cleanText, clip, padTo } from '../reports/index.ts';
import type { Look } from './look.ts';

export interface GraphJob {
  readonly id: string;
  readonly needs: readonly string[];
}

/** Of a job, what stands beside its id, and below that. */
export type LinesOf<J> = (job: J) => readonly string[];

export interface TextSettings<J> {
  readonly look: Look;
  readonly columns: number;
  readonly linesOf: LinesOf<J>;
}

/** A block of text for each stage, each ending with a line end. */
export function stageBlocks<J extends GraphJob>(
  jobs: readonly J[],
  { look, columns, linesOf }: TextSettings<J>,
): readonly string[] {
  const { chalk } = look;
  const width = jobs.reduce((most, { id }) => Math.min(32, Math.max(most, id.length)), 8);
  const room = Math.max(20, columns - width - 5);
  return stagesOf(jobs).map((stage, i) => {
    const lines = stage.flatMap((job) => {
      const [first, ...rest] = linesOf(job).map((line) => clip(cleanText(line), room, look.ellipsis));
      return [
        `  ${chalk.bold(padTo(cleanText(job.id), width))}  ${first}`,
        ...rest.map((line) => `  ${' '.repeat(width)}  ${chalk.dim(line)}`),
      ];
    });
    return [chalk.dim(`stage ${i + 1}`), ...lines].map((line) => `${line}\n`).join('');
  });
}

/** Jobs by the length of the longest way to them. A need that is not in the plan counts as done. */
function stagesOf<J extends GraphJob>(jobs: readonly J[]): J[][] {
  const byId = new Map(jobs.map((job) => [job.id.toLowerCase(), job]));
  const depths = new Map<J, number>();
  // With a stack of its own: a chain of ten thousand tasks must not exhaust the call stack.
  for (const job of jobs) {
    const open = [job];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const needs = depths.has(top) ? [] : top.needs.flatMap((need) => byId.get(need.toLowerCase()) ?? []);
      const unknown = needs.filter((need) => !depths.has(need) && !open.includes(need));
      if (unknown.length > 0) {
        open.push(...unknown);
        continue;
      }
      if (!depths.has(top))
        depths.set(
          top,
          needs.reduce((most, need) => Math.max(most, (depths.get(need) ?? -1) + 1), 0),
        );
      open.pop();
    }
  }
  const stages: J[][] = [];
  for (const job of jobs) (stages[depths.get(job) ?? 0] ??= []).push(job);
  return stages;
}

/** The nodes and arrows of a flowchart, a line each; `prefix` keeps those of several graphs apart. */
export function mermaidLines<J extends GraphJob>(
  jobs: readonly J[],
  labelOf: (job: J) => readonly string[],
  prefix = 'job',
): readonly string[] {
  const ids = new Map(jobs.map((job, i) => [job.id.toLowerCase(), `${prefix}${i}`]));
  const nodes = jobs.map((job, i) => `  ${prefix}${i}["${labelOf(job).map(escapeLabel).join('<br/>')}"]\n`);
  const edges = jobs.flatMap((job, i) =>
    job.needs.flatMap((need) =>
      ids.has(need.toLowerCase()) ? [`  ${ids.get(need.toLowerCase())} --> ${prefix}${i}\n`] : [],
    ),
  );
  return [...nodes, ...edges];
}

/** Mermaid writes characters that mean something as `#name;` or `#code;`. */
export function escapeLabel(label: string): string {
  return cleanText(label).replace(/[^\p{L}\p{N} _.,/()+-]/gu, (character) => `#${character.codePointAt(0)};`);
}
