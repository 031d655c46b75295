import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { openLog } from './log.ts';

function logged(act: (log: ReturnType<typeof openLog>) => void): string {
  const stdout = new PassThrough();
  const log = openLog(stdout);
  act(log);
  log.close();
  const text = String(stdout.read());
  const [, token = ''] = /^::stop-commands::([\w-]{36})\n/.exec(text) ?? [];
  return text.replaceAll(token, 'TOKEN');
}

it('takes nothing that a task prints for a command', () => {
  const text = logged((log) => {
    void log.write(Buffer.from('::set-output name=a::b\nhalf a line'));
    log.note('[orch] a note');
    void log.write(Buffer.from('::stop-commands::guess\n::guess::\n'));
  });
  expect(text).toBe(
    '::stop-commands::TOKEN\n::set-output name=a::b\nhalf a line\n[orch] a note\n::stop-commands::guess\n::guess::\n::TOKEN::\n',
  );
});

it('ends a last line that was left open, so that commands are read again', () => {
  expect(logged((log) => void log.write(Buffer.from('no end')))).toBe('::stop-commands::TOKEN\nno end\n::TOKEN::\n');
  expect(logged((log) => void log.write(Buffer.alloc(0)))).toBe('::stop-commands::TOKEN\n::TOKEN::\n');
});

it('lets who prints faster than it is read wait', async () => {
  const stdout = new PassThrough({ highWaterMark: 64 });
  const log = openLog(stdout);
  const waiting = log.write(Buffer.alloc(100, 'x'));
  expect(waiting).toBeInstanceOf(Promise);
  stdout.resume();
  await waiting;
  expect(log.write(Buffer.from('y'))).toBeUndefined();
});
