/** What a job comes to when its steps are over: its result, its outputs, and why it failed. */
import type { JobOutcome, RunnerEvent } from '../../engine/index.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import type { TaskReport } from '../../shared/verdict.ts';
import { evaluateString } from '../../workflow/index.ts';
import type { StepOrder } from './step-order.ts';
import { type JobFacts, stepScope } from './step-scope.ts';

/** Where the steps of a job have got to. */
export interface StepsEnd {
  readonly order: StepOrder;
  /** The job's `env` with what steps have added. */
  readonly env: Readonly<Record<string, string>>;
  /** The first: it is the cause, and what failed behind it is a consequence. */
  readonly failure?: Failure | undefined;
  readonly report?: TaskReport | undefined;
}

export interface OutcomeSettings {
  /** Takes secrets out of a text. */
  readonly mask: (text: string) => string;
  readonly emit: (event: RunnerEvent) => void;
  readonly cancelled: AbortSignal;
  /** What the outputs of the run may still hold, in bytes. */
  readonly room: OutputRoom;
}

/** Of UTF-16, as GitHub counts; for a job, and for all jobs of a run together. */
const JOB_LIMIT = 1024 * 1024;
const RUN_LIMIT = 50 * 1024 * 1024;

/** Counts the outputs of a run. */
export interface OutputRoom {
  /** The sentence that says why these are too much; they then do not count. */
  take(outputs: Readonly<Record<string, string>>): string | undefined;
}

export function createOutputRoom(): OutputRoom {
  let taken = 0;
  return {
    take: (outputs) => {
      const size = Object.entries(outputs).reduce((sum, [name, value]) => sum + 2 * (name.length + value.length), 0);
      if (size > JOB_LIMIT) return `the job's outputs are ${kilobytes(size)}, and GitHub takes 1,024 kB of a job`;
      if (taken + size > RUN_LIMIT)
        return `with this job the outputs of the run are more than the 50 MB that GitHub takes`;
      taken += size;
      return undefined;
    },
  };
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024).toLocaleString('en-US')} kB`;
}

export function jobOutcome(facts: JobFacts, end: StepsEnd, settings: OutcomeSettings): JobOutcome {
  const outputs = readOutputs(facts, end, settings);
  const tooMuch = settings.room.take(outputs);
  const url = readEnvironmentUrl(facts, end, settings);
  const { status } = end.order;
  const result = tooMuch !== undefined && status === 'success' ? 'failure' : status;
  const failure =
    result === 'cancelled' ? cancelFailure(settings.cancelled, end.failure) : (end.failure ?? oversized(tooMuch));
  return {
    result,
    outputs: tooMuch === undefined ? outputs : {},
    ...(url === undefined ? {} : { environmentUrl: url }),
    ...(failure === undefined || result === 'success' ? {} : { failure }),
    ...(end.report === undefined ? {} : { task: end.report }),
  };
}

function oversized(message: string | undefined): Failure | undefined {
  return message === undefined
    ? undefined
    : { code: 'output-invalid', message, hint: 'hand large things on as files or artifacts' };
}

/** Of a job whose steps could not be run to their end. */
export function brokenOutcome(error: unknown): JobOutcome {
  const failure: Failure =
    error instanceof MachineError
      ? error.failure
      : { code: 'internal', message: `orch failed: ${error instanceof Error ? error.message : String(error)}` };
  return { result: 'failure', failure, outputs: {} };
}

/** Also of a job that failed; empty ones are left out. */
function readOutputs(
  facts: JobFacts,
  { order, env }: StepsEnd,
  { mask, emit }: OutcomeSettings,
): Readonly<Record<string, string>> {
  const { job, leg } = facts.request;
  const drop = (message: string): void =>
    emit({ type: 'warning', job: job.id, leg: leg.id, code: 'output-dropped', message });
  const outputs = new Map<string, string>();
  for (const { key, value } of job.outputs?.entries ?? []) {
    const text = evaluateString(value, stepScope(facts, { order, env }));
    const name = String(key.value);
    if (!text.ok) drop(text.error.message);
    // As on GitHub: others would see the secret, or stars in its place.
    else if (mask(text.value) !== text.value) drop(`Skip output '${name}' since it may contain secret.`);
    else if (text.value !== '') outputs.set(name, text.value);
  }
  return Object.fromEntries(outputs);
}

/** It may be made of what steps have found out, and is told whatever the job came to. */
function readEnvironmentUrl(
  facts: JobFacts,
  { order, env }: StepsEnd,
  { mask, emit }: OutcomeSettings,
): string | undefined {
  const { job, leg } = facts.request;
  const entries = job.environment?.kind === 'mapping' ? job.environment.entries : [];
  const node = entries.find(({ key }) => key.value === 'url')?.value;
  if (node === undefined || leg.environment === undefined) return undefined;
  const { contexts, functions } = stepScope(facts, { order, env });
  const { secrets: _, ...seen } = contexts;
  const text = evaluateString(node, { contexts: seen, functions });
  if (text.ok && mask(text.value) === text.value) return text.value === '' ? undefined : text.value;
  const why = text.ok ? 'it may hold a secret' : text.error.message;
  const message = `the url of the environment ${leg.environment.name} is left out: ${why}`;
  emit({ type: 'warning', job: job.id, leg: leg.id, code: 'url-dropped', message });
  return undefined;
}

function cancelFailure(cancelled: AbortSignal, failure: Failure | undefined): Failure {
  if (failure !== undefined && failure.code !== 'cancelled') return failure;
  const reason: unknown = cancelled.reason;
  const message =
    typeof reason === 'object' && reason !== null && 'message' in reason ? String(reason.message) : 'cancelled';
  return { code: 'cancelled', message };
}
