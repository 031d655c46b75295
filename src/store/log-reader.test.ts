import { execFileSync } from 'node:child_process';
import { appendFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type HostPath, hostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import { followLog, logSize, readLog } from './log-reader.ts';
import { temporaryDirectory } from './testing/temporary-layout.ts';

function logWith(text: string): HostPath {
  const path = hostPath(join(temporaryDirectory(), 'api.log'));
  writeFileSync(path, text);
  return path;
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString('utf8');
}

const LONG = 'x'.repeat(100_000);

it.each<[string, number, string]>([
  ['one\ntwo\nthree\n', 1, 'three\n'],
  ['one\ntwo\nthree', 1, 'three'],
  ['one\ntwo\nthree\n', 2, 'two\nthree\n'],
  ['one\ntwo\nthree\n', 3, 'one\ntwo\nthree\n'],
  ['one\ntwo\nthree\n', 99, 'one\ntwo\nthree\n'],
  ['one\ntwo\n', 0, ''],
  ['\n\n\n', 2, '\n\n'],
  ['\n', 1, '\n'],
  ['', 5, ''],
  // Lines that are longer than what is read at a time.
  [`a\n${LONG}\n${LONG}\nb\n`, 3, `${LONG}\n${LONG}\nb\n`],
  [`a\n${LONG}`, 1, LONG],
])('reads %j, the last %i lines', async (text, tail, expected) => {
  expect((await textOf(readLog(logWith(text), { tail }))) === expected).toBe(true);
});

it('reads nothing where no log is, and tells sizes', async () => {
  const there = logWith('four');
  const missing = hostPath(`${there}.not`);
  expect(await textOf(readLog(missing))).toBe('');
  expect(await logSize(missing)).toBeUndefined();
  expect(await logSize(there)).toBe(4);
});

it('finds the end of a huge log without reading all of it', async () => {
  const path = logWith('first\n');
  const size = 3 * 1024 ** 4;
  truncateSync(path, size);
  appendFileSync(path, '\nlast\n');
  expect(await textOf(readLog(path, { tail: 1 }))).toBe('last\n');
  expect(await logSize(path)).toBe(size + 6);
});

it('follows a log as it grows, and reads what was written before it was over', async () => {
  const path = logWith('one\n');
  const over = new AbortController();
  const chunks = followLog(path, { over: over.signal, signal: new AbortController().signal, interval: 5 });
  const next = async () => String((await chunks.next()).value);
  expect(await next()).toBe('one\n');
  const waiting = next();
  appendFileSync(path, 'two\n');
  expect(await waiting).toBe('two\n');
  appendFileSync(path, 'three\n');
  over.abort();
  expect(await next()).toBe('three\n');
  expect(await chunks.next()).toEqual({ done: true, value: undefined });
});

it('waits for a log that is not there yet', async () => {
  const path = hostPath(join(temporaryDirectory(), 'api.log'));
  const over = new AbortController();
  const text = textOf(followLog(path, { over: over.signal, signal: new AbortController().signal, interval: 5 }));
  writeFileSync(path, 'at last\n');
  over.abort();
  expect(await text).toBe('at last\n');
});

it.each([true, false])('stops waiting when told to, whether there is a log (%s) or not', async (there) => {
  const path = there ? logWith('') : hostPath(join(temporaryDirectory(), 'api.log'));
  const stop = new AbortController();
  const text = textOf(
    followLog(path, { over: new AbortController().signal, signal: stop.signal, interval: 3_600_000 }),
  );
  stop.abort();
  expect(await text).toBe('');
});

it('does not read through what a task put in its place', async () => {
  const directory = temporaryDirectory();
  const secret = join(directory, 'secret');
  writeFileSync(secret, 'secret');
  const link = hostPath(join(directory, 'link.log'));
  symlinkSync(secret, link);
  const pipe = hostPath(join(directory, 'pipe.log'));
  execFileSync('mkfifo', [pipe]);
  for (const path of [link, pipe, hostPath(directory)]) {
    await expect(textOf(readLog(path))).rejects.toThrow(MachineError);
  }
});
