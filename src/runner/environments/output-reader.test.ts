import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readOutput } from './output-reader.ts';

it('takes the last of the output before it lets go', async () => {
  const stream = new PassThrough();
  const parts: string[] = [];
  const reader = readOutput([stream], async (chunk) => {
    await new Promise(setImmediate);
    parts.push(Buffer.from(chunk).toString());
  });
  stream.write('a');
  stream.write('b');
  stream.end('c');
  await reader.drain();
  expect(parts.join('')).toBe('abc');
});

it('does not wait for ever for a writer that holds the pipe open', async () => {
  const stream = new PassThrough();
  let text = '';
  const reader = readOutput(
    [stream],
    (chunk) => {
      text += Buffer.from(chunk).toString();
    },
    { quiet: 1 },
  );
  stream.write('last words');
  await reader.drain();
  expect(text).toBe('last words');
  expect(stream.destroyed).toBe(true);
});

it('tells a fault of the taker at the end, and reads on', async () => {
  const stream = new PassThrough();
  let calls = 0;
  const reader = readOutput([stream], () => {
    calls++;
    return Promise.reject(new Error('taker'));
  });
  stream.write('a');
  stream.write('b');
  stream.end();
  await expect(reader.drain()).rejects.toThrow('taker');
  expect(calls).toBe(1);
});

it('takes what is in the pipe without waiting for the stream to tell of it', async () => {
  const stream = new PassThrough();
  const parts: string[] = [];
  const left: (Uint8Array | 'over')[] = [Buffer.from('a'), Buffer.from('b'), 'over'];
  const reader = readOutput([stream], (chunk) => void parts.push(Buffer.from(chunk).toString()), {
    readNow: () => left.shift() ?? 'nothing',
  });
  await reader.settle();
  expect(parts).toEqual(['a', 'b']);
  expect(stream.destroyed).toBe(true);
});

it('does not pass by what the stream has taken already', async () => {
  const stream = new PassThrough();
  const parts: string[] = [];
  let asked = 0;
  const reader = readOutput(
    [stream],
    async (chunk) => {
      await new Promise(setImmediate);
      parts.push(Buffer.from(chunk).toString());
    },
    { readNow: () => (asked++, 'over') },
  );
  stream.write('a');
  stream.end('b');
  await reader.settle();
  expect(parts).toEqual(['a', 'b']);
  expect(asked).toBe(0);
});
