/** The plain display: one line an event that matters, fit for pipes, CI logs and grep. */
import type { RunEvent } from '../engine/index.ts';
import {
  cleanText,
  clipMiddle,
  createRunFold,
  displayWidth,
  padTo,
  pauseCommands,
  plural,
  type RunFold,
  reviewInWords,
  shellQuote,
} from '../reports/index.ts';
import { formatBytes, formatDuration } from '../shared/quantity.ts';
import { createErrorFilter } from './error-filter.ts';
import { renderFinal, runLine, type Summary } from './final.ts';
import { lookOf, paintOf } from './look.ts';
import type { UiSink } from './sink.ts';
import type { Terminal } from './terminal.ts';

interface Line {
  readonly leg?: string;
  readonly text: string;
  readonly as?: Parameters<typeof paintOf>[1];
}

/** `past` events are known and not shown again. */
export function createPlainUi(terminal: Terminal, summary: Summary, past: readonly RunEvent[] = []): UiSink {
  const look = lookOf(terminal);
  const fold = createRunFold();
  const names = new Map<string, string>();
  const last = new Map<string, number>();
  const filter = createErrorFilter();
  let begun = 0;
  let width = 8;

  function write(event: RunEvent, { leg, text, as }: Line): void {
    const name = leg === undefined ? 'run' : clipMiddle(cleanText(names.get(leg) ?? leg), 30, look.ellipsis);
    width = Math.max(width, displayWidth(name));
    const stamp = look.chalk.dim(clock(Date.parse(event.time) - begun));
    const paint = as === undefined ? undefined : paintOf(look, as);
    const clean = cleanText(text);
    terminal.write(`${stamp}  ${look.chalk.bold(padTo(name, width))}  ${paint ? paint(clean) : clean}\n`);
  }

  function learn(event: RunEvent): void {
    fold.add(event);
    if (event.type === 'run.started') {
      begun = Date.parse(event.time);
      width = event.jobs.reduce((most, { id }) => Math.min(30, Math.max(most, displayWidth(id))), width);
    }
    if (event.type === 'job.expanded') for (const leg of event.legs) names.set(leg.id, leg.name);
    if (event.type === 'attempt.started') last.set(event.leg, event.of);
  }

  for (const event of past) learn(event);
  return {
    name: 'plain',
    event(event) {
      learn(event);
      // What the last attempt came to is told by the end of its task.
      if (event.type === 'attempt.finished' && event.attempt === last.get(event.leg)) return;
      for (const told of filter(event)) {
        const line = unneededLine(fold, told) ?? lineOf(told);
        if (line) write(told, line);
      }
      if (event.type !== 'job.paused') return;
      const { leg, enter } = event;
      const commands = pauseCommands(fold.view(), { leg });
      write(event, { leg, text: [`look: sh ${shellQuote(enter)}`, ...commands].join('; or ') });
    },
    output() {
      // One line an event: the output itself is in the task's log.
    },
    async end() {
      const view = fold.view();
      const { columns } = terminal.size();
      terminal.write(
        renderFinal({ view, look, columns, summary })
          .map((line) => `${line}\n`)
          .join(''),
      );
      await terminal.flush();
    },
  };
}

/** Of a job that had nothing to do there is nothing to tell. */
function unneededLine(fold: RunFold, event: RunEvent): Line | undefined {
  if (event.type !== 'job.finished' || event.task !== undefined) return undefined;
  const isUnneeded = fold.view().legs.some(({ id, unneeded }) => id === event.leg && unneeded === true);
  return isUnneeded ? { leg: event.leg, text: 'not needed', as: 'skipped' } : undefined;
}

type EventOf<T> = Extract<RunEvent, { readonly type: T }>;
type Lines = { readonly [T in RunEvent['type']]: (event: EventOf<T>) => Line | undefined };

const none = (): undefined => undefined;

