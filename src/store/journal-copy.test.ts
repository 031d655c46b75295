import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { MachineError } from '../shared/failure.ts';
import { copyJournal } from './journal-copy.ts';
import { temporaryDirectory } from './testing/temporary-layout.ts';

const LINES = Array.from({ length: 1000 }, (_, i) => `{"seq":${i + 1}}`);
const TEXT = `${LINES.join('\n')}\n`;

function places(text = TEXT): {
  readonly source: string;
  readonly copy: (limit: number) => Promise<number>;
  readonly target: string;
} {
  const folder = temporaryDirectory();
  const [source, target] = [join(folder, 'events.jsonl'), join(folder, 'copy.jsonl')];
  writeFileSync(source, text);
  return { source, target, copy: (limit) => copyJournal(hostPath(source), hostPath(target), limit) };
}

it('is the same bytes while they are few, and nobody is meant to write it', async () => {
  const { copy, target } = places();
  expect(await copy(TEXT.length)).toBe(0);
  expect(readFileSync(target, 'utf8')).toBe(TEXT);
  expect(statSync(target).mode & 0o777).toBe(0o400);
});

it.each([0, 1, 100, 1001, 5000, TEXT.length - 1])('has whole lines of both ends within %i bytes', async (limit) => {
  const { copy, target } = places();
  const leftOut = await copy(limit);
  const kept = readFileSync(target, 'utf8');
  expect(kept.length).toBeLessThanOrEqual(limit);
  expect(kept.length + leftOut).toBe(TEXT.length);
  const lines = kept.split('\n').slice(0, -1);
  const gap = lines.findIndex((line, i) => line !== LINES[i]);
  const head = gap < 0 ? lines.length : gap;
  expect(lines.slice(head)).toEqual(LINES.slice(LINES.length - (lines.length - head)));
});

it('a last line that is torn stays torn, and one line that is too long is left out', async () => {
  const torn = places(TEXT.slice(0, -3));
  await torn.copy(1000);
  expect(readFileSync(torn.target, 'utf8').endsWith('"seq":100')).toBe(true);
  const long = places(`${'x'.repeat(600_000)}\n`);
  expect(await long.copy(1000)).toBe(600_001);
  expect(readFileSync(long.target, 'utf8')).toBe('');
});

it('follows no link', async () => {
  const folder = temporaryDirectory();
  symlinkSync('/etc/hostname', join(folder, 'events.jsonl'));
  const copied = copyJournal(hostPath(join(folder, 'events.jsonl')), hostPath(join(folder, 'copy')), 100);
  await expect(copied).rejects.toThrow(MachineError);
});
