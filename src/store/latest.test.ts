import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { latestRun, openLatest } from './latest.ts';
import { describeSelf } from './lock-info.ts';
import type { Layout } from './paths.ts';
import { probeProcesses } from './process-probe.ts';
import { createRunDirectory } from './run-directory.ts';
import { temporaryDirectory, temporaryLayout } from './testing/temporary-layout.ts';

const A = '20261122-204512-aaaa';
const B = '20261122-204513-bbbb';

/** A run that has begun, with an empty journal and the logs named. */
function begin(
  layout: Layout,
  run: string,
  legs: readonly string[],
): { readonly journal: HostPath; readonly logs: readonly HostPath[] } {
  const paths = createRunDirectory(layout, describeSelf(run, probeProcesses(), new Date()));
  const logs = legs.map((leg) => hostPath(join(paths.directory, `${leg}.log`)));
  for (const file of [paths.journal, ...logs]) writeFileSync(file, `${run}\n`);
  return { journal: paths.journal, logs };
}

function publish(layout: Layout, run: string, legs: readonly string[]): readonly boolean[] {
  const { journal, logs } = begin(layout, run, legs);
  const latest = openLatest(layout, run);
  const published = [latest.publishJournal(journal), ...logs.map((log) => latest.publishLog(log))];
  latest.finish();
  return published.map(({ ok }) => ok);
}

function shown(layout: Layout): readonly string[] {
  return readdirSync(layout.logs).filter((name) => name !== 'runs' && !name.startsWith('.'));
}

it('shows files that grow while the run is on', () => {
  const layout = temporaryLayout();
  const { journal, logs } = begin(layout, A, ['api']);
  const latest = openLatest(layout, A);
  expect(latest.publishJournal(journal)).toEqual({ ok: true });
  expect(latest.publishLog(logs[0] ?? journal)).toEqual({ ok: true });
  appendFileSync(journal, 'more\n');
  expect(readFileSync(join(layout.logs, 'framework-run.jsonl'), 'utf8')).toBe(`${A}\nmore\n`);
  expect(statSync(join(layout.logs, 'api.log')).ino).toBe(statSync(logs[0] ?? '').ino);
  expect(latestRun(layout)).toBe(A);
});

it('drops the names of the run before, and only those', () => {
  const layout = temporaryLayout();
  publish(layout, A, ['api', 'db']);
  writeFileSync(join(layout.logs, 'mine.log'), 'precious');
  publish(layout, B, ['api']);
  expect(shown(layout)).toEqual(['api.log', 'framework-run.jsonl', 'mine.log']);
  expect(readFileSync(join(layout.logs, 'api.log'), 'utf8')).toBe(`${B}\n`);
  expect(readdirSync(join(layout.runs, A))).toContain('db.log');
  expect(latestRun(layout)).toBe(B);
});

it('leaves alone what it did not make, and says so', () => {
  const layout = temporaryLayout();
  const outside = join(temporaryDirectory(), 'target');
  const { journal, logs } = begin(layout, A, ['api', 'db', 'web']);
  writeFileSync(join(layout.logs, 'api.log'), 'precious');
  symlinkSync(outside, join(layout.logs, 'db.log'));
  const latest = openLatest(layout, A);
  expect(latest.publishLog(logs[0] ?? journal)).toEqual({
    ok: false,
    message: expect.stringContaining('logs/api.log was not made by orch'),
  });
  expect(latest.publishLog(logs[1] ?? journal)).toMatchObject({ ok: false });
  expect(latest.publishLog(logs[2] ?? journal)).toEqual({ ok: true });
  expect(readFileSync(join(layout.logs, 'api.log'), 'utf8')).toBe('precious');
  expect(existsSync(outside)).toBe(false);
});

it('keeps a file that somebody put in the place of its own', () => {
  const layout = temporaryLayout();
  publish(layout, A, ['api']);
  rmSync(join(layout.logs, 'api.log'));
  writeFileSync(join(layout.logs, 'api.log'), 'precious');
  expect(publish(layout, B, ['api'])).toEqual([true, false]);
  expect(readFileSync(join(layout.logs, 'api.log'), 'utf8')).toBe('precious');
});

it('may be told twice', () => {
  const layout = temporaryLayout();
  const { journal } = begin(layout, A, []);
  const latest = openLatest(layout, A);
  expect([latest.publishJournal(journal), latest.publishJournal(journal)]).toEqual([{ ok: true }, { ok: true }]);
});

it.each([
  ['empty', () => ''],
  ['torn', (text: string) => text.slice(0, -9)],
  [
    'hostile',
    (_: string, id: string) =>
      `{"run":"../.."}\n{"name":"../precious.log","id":"${id}"}\n{"name":"runs","id":1}\nnull\n7\n`,
  ],
])('removes nothing outside logs/ by a manifest that is %s', (_, damage) => {
  const layout = temporaryLayout();
  publish(layout, A, ['api']);
  const precious = join(layout.root, 'precious.log');
  writeFileSync(precious, '');
  const { dev, ino } = statSync(precious);
  const manifest = join(layout.logs, '.orch-latest.jsonl');
  writeFileSync(manifest, damage(readFileSync(manifest, 'utf8'), `${dev}:${ino}`));
  expect(publish(layout, B, ['web'])).toContain(true);
  expect(existsSync(precious)).toBe(true);
  expect(readdirSync(layout.runs)).toEqual(['.gitignore', A, B]);
});
