/** `orch logs`: what a task printed, so far or as it goes on; without a task, which logs there are. */

import { cleanText, type LegView, nounFor, recordedReason } from '../../reports/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import {
  findRun,
  followLog,
  isRunId,
  type Layout,
  legLogPath,
  listRuns,
  logSize,
  type RunRecord,
  readLog,
} from '../../store/index.ts';
import { createLogText, pour, renderLogList, wordsFor } from '../../ui/index.ts';
import { awaitView } from '../await-view.ts';
import { openDisplay } from '../display.ts';
import { UsageError } from '../explain.ts';
import { legsNamed, listLegs, nearestLeg } from '../named-legs.ts';
import { withProject } from '../project.ts';
import { chooseRun, readRun, type ShownRun } from '../runs.ts';
import { listenToSignals } from '../signals.ts';

export interface LogsOptions {
  /** A task or job, or a run and one of its own. */
  readonly names: readonly string[];
  readonly follow?: boolean;
  readonly run?: string;
  readonly tail?: string;
}

export async function logs({ names, follow = false, run: asked, tail }: LogsOptions): Promise<number> {
  const { run, task } = whatIsMeant(names, asked);
  const lines = tail === undefined ? {} : { tail: lineCount(tail) };
  return withProject(async ({ layout }) => {
    const record = chooseRun(layout, run);
    const shown = await readRun(record);
    if (task === undefined) {
      if (follow) throw new UsageError('-f wants a task', { hint: 'orch logs lists them' });
      return listLogs(record, shown);
    }
    const job = jobOf(layout, shown, task);
    if (follow && record.state === 'running') return followLeg({ layout, record, task, job, lines });
    const leg = onlyLeg(shown.view.legs, task);
    const path = pathOf(record, leg.id);
    if ((await logSize(path)) === undefined) sayWhyThereIsNone(leg, record.state !== 'running');
    await print(readLog(path, lines));
    return EXIT.success;
  });
}

/** The names of runs are like no other. */
function whatIsMeant(
  names: readonly string[],
  asked: string | undefined,
): { readonly run: string | undefined; readonly task: string | undefined } {
  const [first, ...rest] = names;
  const [run, [task, ...more]] =
    first !== undefined && asked === undefined && isRunId(first) ? [first, rest] : [asked, names];
  if (more.length === 0) return { run, task };
  throw new UsageError(`one log at a time, not ${names.join(' ')}`, { hint: 'orch logs RUN JOB, or orch logs JOB' });
}

async function listLogs(record: RunRecord, { view, state }: ShownRun): Promise<number> {
  const { terminal, look, columns } = openDisplay();
  const entries = await Promise.all(
    view.legs.map(async (leg) => {
      const path = legLogPath(record.paths, leg.id);
      const bytes = path === undefined ? undefined : await logSize(path);
      return { leg, ...(bytes === undefined ? {} : { bytes }) };
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
    const begun = await awaitView(journal, {
      job,
      signal: stop.signal,
      stillWritten,
      until: ({ legs }) => legs.some((leg) => leg.job === job && leg.phase !== 'waiting'),
    });
    if (stop.signal.aborted) return EXIT.cancelled;
    const { id } = onlyLeg(begun.legs, task);
    const path = pathOf(record, id);
    const [over, unread] = [new AbortController(), new AbortController()];
    const [last, printed] = await Promise.all([
      awaitView(journal, {
        job,
        signal: AbortSignal.any([stop.signal, unread.signal]),
        stillWritten,
        until: ({ legs }) => legs.some((leg) => leg.id === id && leg.phase === 'ended'),
      }).finally(() => over.abort()),
      print(followLog(path, { ...lines, over: over.signal, signal: stop.signal })).finally(() => unread.abort()),
    ]);
    if (stop.signal.aborted) return EXIT.cancelled;
    const end = last.legs.find((leg) => leg.id === id);
    if (end !== undefined && printed) sayHowItEnded(end, (await logSize(path)) !== undefined);
    return EXIT.success;
  } finally {
    stopListening();
  }
}

/** The job that a task or leg belongs to. */
function jobOf(layout: Layout, { view, run }: ShownRun, task: string): string {
  const { legs } = view;
  const job = legsNamed(legs, task)[0]?.job;
  if (job !== undefined) return job;
  const what = nounFor(view);
  const other = listRuns(layout).find(({ started }) =>
    started?.jobs.some(({ id }) => id.toLowerCase() === task.toLowerCase()),
  );
  if (other !== undefined) {
    throw new UsageError(`run ${run} has no ${what} "${task}"`, {
      hint: `run ${other.run} has: orch logs ${other.run} ${task}`,
    });
  }
  const near = nearestLeg(legs, task);
  const hint = near === undefined ? `orch logs ${run} names those that there are` : `did you mean "${near}"?`;
  throw new UsageError(`run ${run} has no ${what} "${task}"`, { hint });
}

function onlyLeg(legs: readonly LegView[], task: string): LegView {
  const found = legsNamed(legs, task);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new UsageError(`${task} has ${found.length} logs; name one of them`, { hint: listLegs(found) });
}

function pathOf(record: RunRecord, leg: string): HostPath {
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

function sayWhyThereIsNone(leg: LegView, over: boolean): void {
  const { id, standing, reusedFrom } = leg;
  const hint =
    reusedFrom !== undefined
      ? `; see orch logs ${reusedFrom} ${id}`
      : standing === 'waiting' && !over
        ? `; orch logs -f ${id} waits for it`
        : '';
  say(`${id} has no log: ${wordsFor(leg, over)}${because(leg)}${hint}`);
}

/** For people only, save that there is no log: a program reads the journal. */
function sayHowItEnded(leg: LegView, hasLog: boolean): void {
  if (!hasLog) sayWhyThereIsNone(leg, true);
  else if (process.stderr.isTTY) say(`${leg.id} ${wordsFor(leg, true)}${because(leg)}`);
}

function because(leg: LegView): string {
  const reason = recordedReason(leg);
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
