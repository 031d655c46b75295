/** What would run of a workflow, shown without running it: as text, as JSON, and as a mermaid graph. */
import { cleanText, displayWidth, padTo, plural } from '../reports/index.ts';
import { escapeLabel, mermaidLines, stageBlocks } from './job-graph.ts';
import { type Look, lookOf } from './look.ts';
import type { PlanFormat } from './plan.ts';
import { safeJson } from './safe-json.ts';
import type { Terminal } from './terminal.ts';

export interface WorkflowPlan {
  readonly name: string;
  /** What a run would be called. */
  readonly title: string;
  readonly file: string;
  readonly event: string;
  readonly ref: string;
  /** How many files the snapshot would have otherwise than HEAD. */
  readonly uncommitted: number;
  readonly maxParallel: number;
  readonly jobs: readonly WorkflowPlanJob[];
}

export interface WorkflowPlanJob {
  /** Jobs of a called workflow have the id of their caller before their own. */
  readonly id: string;
  readonly needs: readonly string[];
  readonly if?: string;
  /** The workflow that it calls. */
  readonly calls?: string;
  /** Missing when it has no matrix: one leg is all there is. */
  readonly matrix?: true;
  /** How many steps it has; a call has none. */
  readonly steps?: number;
  readonly legs: readonly WorkflowPlanLeg[];
  /** Why its legs cannot be told yet. */
  readonly unknown?: string;
}

export interface WorkflowPlanLeg {
  readonly id: string;
  readonly name: string;
  readonly runsOn: readonly string[];
  /** Missing when this machine runs it. */
  readonly unserved?: 'other-system' | 'unknown-label';
  /** About labels that look mistyped. */
  readonly question?: string;
  readonly environment?: string;
  readonly concurrency?: string;
}

/** Ends with a line end. */
export function renderWorkflowPlans(plans: readonly WorkflowPlan[], format: PlanFormat, terminal: Terminal): string {
  switch (format) {
    case 'text': {
      const look = lookOf(terminal);
      const columns = terminal.interactive ? terminal.size().columns : 120;
      return plans.map((plan) => text(plan, look, columns)).join('\n');
    }
    case 'json':
      return `${safeJson({ workflows: plans })}\n`;
    case 'mermaid':
      return `flowchart LR\n${plans.map((plan, i) => graph(plan, plans.length > 1 ? i : undefined)).join('')}`;
  }
}

/** Shorter: a line a job. Ends with a line end. */
export function renderWorkflowList(plans: readonly WorkflowPlan[]): string {
  return plans
    .map((plan) => {
      const width = Math.min(40, Math.max(...plan.jobs.map(({ id }) => displayWidth(cleanText(id)))));
      const lines = plan.jobs.map((job) => `  ${padTo(cleanText(job.id), width)}  ${listed(job)}`.trimEnd());
      return `${[headOf(plan), ...lines].join('\n')}\n`;
    })
    .join('\n');
}

function headOf({ name, file, event, ref }: WorkflowPlan): string {
  return cleanText(`${name === file ? file : `${name} (${file})`} on ${event}, ${ref}`);
}

function listed({ needs, calls, matrix, unknown, legs }: WorkflowPlanJob): string {
  const parts = [
    ...(needs.length === 0 ? [] : [`after ${needs.join(', ')}`]),
    ...(calls === undefined ? [] : [`calls ${calls}`]),
    ...(unknown === undefined || matrix === undefined ? [] : ['legs known later']),
    ...(legs.length > 1 ? [plural(legs.length, 'leg')] : []),
    ...(isUnserved(legs) ? ['not run here'] : []),
  ];
  return parts.map(cleanText).join('  ');
}

function isUnserved(legs: readonly WorkflowPlanLeg[]): boolean {
  return legs.length > 0 && legs.every(({ unserved }) => unserved !== undefined);
}

function text(plan: WorkflowPlan, look: Look, columns: number): string {
  const { chalk } = look;
  const from = plan.uncommitted > 0 ? `, from a snapshot with ${plural(plan.uncommitted, 'uncommitted file')}` : '';
  const head = `${chalk.bold(headOf(plan))}: ${plural(plan.jobs.length, 'job')}, ${plan.maxParallel} at once${from}\n`;
  const blocks = stageBlocks(plan.jobs, { look, columns, linesOf: (job) => linesOf(job, look) });
  const note =
    blocks.length > 1
      ? [chalk.dim('Stages are for reading: a job starts as soon as all that it needs is done.\n')]
      : [];
  return [head, ...blocks, ...note].join('\n');
}

/** What it is first, and where; then when it runs, and as what. */
function linesOf(job: WorkflowPlanJob, look: Look): readonly string[] {
  const when = [
    ...(job.needs.length > 0 ? [`after ${job.needs.join(', ')}`] : []),
    ...(job.if === undefined ? [] : [`if ${job.if}`]),
  ];
  return [
    whatAndWhere(job).join(` ${look.dot} `),
    ...(when.length === 0 ? [] : [when.join(` ${look.dot} `)]),
    ...(job.unknown === undefined ? [] : [`${job.matrix === undefined ? 'the rest' : 'its legs'}: ${job.unknown}`]),
    ...legLines(job.legs),
  ];
}

function whatAndWhere({ calls, steps = 0, legs }: WorkflowPlanJob): readonly string[] {
  if (calls !== undefined) return [`calls ${calls}`];
  const [leg] = legs;
  if (leg === undefined || !isAlike(legs)) return [plural(steps, 'step')];
  return [
    plural(steps, 'step'),
    placeOf(leg),
    ...(leg.environment === undefined ? [] : [`environment ${leg.environment}`]),
    ...(leg.concurrency === undefined ? [] : [`alone in ${leg.concurrency}`]),
  ];
}

function legLines(legs: readonly WorkflowPlanLeg[]): readonly string[] {
  if (legs.length < 2) return [];
  if (isAlike(legs)) return [`${plural(legs.length, 'leg')}: ${legs.map(({ name }) => name).join(', ')}`];
  return legs.map((leg) => `${leg.name}: ${placeOf(leg)}`);
}

function isAlike(legs: readonly WorkflowPlanLeg[]): boolean {
  const [first] = legs;
  return first !== undefined && legs.every((leg) => placeOf(leg) === placeOf(first));
}

function placeOf({ runsOn, unserved, question }: WorkflowPlanLeg): string {
  const labels = runsOn.join(', ');
  if (unserved === undefined) return `on ${labels}`;
  if (unserved === 'other-system') return `not run here: ${labels} is another system`;
  return `not run here: nobody serves ${labels}${question === undefined ? '' : `; ${question}`}`;
}

function graph({ name, jobs }: WorkflowPlan, index: number | undefined): string {
  const labelOf = (job: WorkflowPlanJob): readonly string[] => [
    job.id,
    ...(job.legs.length > 1 ? [plural(job.legs.length, 'leg')] : []),
    ...(isUnserved(job.legs) ? ['not run here'] : []),
  ];
  if (index === undefined) return mermaidLines(jobs, labelOf).join('');
  const lines = mermaidLines(jobs, labelOf, `w${index}job`).map((line) => `  ${line}`);
  return `  subgraph w${index}["${escapeLabel(name)}"]\n${lines.join('')}  end\n`;
}
