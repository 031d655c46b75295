import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import { continueJournal, createJournal, journalSink } from './journal.ts';
import { loadJournal } from './journal-reader.ts';
import { finished, jobFinished, numbered, started, warning } from './testing/sample-events.ts';
import { temporaryDirectory } from './testing/temporary-layout.ts';
import { mountTinyDisk } from './testing/tiny-disk.ts';

function newPath(): ReturnType<typeof hostPath> {
  return hostPath(join(temporaryDirectory(), 'events.jsonl'));
}

it('has each line on disk when append returns', async () => {
  const journal = createJournal(newPath());
  const events = numbered([started('r', ['a']), jobFinished('a'), finished()]);
  for (const [index, event] of events.entries()) {
    journalSink(journal).event(event);
    const written = readFileSync(journal.path, 'utf8');
    expect(written).toBe(
      events
        .slice(0, index + 1)
        .map((one) => `${JSON.stringify(one)}\n`)
        .join(''),
    );
  }
  expect(statSync(journal.path).mode & 0o777).toBe(0o600);
  await journal.close();
  expect(await loadJournal(journal.path)).toEqual({ events, problems: [] });
});

it('is closed once, and takes nothing afterwards', async () => {
  const journal = createJournal(newPath());
  await Promise.all([journal.close(), journal.close()]);
  for (const event of numbered([finished()])) expect(() => journal.append(event)).toThrow('is closed');
});

it('is vital', async () => {
  const journal = createJournal(newPath());
  expect(journalSink(journal)).toMatchObject({ name: 'journal', vital: true });
  await journal.close();
});

it('continues no journal that exists, and follows no symlink', () => {
  const path = newPath();
  writeFileSync(path, 'precious');
  expect(() => createJournal(path)).toThrow('already there');
  const link = hostPath(`${path}.link`);
  symlinkSync(path, link);
  expect(() => createJournal(link)).toThrow(MachineError);
  expect(readFileSync(path, 'utf8')).toBe('precious');
});

it('keeps a clean beginning when the disk fills up, and writes nothing after it', async (ctx) => {
  const disk = mountTinyDisk(64);
  if ('refused' in disk) return ctx.skip(disk.refused);
  const journal = createJournal(hostPath(join(disk.path, 'events.jsonl')));
  const events = numbered([
    started('r', ['a']),
    ...Array.from({ length: 500 }, (_, i) => warning(`${i} ${'x'.repeat(300)}`)),
  ]);
  let written = 0;
  let thrown: unknown;
  try {
    for (const event of events) {
      journal.append(event);
      written++;
    }
  } catch (cause) {
    thrown = cause;
  }
  expect(thrown).toBeInstanceOf(MachineError);
  expect(thrown).toMatchObject({
    failure: { code: 'disk-full', message: expect.stringContaining('no space is left') },
  });
  // A short line would fit, and leave a gap.
  for (const event of numbered([warning('')])) expect(() => journal.append(event)).toThrow(MachineError);
  await expect(journal.close()).rejects.toBe(thrown);
  expect(written).toBeGreaterThan(100);
  expect(await loadJournal(journal.path)).toEqual({ events: events.slice(0, written), problems: [] });
  expect(readFileSync(journal.path, 'utf8').endsWith('\n')).toBe(true);
});

it('has room for its end when something else has filled the disk, and gives back what it did not need', async (ctx) => {
  const disk = mountTinyDisk(1024);
  if ('refused' in disk) return ctx.skip(disk.refused);
  const journal = createJournal(hostPath(join(disk.path, 'events.jsonl')));
  expect(fill(join(disk.path, 'log'))).toBeGreaterThan(500_000);
  const events = numbered([
    started('r', ['a']),
    ...Array.from({ length: 500 }, (_, i) => warning(`${i} ${'x'.repeat(300)}`)),
    finished(),
  ]);
  for (const event of events) journal.append(event);
  await journal.close();
  expect(await loadJournal(journal.path)).toEqual({ events, problems: [] });
  expect(readdirSync(disk.path).toSorted()).toEqual(['events.jsonl', 'log']);
});

/** Writes until nothing more fits; how many bytes did. */
function fill(path: string): number {
  const fd = openSync(path, 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch {
    return statSync(path).size;
  } finally {
    closeSync(fd);
  }
}

it('writes 10,000 events, every tenth the end of a job, in little time', async () => {
  const journal = createJournal(newPath());
  const bodies = Array.from({ length: 10_000 }, (_, i) =>
    i % 10 === 9 ? jobFinished(`job-${i}`) : warning('x'.repeat(200)),
  );
  const events = numbered(bodies);
  const begun = performance.now();
  for (const event of events) journal.append(event);
  const appended = performance.now() - begun;
  await journal.close();
  const { events: read, problems } = await loadJournal(journal.path);
  expect(problems).toEqual([]);
  expect(read).toHaveLength(10_000);
  expect(statSync(journal.path).size).toBeGreaterThan(2_000_000);
  // About 0.1 s on a quiet machine; what would be noticed is a sync for each line.
  expect(appended).toBeLessThan(3_000);
});

it.each([
  ['whole', ''],
  ['torn', '{"seq":3,"type":"job.fin'],
  ['torn in a long line', `{"seq":3,"type":"${'x'.repeat(200_000)}`],
])('is continued behind its last whole line when it is %s, after a process that was killed too', async (_, torn) => {
  const path = newPath();
  const events = numbered([started('r', ['a']), jobFinished('a'), finished()]);
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);
  writeFileSync(path, `${lines.slice(0, 2).join('')}${torn}`);
  writeFileSync(join(path, '..', '.reserve'), 'of the process before');
  const journal = continueJournal(path);
  for (const event of events.slice(2)) journal.append(event);
  await journal.close();
  expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
  expect(readdirSync(join(path, '..'))).not.toContain('.reserve');
});
