/** What nektos/act says of jobs in its log, one JSON object a line, against what they came to here. */
import type { JobResult } from '../workflow/index.ts';
import type { Difference } from './compare.ts';
import type { RanLeg } from './legs.ts';

/** By job, the worst result of its legs. Lines that are no such objects are passed over. */
export function readActLog(text: string): ReadonlyMap<string, JobResult> {
  const results = new Map<string, JobResult>();
  for (const line of text.split('\n')) {
    const ended = readLine(line);
    if (ended === undefined) continue;
    const { job, result } = ended;
    results.set(job, worse(results.get(job), result));
  }
  return results;
}

/** What act said last, of a log in either form; empty when that is nothing. */
export function lastWordsOfAct(text: string): string {
  const last = text.trim().split('\n').at(-1) ?? '';
  const message = last.startsWith('{') ? parseObject(last)?.['msg'] : undefined;
  return typeof message === 'string' ? message : last;
}

/** Jobs that act did not run, since it skipped or never reached them, have ended as skipped or cancelled here too. */
export function compareWithAct(here: readonly RanLeg[], act: ReadonlyMap<string, JobResult>): readonly Difference[] {
  const own = new Map<string, JobResult>();
  for (const { job, result } of here) own.set(job, worse(own.get(job), result));
  return [...own].flatMap(([job, result]) => {
    const other = act.get(job);
    if (other === result || (other === undefined && NOT_RUN.includes(result))) return [];
    return [{ job, message: `${job} ended as ${result}, with act as ${other ?? 'not run'}` }];
  });
}

const NOT_RUN: readonly JobResult[] = ['skipped', 'cancelled'];
const ORDER: readonly JobResult[] = ['skipped', 'success', 'cancelled', 'failure'];

function worse(one: JobResult | undefined, other: JobResult): JobResult {
  return one !== undefined && ORDER.indexOf(one) > ORDER.indexOf(other) ? one : other;
}

function readLine(line: string): { readonly job: string; readonly result: JobResult } | undefined {
  if (!line.startsWith('{')) return undefined;
  const fields = parseObject(line);
  const job = fields?.['jobID'];
  const result = ORDER.find((known) => known === fields?.['jobResult']);
  return typeof job === 'string' && result !== undefined ? { job, result } : undefined;
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch (error) {
    // A line that was cut off; act ended in the middle of it.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
