/** What would run, shown without running it: as text, as JSON, and as a mermaid graph. */
import { cleanText, clip, padTo, plural } from '../reports/index.ts';
import { formatDuration } from '../shared/quantity.ts';
import { type Look, lookOf } from './look.ts';
import type { Terminal } from './terminal.ts';

export interface PlanView {
  readonly name: string;
  /** The ref or commit that tasks start from. */
  readonly base: string;
  readonly maxParallel: number;
  readonly jobs: readonly PlanJob[];
}

export interface PlanJob {
  readonly id: string;
  readonly needs: readonly string[];
  readonly description?: string;
  /** Names of the matrix's legs, when they are known before the run. */
  readonly legs?: readonly string[];
  readonly command: string;
  readonly if?: string;
  /** Milliseconds, of one attempt. */
  readonly timeout: number;
  readonly retries: number;
  readonly checks: readonly string[];
  readonly mutex?: string;
}

export type PlanFormat = 'text' | 'json' | 'mermaid';

/** Ends with a line end. Text is fitted to the terminal; the other formats are the same everywhere. */
export function renderPlan(plan: PlanView, format: PlanFormat, terminal: Terminal): string {
  switch (format) {
    case 'text':
      return text(plan, lookOf(terminal), terminal.interactive ? terminal.size().columns : 120);
    case 'json':
      return `${JSON.stringify(plan, null, 2)}\n`;
    case 'mermaid':
      return mermaid(plan);
  }
}

function text(plan: PlanView, look: Look, columns: number): string {
  const { chalk } = look;
  const stages = stagesOf(plan.jobs);
  const width = plan.jobs.reduce((most, { id }) => Math.min(32, Math.max(most, id.length)), 8);
  const room = Math.max(20, columns - width - 5);
  const blocks = stages.map((jobs, i) => {
    const lines = jobs.flatMap((job) => {
      const [first, ...rest] = linesOf(job, look).map((line) => clip(cleanText(line), room, look.ellipsis));
      return [
        `  ${chalk.bold(padTo(job.id, width))}  ${first}`,
        ...rest.map((line) => `  ${' '.repeat(width)}  ${chalk.dim(line)}`),
      ];
    });
    return [chalk.dim(`stage ${i + 1}`), ...lines].map((line) => `${line}\n`).join('');
  });
  const head = `${chalk.bold(cleanText(plan.name))}: ${plural(plan.jobs.length, 'task')}, ${plan.maxParallel} at once, from ${cleanText(plan.base)}\n`;
  const note =
    stages.length > 1
      ? [chalk.dim('Stages are for reading: a task starts as soon as all that it needs is done.\n')]
      : [];
  return [head, ...blocks, ...note].join('\n');
}

/** The command first; then, in one line each, when it runs and what it has to show. */
function linesOf(job: PlanJob, look: Look): string[] {
  const [command = '', ...more] = job.command.trim().split('\n');
  const when = [
    ...(job.needs.length > 0 ? [`after ${job.needs.join(', ')}`] : []),
    ...(job.if === undefined ? [] : [`if ${job.if}`]),
    ...(job.mutex === undefined ? [] : [`alone in ${job.mutex}`]),
  ];
  const how = [
    `${formatDuration(job.timeout).replace(/ 00[smh]$/, '')}${job.retries > 0 ? `, ${plural(job.retries, 'retry', 'retries')}` : ''}`,
    ...(job.checks.length > 0 ? [`checks: ${job.checks.join(', ')}`] : []),
  ];
  const legs =
    job.legs === undefined || job.legs.length === 0
      ? []
      : [`${plural(job.legs.length, 'leg')}: ${job.legs.join(', ')}`];
  return [
    `${command}${more.length > 0 ? ` ${look.ellipsis}` : ''}`,
    ...(job.description === undefined ? [] : [job.description]),
    [...when, ...how].join(` ${look.dot} `),
    ...legs,
  ];
}

/** Jobs by the length of the longest way to them. A need that is not in the plan counts as done. */
function stagesOf(jobs: readonly PlanJob[]): PlanJob[][] {
  const byId = new Map(jobs.map((job) => [job.id.toLowerCase(), job]));
  const depths = new Map<PlanJob, number>();
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
  const stages: PlanJob[][] = [];
  for (const job of jobs) (stages[depths.get(job) ?? 0] ??= []).push(job);
  return stages;
}

function mermaid({ jobs }: PlanView): string {
  const ids = new Map(jobs.map((job, i) => [job.id.toLowerCase(), `job${i}`]));
  const nodes = jobs.map((job, i) => {
    const legs = job.legs && job.legs.length > 1 ? `<br/>${plural(job.legs.length, 'leg')}` : '';
    return `  job${i}["${escapeLabel(job.id)}${legs}"]\n`;
  });
  const edges = jobs.flatMap((job, i) =>
    job.needs.flatMap((need) =>
      ids.has(need.toLowerCase()) ? [`  ${ids.get(need.toLowerCase())} --> job${i}\n`] : [],
    ),
  );
  return `flowchart LR\n${nodes.join('')}${edges.join('')}`;
}

/** Mermaid writes characters that mean something as `#name;` or `#code;`. */
function escapeLabel(label: string): string {
  return cleanText(label).replace(/[^\p{L}\p{N} _.,/()+-]/gu, (character) => `#${character.codePointAt(0)};`);
}
