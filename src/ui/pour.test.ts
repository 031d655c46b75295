import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { pour } from './pour.ts';

it('waits for a slow reader instead of holding what it has not taken', async () => {
  let waiting = 0;
  let most = 0;
  let written = 0;
  const slow = new Writable({
    highWaterMark: 10,
    write: (chunk: Buffer, _, done) => {
      waiting--;
      written += chunk.length;
      setImmediate(done);
    },
  });
  async function* chunks() {
    for (let i = 0; i < 50; i++) {
      waiting++;
      most = Math.max(most, waiting);
      yield 'x'.repeat(10);
    }
  }
  expect(await pour(chunks(), slow)).toBe(true);
  expect(written).toBe(500);
  expect(most).toBeLessThan(4);
});

it('ends when the reader does, and asks for no more', async () => {
  const head = spawn('head', ['-c', '5'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let asked = 0;
  async function* endless() {
    for (;;) {
      asked++;
      yield Buffer.alloc(65_536, 'x');
    }
  }
  const exit = once(head, 'exit');
  expect(await pour(endless(), head.stdin)).toBe(false);
  await exit;
  expect(asked).toBeLessThan(100);
});

it('throws what is no absence of a reader', async () => {
  const broken = new Writable({ write: (_, __, done) => done(new Error('on fire')) });
  async function* chunks() {
    yield 'x'.repeat(100_000);
    yield 'y';
  }
  await expect(pour(chunks(), broken)).rejects.toThrow('on fire');
});
