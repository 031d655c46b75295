/** What would run, shown without running it: as text, as JSON, and as a mermaid graph. */
import { cleanText, plural } from '../reports/index.ts';
import { formatDuration } from '../shared/quantity.ts';
import { mermaidLines, stageBlocks } from './job-graph.ts';
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
  /** The container that the command runs in, in words. */
  readonly sandbox?: string;
  readonly gate?: PlanGate;
}

/** Of a job that waits for an approval: whether there is one that counts. */
export interface PlanGate {
  readonly state: 'approved' | 'void' | 'open';
  readonly words: string;
  /** Of the approval that counts: the run that left what was approved, who approved it and when (ISO 8601). */
  readonly run?: string;
  readonly by?: string;
  readonly at?: string;
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
  const blocks = stageBlocks(plan.jobs, { look, columns, linesOf: (job) => linesOf(job, look) });
  const head = `${chalk.bold(cleanText(plan.name))}: ${plural(plan.jobs.length, 'task')}, ${plan.maxParallel} at once, from ${cleanText(plan.base)}\n`;
  const note =
    blocks.length > 1
      ? [chalk.dim('Stages are for reading: a task starts as soon as all that it needs is done.\n')]
      : [];
  return [head, ...blocks, ...note].join('\n');
}

/** The command first; then, in one line each, when it runs and what it has to show. */
function linesOf(job: PlanJob, look: Look): string[] {
  const [command = '', ...more] = job.command.trim().split('\n');
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
    ...(job.gate === undefined ? [] : [job.gate.words]),
    [...whenOf(job), ...how].join(` ${look.dot} `),
    ...legs,
  ];
}

function whenOf(job: PlanJob): readonly string[] {
  return [
    ...(job.needs.length > 0 ? [`after ${job.needs.join(', ')}`] : []),
    ...(job.if === undefined ? [] : [`if ${job.if}`]),
    ...(job.mutex === undefined ? [] : [`alone in ${job.mutex}`]),
    ...(job.sandbox === undefined ? [] : [`in a sandbox of ${job.sandbox}`]),
  ];
}

function mermaid({ jobs }: PlanView): string {
  const labelOf = ({ id, legs, gate }: PlanJob) => [
    id,
    ...(legs && legs.length > 1 ? [plural(legs.length, 'leg')] : []),
    ...(gate === undefined ? [] : [GATES[gate.state]]),
  ];
  return `flowchart LR\n${mermaidLines(jobs, labelOf).join('')}`;
}

const GATES: Readonly<Record<PlanGate['state'], string>> = {
  approved: 'approved',
  void: 'approval is void',
  open: 'awaits approval',
};
