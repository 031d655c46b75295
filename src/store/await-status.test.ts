import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { awaitStatus } from './await-status.ts';
import type { RunStatus } from './status.ts';
import { expanded, finished, jobFinished, numbered, started } from './testing/sample-events.ts';
import { temporaryDirectory } from './testing/temporary-layout.ts';

const EVENTS = numbered([started('r', ['api', 'web']), expanded('api'), jobFinished('api'), finished()]).map(
  (event) => `${JSON.stringify(event)}\n`,
);
const signal = new AbortController().signal;
const apiIsOver = ({ legs }: RunStatus) => legs.some((leg) => leg.leg === 'api' && leg.state === 'finished');

function journalOf(count: number) {
  const path = hostPath(join(temporaryDirectory(), 'events.jsonl'));
  writeFileSync(path, EVENTS.slice(0, count).join(''));
  return path;
}

it('answers as soon as the journal says so, without waiting for the end of the run', async () => {
  const path = journalOf(2);
  const status = awaitStatus(path, { signal, job: 'api', until: apiIsOver, interval: 5 });
  appendFileSync(path, EVENTS[2] ?? '');
  expect(await status).toMatchObject({ state: 'running', legs: [{ leg: 'api', state: 'finished' }, { leg: 'web' }] });
});

it('answers with the last status when the run ends, or its process dies, before that', async () => {
  const never = { signal, job: 'web', until: () => false, interval: 5 };
  expect(await awaitStatus(journalOf(4), never)).toMatchObject({ state: 'finished', result: 'success' });
  expect(await awaitStatus(journalOf(2), { ...never, stillWritten: () => false })).toMatchObject({ state: 'running' });
});

it('answers when the signal comes', async () => {
  const stop = new AbortController();
  const status = awaitStatus(journalOf(2), { signal: stop.signal, job: 'api', until: apiIsOver, interval: 3_600_000 });
  stop.abort();
  expect(await status).toMatchObject({ state: 'starting', legs: [] });
});