const LINES: Lines = {
  'run.started': (event) => ({ text: runLine(event) }),
  'run.cancelling': ({ message }) => ({ text: `stopping: ${message}`, as: 'cancelled' }),
  'run.finished': none,
  'run.resumed': () => ({ text: 'goes on where it was paused' }),
  warning: ({ message, job, leg = job }) => ({
    text: `warning: ${message}`,
    as: 'warning',
    ...(leg === undefined ? {} : { leg }),
  }),
  'job.expanded': ({ job, legs }) =>
    legs.length > 1 ? { leg: job, text: `has ${plural(legs.length, 'leg')}` } : undefined,
  'job.called': ({ leg, file, jobs }) => ({ leg, text: `calls ${file}: ${plural(jobs.length, 'job')}` }),
  'job.waiting': ({ leg, message }) => ({ leg, text: message }),
  // What it does next says so.
  'job.admitted': none,
  // The end of its job says so.
  'job.displaced': none,
  'run.waiting': ({ message }) => ({ text: message }),
  'run.admitted': none,
  'job.requested': none,
  'job.paused': ({ leg, step, failure }) => ({ leg, text: `PAUSED at ${step}: ${failure.message}`, as: 'paused' }),
  'job.resumed': ({ leg, how }) => ({ leg, text: how === 'retry' ? 'goes on with the step that failed' : 'is ended' }),
  'job.timed-out': ({ leg, minutes }) => ({
    leg,
    text: `took longer than its ${plural(minutes, 'minute')}`,
    as: 'warning',
  }),
  'job.cancel-requested': ({ leg, reason }) => ({ leg, text: `stopping (${reason})`, as: 'cancelled' }),
  'job.skipped': ({ job, leg = job, reason, result, message }) =>
    reason === 'approval'
      ? { leg, text: `WAITS: ${message}`, as: 'awaiting' }
      : { leg, text: `${result}: ${message}`, as: 'skipped' },
  'job.finished': finished,
  'task.prepared': none,
  // A result that is taken from an earlier run has no steps.
  'step.started': ({ leg, step }) => (step === 1 ? { leg, text: 'started' } : undefined),
  // The end of its job says why.
  'step.finished': none,
  'attempt.started': ({ leg, attempt, of }) => (attempt > 1 ? { leg, text: `attempt ${attempt} of ${of}` } : undefined),
  'attempt.finished': ({ leg, attempt, duration, failure }) =>
    failure && {
      leg,
      text: `attempt ${attempt} failed after ${formatDuration(duration)}: ${failure.message}`,
      as: 'warning',
    },
  'attempt.delayed': ({ leg, attempt, delay }) => ({
    leg,
    text: `attempt ${attempt} follows in ${formatDuration(delay)}`,
  }),
  'verify.started': ({ leg }) => ({ leg, text: 'verifying' }),
  'log.closed': none,
  annotation: ({ leg, level, message, file, line }) => ({
    leg,
    text: `${level}: ${file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `}${message}`,
    ...(level === 'notice' ? {} : { as: level === 'error' ? 'failed' : 'warning' }),
  }),
  // For the reports.
  'step.summary': none,
  'artifact.stored': ({ leg, name, bytes }) => ({ leg, text: `artifact ${name}, ${formatBytes(bytes)}` }),
  'artifact.deleted': ({ leg, name }) => ({ leg, text: `deleted the artifact ${name}` }),
};

function lineOf<T extends RunEvent['type']>(event: EventOf<T>): Line | undefined {
  return LINES[event.type](event);
}

function finished(event: EventOf<'job.finished'>): Line {
  const { leg, outcome, conclusion, task } = event;
  const took = formatDuration(event.duration);
  if (event.reusedFrom !== undefined) return { leg, text: `reused from ${event.reusedFrom}`, as: 'reused' };
  if (outcome === 'success') {
    if (task?.review) return { leg, text: `succeeded in ${took}, ${reviewInWords(task)}`, as: 'succeeded' };
    const changed = task && task.changed.total > 0 ? `, ${plural(task.changed.total, 'file')} changed` : '';
    return { leg, text: `succeeded in ${took}${changed}`, as: 'succeeded' };
  }
  const why = event.failure ? `: ${event.failure.message}` : '';
  if (conclusion === 'success') return { leg, text: `failed after ${took}, and is allowed to${why}`, as: 'tolerated' };
  return outcome === 'cancelled'
    ? { leg, text: `cancelled after ${took}${why}`, as: 'cancelled' }
    : { leg, text: `FAILED after ${took}${why}`, as: 'failed' };
}

/** Hours, minutes and seconds since the run began: `1:02:03`. */
function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000)) || 0;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
