import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunView } from '../reports/index.ts';
import { hostPath } from '../shared/brand.ts';
import { expanded, finished, jobFinished, numbered, started } from '../store/testing/sample-events.ts';
import { temporaryDirectory } from '../store/testing/temporary-layout.ts';
import { awaitView } from './await-view.ts';

const EVENTS = numbered([started('r', ['api', 'web']), expanded('api'), jobFinished('api'), finished()]).map(
  (event) => `${JSON.stringify(event)}\n`,
);
const signal = new AbortController().signal;
const apiIsOver = ({ legs }: RunView) => legs.some((leg) => leg.id === 'api' && leg.phase === 'ended');

function journalOf(count: number) {
  const path = hostPath(join(temporaryDirectory(), 'events.jsonl'));
  writeFileSync(path, EVENTS.slice(0, count).join(''));
  return path;
}

it('answers as soon as the journal says so, without waiting for the end of the run', async () => {
  const path = journalOf(2);
  const view = awaitView(path, { signal, job: 'api', until: apiIsOver, interval: 5 });
  appendFileSync(path, EVENTS[2] ?? '');
  expect(await view).toMatchObject({
    legs: [
      { id: 'api', phase: 'ended' },
      { id: 'web', phase: 'waiting' },
    ],
  });
});

it('answers with the last view when the run ends, or its process dies, before that', async () => {
  const never = { signal, job: 'web', until: () => false, interval: 5 };
  expect(await awaitView(journalOf(4), never)).toMatchObject({ finished: { result: 'success' } });
  expect(await awaitView(journalOf(2), { ...never, stillWritten: () => false })).not.toHaveProperty('finished');
});

it('answers when the signal comes', async () => {
  const stop = new AbortController();
  const view = awaitView(journalOf(2), { signal: stop.signal, job: 'api', until: apiIsOver, interval: 3_600_000 });
  stop.abort();
  expect(await view).toMatchObject({ legs: [] });
});
