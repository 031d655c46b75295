import { closeSync, fstatSync, mkdtempSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { startProcess } from './host.ts';
import { readNow, takeOutputPipe } from './output-pipe.ts';

const scratch = mkdtempSync(join(tmpdir(), 'orch-pipe-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it('without room for a named pipe, commands are started all the same', async () => {
  vi.stubEnv('TMPDIR', join(scratch, 'nowhere'));
  expect(await takeOutputPipe()).toBeUndefined();
  let text = '';
  const running = await startProcess(
    {
      argv: ['sh', '-c', 'echo out; echo err >&2; exit 3'],
      cwd: hostPath('/'),
      env: { PATH: process.env['PATH'] ?? '' },
      onOutput: async (chunk) => {
        text += Buffer.from(chunk).toString();
        await new Promise(setImmediate);
      },
    },
    { run: 'pipes' },
  );
  expect(await running.exit).toEqual({ kind: 'exited', code: 3 });
  await running.reap();
  expect(new Set(text.trim().split('\n'))).toEqual(new Set(['out', 'err']));
});

it('gives each taker a pipe of its own, and leaves no name behind', async () => {
  vi.stubEnv('TMPDIR', scratch);
  const pipes = await Promise.all(Array.from({ length: 20 }, takeOutputPipe));
  const ends = pipes.flatMap((pipe) => (pipe === undefined ? [] : [pipe.readEnd, pipe.writeEnd]));
  expect(new Set(ends).size).toBe(40);
  expect(ends.every((end) => fstatSync(end).isFIFO())).toBe(true);
  expect(readdirSync(scratch)).toEqual([]);
  for (const end of ends) closeSync(end);
});

it('tells what is in a pipe now, and when nobody writes to it any more', async () => {
  const pipe = await takeOutputPipe();
  if (pipe === undefined) throw new Error('no pipe');
  expect(readNow(pipe.readEnd)).toBe('nothing');
  writeSync(pipe.writeEnd, 'x');
  expect(readNow(pipe.readEnd)).toEqual(Buffer.from('x'));
  closeSync(pipe.writeEnd);
  expect(readNow(pipe.readEnd)).toBe('over');
  closeSync(pipe.readEnd);
});
