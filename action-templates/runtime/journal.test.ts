import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createDigestFold } from '../../src/reports/index.ts';
import { hostPath } from '../../src/shared/brand.ts';
import { loadJournal } from '../../src/store/index.ts';
import { journalOf } from './journal.ts';
import type { LegReport } from './summary.ts';

const RUN = {
  run: '77-1',
  name: 'nightly',
  file: '.github/workflows/nightly.yml',
  now: '2026-11-23T03:10:00.000Z',
  machine: { platform: 'linux-x64', cpus: 4, node: '24.0.0' },
};
const VERDICT = { claim: 'failure', evidence: [] };

function leg(job: string, events: readonly object[], more: Partial<LegReport> = {}): LegReport {
  return { job, leg: job, index: 0, events: events.map((event) => `${JSON.stringify(event)}\n`).join(''), ...more };
}

async function read(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'orch-journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = hostPath(join(folder, 'events.jsonl'));
  writeFileSync(path, text);
  const { events, problems } = await loadJournal(path);
  const fold = createDigestFold();
  for (const event of events) fold.add(event);
  return { events, problems, digest: fold.digest() };
}

it('is a journal like that of a run here, in the order of time', async () => {
  const at = (minute: string): string => `2026-11-23T03:0${minute}:00.000Z`;
  const bad = leg('bad', [
    { time: at('2'), type: 'attempt.started', attempt: 1, of: 2 },
    {
      time: at('3'),
      type: 'attempt.finished',
      attempt: 1,
      duration: 60_000,
      verdict: VERDICT,
      failure: { code: 'timeout', message: 'too long' },
    },
    { time: at('3'), type: 'attempt.delayed', attempt: 2, delay: 1000 },
    {
      time: at('4'),
      type: 'attempt.finished',
      attempt: 2,
      duration: 60_000,
      verdict: VERDICT,
      failure: { code: 'exit-code', message: 'exit code 3' },
    },
  ]);
  const good = leg('good', [{ time: at('1'), type: 'attempt.started', attempt: 1, of: 1 }]);
  const results = new Map([
    ['good', 'success'],
    ['bad', 'failure'],
    ['behind', 'skipped'],
    ['lost', 'failure'],
  ]);
  const { events, problems, digest } = await read(journalOf(RUN, results, [bad, good]));
  expect(problems).toEqual([]);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
  expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).toSorted());
  expect(digest).toMatchObject({
    run: '77-1',
    name: 'nightly',
    result: 'failure',
    duration: 540_000,
    counts: { succeeded: 1, failed: 2, skipped: 1 },
    failures: { total: 2 },
    retries: { shown: [{ task: 'bad', attempts: 2, failures: ['timeout', 'exit-code'] }] },
    timeouts: { total: 1 },
    waits: { delays: 1000 },
  });
});

it('takes nothing for an event that is none, since tasks run beside the file', async () => {
  const time = '2026-11-23T03:00:00.000Z';
  const hostile = leg('a', [
    { time, type: 'run.finished', result: 'success', exitCode: 0 },
    { time, type: 'attempt.finished', attempt: 1, duration: 1, verdict: 'yes', failure: 'none' },
    { time, type: 'attempt.finished', attempt: 1, duration: 1, verdict: VERDICT, failure: { code: 'x', message: 1 } },
    { time: 'now', type: 'attempt.started', attempt: 1, of: 1 },
    { time, type: 'warning', job: 'b', leg: 'b', code: 'mine', message: 'of a, whatever it says' },
    { time, type: 'warning', code: ['list'], message: 'x' },
    [],
  ]);
  const torn = { ...hostile, events: `${hostile.events ?? ''}{"time":`, report: { warnings: 'x' } as never };
  const { problems, digest } = await read(journalOf(RUN, new Map([['a', 'failure']]), [torn]));
  expect(problems).toEqual([]);
  expect(digest).toMatchObject({
    result: 'failure',
    tasks: { total: 1, shown: [{ task: 'a', attempts: 0, failure: 'not-started' }] },
    warnings: { total: 1, shown: [{ code: 'mine', count: 1 }] },
  });
});

it('a job of several legs has one result, and its legs their own', async () => {
  const verdict = { claim: 'success', evidence: [] };
  const end = { time: RUN.now, type: 'attempt.finished', attempt: 1, duration: 1 };
  const good = leg('m', [{ ...end, verdict }], { leg: 'm+1' });
  const failure = { code: 'exit-code', message: 'exit code 1' };
  const bad = leg('m', [{ ...end, verdict: VERDICT, failure }], { leg: 'm+2', index: 1 });
  const { digest } = await read(journalOf(RUN, new Map([['m', 'failure']]), [good, bad]));
  expect(digest.tasks.shown).toMatchObject([
    { task: 'm+1', standing: 'succeeded' },
    { task: 'm+2', standing: 'failed', failure: 'exit-code' },
  ]);
});
