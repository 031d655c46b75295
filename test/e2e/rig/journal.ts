/** Reads what a run has put on record. */
import { existsSync, readFileSync } from 'node:fs';
import type { RunEvent } from '../../../src/engine/index.ts';

export type { RunEvent } from '../../../src/engine/index.ts';
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;

/** The whole lines of a journal; none when it is not there yet. */
export function readJournal(path: string): readonly RunEvent[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as RunEvent);
}

export function eventsOf<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): readonly EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

/** The one end of a leg. */
export function finished(events: readonly RunEvent[], leg: string): EventOf<'job.finished'> {
  const [end, ...more] = eventsOf(events, 'job.finished').filter((event) => event.leg === leg);
  if (end === undefined || more.length > 0) throw new Error(`${leg} has ended ${more.length + (end ? 1 : 0)} times`);
  return end;
}

export function taskOf(events: readonly RunEvent[], leg: string): NonNullable<EventOf<'job.finished'>['task']> {
  const { task } = finished(events, leg);
  if (task === undefined) throw new Error(`${leg} has no report`);
  return task;
}

export function attemptsOf(events: readonly RunEvent[], leg: string): readonly EventOf<'attempt.finished'>[] {
  return eventsOf(events, 'attempt.finished').filter((event) => event.leg === leg);
}

export function warningsOf(events: readonly RunEvent[], code?: string): readonly string[] {
  const all = eventsOf(events, 'warning');
  return all.filter((event) => code === undefined || event.code === code).map(({ message }) => message);
}

/** How each leg ended: `success`, a failure's code, or `skipped: <reason>`. */
export function endings(events: readonly RunEvent[]): Readonly<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const { leg, conclusion, failure } of eventsOf(events, 'job.finished')) {
    all[leg] = conclusion === 'success' ? conclusion : (failure?.code ?? conclusion);
  }
  for (const { job, leg, result, reason } of eventsOf(events, 'job.skipped')) all[leg ?? job] = `${result}: ${reason}`;
  return all;
}
