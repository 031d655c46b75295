import { execFileSync } from 'node:child_process';
import { appendFileSync, closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../engine/index.ts';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import type { JournalEntry } from './journal-lines.ts';
import { followJournal, loadJournal, readEvents, readJournal } from './journal-reader.ts';
import { expanded, finished, jobFinished, numbered, started, warning } from './testing/sample-events.ts';
import { temporaryDirectory } from './testing/temporary-layout.ts';

const EVENTS = numbered([started('r', ['a']), expanded('a'), warning('one'), jobFinished('a'), finished()]);
const LINES = EVENTS.map((event) => `${JSON.stringify(event)}\n`);

function journalOf(text: string): HostPath {
  const path = hostPath(join(temporaryDirectory(), 'events.jsonl'));
  writeFileSync(path, text);
  return path;
}

function never(): AbortSignal {
  return new AbortController().signal;
}

async function next(iterator: AsyncIterator<JournalEntry>): Promise<number | string | undefined> {
  const { value, done } = await iterator.next();
  if (done === true) return undefined;
  return value.kind === 'event' ? value.event.seq : value.problem.code;
}

it('loads a journal that a crash cut short', async () => {
  const { events, problems } = await loadJournal(journalOf(LINES.join('').slice(0, -20)));
  expect(events).toEqual(EVENTS.slice(0, 4));
  expect(problems).toEqual([{ code: 'torn', line: 5, message: expect.stringContaining('the last, is not complete') }]);
});

it('passes over what is damaged where events alone are asked for', async () => {
  const read: RunEvent[] = [];
  for await (const event of readEvents(journalOf(`${LINES[0]}no JSON\n${LINES[1]}{"seq":`))) read.push(event);
  expect(read).toEqual(EVENTS.slice(0, 2));
});

it('refuses what is no file, without waiting for it', async () => {
  const directory = temporaryDirectory();
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  const opened = ['missing', 'fifo', '.'].map((name) => loadJournal(hostPath(join(directory, name))));
  for (const { status, ...rest } of await Promise.allSettled(opened)) {
    expect(status).toBe('rejected');
    expect('reason' in rest && rest.reason).toBeInstanceOf(MachineError);
  }
});

it('reads a large journal in a small memory', async () => {
  const path = hostPath(join(temporaryDirectory(), 'events.jsonl'));
  const fd = openSync(path, 'w');
  const pad = 'x'.repeat(2_000);
  for (let block = 0; block < 20; block++) {
    const bodies = numbered(Array.from({ length: 1_000 }, () => warning(pad)));
    writeSync(fd, bodies.map((event) => `${JSON.stringify({ ...event, seq: event.seq + block * 1_000 })}\n`).join(''));
  }
  closeSync(fd);
  let count = 0;
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  for await (const entry of readJournal(path)) {
    if (entry.kind === 'event') count++;
    if (count % 500 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(count).toBe(20_000);
  expect(most).toBeLessThan(16 * 1024 * 1024);
});

it('can be left early', async () => {
  const path = journalOf(LINES.join(''));
  for await (const entry of readJournal(path)) {
    expect(entry.kind).toBe('event');
    break;
  }
});

describe('following', () => {
  it('tells what is there, then what comes, and ends with the run', async () => {
    const path = journalOf(LINES.slice(0, 2).join(''));
    const events = followJournal(path, { signal: never(), interval: 5 });
    expect([await next(events), await next(events)]).toEqual([1, 2]);
    const third = next(events);
    appendFileSync(path, LINES[2] ?? '');
    expect(await third).toBe(3);
    const half = (LINES[3] ?? '').slice(0, 30);
    appendFileSync(path, half);
    const fourth = next(events);
    appendFileSync(path, (LINES[3] ?? '').slice(30));
    expect(await fourth).toBe(4);
    appendFileSync(path, LINES[4] ?? '');
    expect([await next(events), await next(events)]).toEqual([5, undefined]);
  });

  it('is told of changes sooner than it would look', async () => {
    const path = journalOf(LINES[0] ?? '');
    const events = followJournal(path, { signal: never(), interval: 60_000 });
    expect(await next(events)).toBe(1);
    const second = next(events);
    appendFileSync(path, LINES[1] ?? '');
    expect(await second).toBe(2);
    await events.return();
  });

  it('ends when told to', async () => {
    const abort = new AbortController();
    const events = followJournal(journalOf(LINES[0] ?? ''), { signal: abort.signal, interval: 60_000 });
    expect(await next(events)).toBe(1);
    const second = next(events);
    abort.abort();
    expect(await second).toBeUndefined();
  });

  it('ends when the writer is gone, and tells of the torn line', async () => {
    const path = journalOf((LINES[0] ?? '') + (LINES[1] ?? '').slice(0, 9));
    const events = followJournal(path, { signal: never(), interval: 5, stillWritten: () => false });
    expect([await next(events), await next(events), await next(events)]).toEqual([1, 'torn', undefined]);
  });

  it('goes on after the writer took back a line that did not fit', async () => {
    const path = journalOf((LINES[0] ?? '') + (LINES[1] ?? '').slice(0, 9));
    let looks = 0;
    const stillWritten = () => {
      looks++;
      if (looks === 3) truncateSync(path, (LINES[0] ?? '').length);
      if (looks === 6) appendFileSync(path, LINES[1] ?? '');
      return looks < 12;
    };
    const events = followJournal(path, { signal: never(), interval: 2, stillWritten });
    expect([await next(events), await next(events), await next(events)]).toEqual([1, 2, undefined]);
  });
});
