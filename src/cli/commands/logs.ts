/** `orch logs`: what a task printed, so far or as it goes on; without a task, which logs there are. */

import { cleanText } from '../../reports/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { nearest } from '../../shared/diagnostic.ts';
import {
  awaitStatus,
  findRun,
  followLog,
  type Layout,
  type LegStatus,
  legLogPath,
  logSize,
  type RunRecord,
  readLog,
} from '../../store/index.ts';
import { createLogText, pour, renderLogList, wordsFor } from '../../ui/index.ts';
import { openDisplay } from '../display.ts';
import { EXIT } from '../exit-codes.ts';
import { UsageError } from '../explain.ts';
import { withProject } from '../project.ts';
import { chooseRun, readStatus, type ShownStatus } from '../runs.ts';
import { listenToSignals } from '../signals.ts';

export interface LogsOptions {
  readonly task: string | undefined;
  readonly follow?: boolean;
  readonly run?: string;
  readonly tail?: string;
}

export async function logs({ task, follow = false, run, tail }: LogsOptions): Promise<number> {
  const lines = tail === undefined ? {} : { tail: lineCount(tail) };
  return withProject(async ({ layout }) => {
    const record = chooseRun(layout, run);
    const status = await readStatus(record);
    if (task === undefined) {
      if (follow) throw new UsageError('-f wants a task', { hint: 'orch logs lists them' });
      return listLogs(record, status);
    }
    const job = jobOf(status, task);
    if (follow && record.state === 'running') return followLeg({ layout, record, task, job, lines });
    const leg = onlyLeg(status.legs, task);
    const path = pathOf(record, leg);
    if ((await logSize(path)) === undefined) sayWhyThereIsNone(leg, record.state !== 'running');
    await print(readLog(path, lines));
    return EXIT.success;
  });
}

async function listLogs(record: RunRecord, { legs, state }: ShownStatus): Promise<number> {
  const { terminal, look, columns } = openDisplay();
  const entries = await Promise.all(
    legs.map(async (leg) => {
      const path = legLogPath(record.paths, leg.leg);
      const bytes = path === undefined ? undefined : await logSize(path);
      return { ...leg, ...(bytes === undefined ? {} : { bytes }) };
    }),
  );
  terminal.write(renderLogList({ entries, look, columns, over: state === 'finished' || state === 'crashed' }));
  return EXIT.success;
}

interface Followed {
  readonly layout: Layout;
  readonly record: RunRecord;
  readonly task: string;
  readonly job: string;
  readonly lines: { readonly tail?: number };
}

/** Waits for the task to begin, then prints until it has ended, the run has, or nobody wants more. */
async function followLeg({ layout, record, task, job, lines }: Followed): Promise<number> {
  const stop = new AbortController();
  const stopListening = listenToSignals({
    now: () => performance.now(),
    onFirst: () => stop.abort(),
    onSecond: () => process.exit(EXIT.cancelled),
  });
  const { journal } = record.paths;
  const stillWritten = (): boolean => findRun(layout, record.run)?.state === 'running';
  try {
    const begun = await awaitStatus(journal, {
      job,
      signal: stop.signal,
      stillWritten,
      until: ({ legs }) => legs.some((leg) => leg.job === job && leg.state !== 'waiting'),
    });
    if (stop.signal.aborted) return EXIT.cancelled;
    const { leg } = onlyLeg(begun.legs, task);
    const path = pathOf(record, { leg });
    const [over, unread] = [new AbortController(), new AbortController()];
    const [last, printed] = await Promise.all([
      awaitStatus(journal, {
        job,
        signal: AbortSignal.any([stop.signal, unread.signal]),
        stillWritten,
        until: ({ legs }) => legs.some((other) => other.leg === leg && other.state === 'finished'),
      }).finally(() => over.abort()),
      print(followLog(path, { ...lines, over: over.signal, signal: stop.signal })).finally(() => unread.abort()),
    ]);
    if (stop.signal.aborted) return EXIT.cancelled;
    const end = last.legs.find((other) => other.leg === leg);
    if (end !== undefined && printed) sayHowItEnded(end, (await logSize(path)) !== undefined);
    return EXIT.success;
  } finally {
    stopListening();
  }
}

/** The job that a task or leg belongs to. */
function jobOf({ legs, run }: ShownStatus, task: string): string {
  const job = legs.find((leg) => same(leg.leg, task) || same(leg.job, task))?.job;
  if (job !== undefined) return job;
  const near = nearest(task, [...new Set(legs.flatMap((leg) => [leg.job, leg.leg]))]);
  const hint = near === undefined ? `orch logs --run ${run} names those that there are` : `did you mean "${near}"?`;
  throw new UsageError(`run ${run} has no task "${task}"`, { hint });
}

function onlyLeg(legs: readonly LegStatus[], task: string): LegStatus {
  const exact = legs.find((leg) => same(leg.leg, task));
  const [first, ...more] = exact === undefined ? legs.filter((leg) => same(leg.job, task)) : [exact];
  if (first !== undefined && more.length === 0) return first;
  const names = [...(first === undefined ? [] : [first]), ...more].map(({ leg }) => leg);
  throw new UsageError(`${task} has ${names.length} logs; name one of them`, { hint: cleanText(names.join(' ')) });
}

/** As GitHub has it for ids. */
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function pathOf(record: RunRecord, { leg }: Pick<LegStatus, 'leg'>): HostPath {
  const path = legLogPath(record.paths, leg);
  if (path !== undefined) return path;
  throw new UsageError(`the journal of run ${record.run} names a task that cannot have a log`);
}

/** On a terminal, what would steer it is left out; files and other programs get every byte. */
function print(chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  return pour(process.stdout.isTTY ? harmless(chunks) : chunks, process.stdout);
}

async function* harmless(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const text = createLogText();
  for await (const chunk of chunks) yield text.push(chunk);
  yield text.end();
}

function sayWhyThereIsNone(leg: LegStatus, over: boolean): void {
  const { leg: id, state, reusedFrom } = leg;
  const hint =
    reusedFrom !== undefined
      ? `; see orch logs --run ${reusedFrom} ${id}`
      : state === 'waiting' && !over
        ? `; orch logs -f ${id} waits for it`
        : '';
  say(`${id} has no log: ${wordsFor(leg, over)}${because(leg)}${hint}`);
}

/** For people only, save that there is no log: a program reads the journal. */
function sayHowItEnded(leg: LegStatus, hasLog: boolean): void {
  if (!hasLog) sayWhyThereIsNone(leg, true);
  else if (process.stderr.isTTY) say(`${leg.leg} ${wordsFor(leg, true)}${because(leg)}`);
}

function because({ reason }: LegStatus): string {
  return reason === undefined ? '' : `: ${reason}`;
}

/** What comes from a journal may have been a task's words once. */
function say(text: string): void {
  console.error(`orch: ${cleanText(text)}`);
}

function lineCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new UsageError(`-n wants a number of lines, not "${text}"`);
}
