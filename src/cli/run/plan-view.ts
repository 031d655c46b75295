/** The plan of an orchestrator.yaml as people look at it, before anything runs. */
import { type Config, MIGRATION, type Task } from '../../orchestrator/index.ts';
import { formatRule } from '../../shared/allow-list.ts';
import type { SandboxSettings } from '../../shared/sandbox.ts';
import type { PlanJob, PlanView } from '../../ui/index.ts';
import { evaluateNode, expandMatrix, type Json } from '../../workflow/index.ts';
import { type ApprovalStanding, approvedBy, whyItDoesNotCount } from '../approval/standing.ts';

interface ViewSettings {
  readonly maxParallel: number;
  readonly base: string;
  /** Of the gate that the tasks have. */
  readonly standing?: ApprovalStanding | undefined;
}

export function planView(config: Config, { maxParallel, base, standing }: ViewSettings): PlanView {
  const jobs = config.tasks.map((task) =>
    task.name === MIGRATION.gate && standing !== undefined
      ? { ...planJob(task), gate: gateOf(standing) }
      : planJob(task),
  );
  return { name: config.name, maxParallel, base, jobs };
}

function gateOf(standing: ApprovalStanding): NonNullable<PlanJob['gate']> {
  switch (standing.kind) {
    case 'none':
      return { state: 'open', words: 'nothing is approved yet: what is behind it waits' };
    case 'void':
      return { state: 'void', words: whyItDoesNotCount(standing) };
    case 'good': {
      const { run, by, at } = standing.approval;
      return { state: 'approved', words: `approved ${approvedBy(standing.approval)}`, run, by, at };
    }
  }
}

function planJob(task: Task): PlanJob {
  const legs = legsOf(task);
  return {
    id: task.name,
    needs: task.dependsOn,
    ...whatItDoes(task),
    timeout: task.timeout,
    retries: task.retries,
    checks: checksOf(task),
    ...(legs === undefined ? {} : { legs }),
    ...(task.if === undefined ? {} : { if: String(task.if.value) }),
    ...(task.mutex === undefined ? {} : { mutex: task.mutex }),
    ...(task.sandbox === undefined ? {} : { sandbox: sandboxInWords(task.sandbox.settings) }),
  };
}

/** What orch does by itself has no command: its description says what happens. */
function whatItDoes({ command, description = '', shape }: Task): Pick<PlanJob, 'command' | 'description'> {
  if (shape?.isBare === true || shape?.action !== undefined) return { command: description };
  return { command, ...(description === '' ? {} : { description }) };
}

function sandboxInWords({ image, network }: SandboxSettings): string {
  const hosts = typeof network === 'string' ? network : network.map(formatRule).join(' ') || 'none';
  return `${image} (network: ${hosts})`;
}

/** What a task has to show, in words. */
export function checksOf(task: Task): readonly string[] {
  return [
    ...(task.verify === undefined ? [] : [`verify: ${task.verify.trim().split('\n', 1)[0] ?? ''}`]),
    ...task.expect.map((glob) => `expect: ${glob}`),
    ...documentsOf(task),
    ...(task.changes === 'allowed' || task.shape?.isBare === true ? [] : [`changes: ${task.changes}`]),
  ];
}

function documentsOf({ shape }: Task): readonly string[] {
  const documents = JSON.parse(shape?.run?.['documents'] ?? '[]') as readonly { readonly path: string }[];
  return documents.length === 0 ? [] : [`documents: ${documents.map(({ path }) => path).join(' ')}`];
}

/** Known now only when the matrix needs nothing that other jobs say. */
function legsOf(task: Task): readonly string[] | undefined {
  if (task.matrix === undefined) return undefined;
  const matrix = evaluateNode(task.matrix, { contexts: {}, functions: {} });
  const legs = matrix.ok ? expandMatrix(matrix.value as Json) : undefined;
  return legs?.ok === true ? legs.value.map((leg) => leg.shortId) : undefined;
}
