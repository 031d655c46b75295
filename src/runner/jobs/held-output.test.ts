import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createHeldOutput } from './held-output.ts';

const scratch = mkdtempSync(join(tmpdir(), 'orch-held-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function held(name: string) {
  const written: string[] = [];
  const output = createHeldOutput(join(scratch, name), async (chunk) => {
    // A disk that is behind must not change the order.
    await Promise.resolve();
    written.push(Buffer.from(chunk).toString());
  });
  const write = (text: string) => output.write(Buffer.from(text));
  return { output, write, text: () => written.join('') };
}

it('hands output on as it comes, holds it, and hands it on again', async () => {
  const { output, write, text } = held('a');
  await write('one ');
  output.hold();
  await write('two ');
  void write('three ');
  expect(text()).toBe('one ');
  const released = output.release();
  void write('four ');
  await released;
  await write('five');
  expect(text()).toBe('one two three four five');
});

it('keeps the order of much output', async () => {
  const { output, write, text } = held('b');
  output.hold();
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`);
  for (const line of lines) void write(line);
  await output.release();
  expect(text()).toBe(lines.join(''));
});

it('says when it could not keep the output', async () => {
  const { output, write, text } = held('no/such/folder');
  output.hold();
  await write('lost');
  await output.release();
  await write('found');
  expect(text()).toMatch(/^##\[warning\]The output of this step could not be kept: ENOENT.*\nfound$/);
});

it('released twice it is released once', async () => {
  const { output, write, text } = held('c');
  output.hold();
  await write('x');
  await Promise.all([output.release(), output.release()]);
  expect(text()).toBe('x');
});
