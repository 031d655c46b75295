import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { MachineError } from '../../shared/failure.ts';
import { createMasker } from '../../shared/mask.ts';
import { createFakeClock } from '../environments/fake-clock.ts';
import { type JobLogOptions, openJobLog } from './job-log.ts';

const scratch = mkdtempSync(join(tmpdir(), 'orch-log-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let logs = 0;

async function open(options: Partial<JobLogOptions> & { secrets?: readonly string[] } = {}) {
  const path = join(scratch, `${++logs}.log`);
  const errors: MachineError[] = [];
  const { secrets = [], ...rest } = options;
  const log = await openJobLog({
    path,
    masker: createMasker(secrets),
    onFailure: (error) => errors.push(error),
    ...rest,
  });
  const write = async (text: string): Promise<void> => {
    await log.write(Buffer.from(text));
  };
  return {
    log,
    write,
    errors,
    path,
    close: async () => ({ ...(await log.close()), text: readFileSync(path, 'utf8') }),
  };
}

describe('the file', () => {
  it('holds what was written, and its size and digest are told', async () => {
    const { write, close, path } = await open();
    await write('one\n');
    await write('');
    await write('two');
    const { text, bytes, sha256, path: told } = await close();
    expect(text).toBe('one\ntwo');
    expect({ bytes, sha256, told }).toEqual({
      bytes: 7,
      sha256: createHash('sha256').update('one\ntwo').digest('hex'),
      told: path,
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is never one that was there, nor one behind a link', async () => {
    const there = join(scratch, 'there');
    writeFileSync(there, 'precious');
    const link = join(scratch, 'link');
    symlinkSync(join(scratch, 'target'), link);
    for (const path of [there, link, join(scratch, 'no', 'directory')]) {
      await expect(open({ path })).rejects.toMatchObject({
        name: 'MachineError',
        failure: { code: 'environment-lost', message: expect.stringContaining(path) },
      });
    }
    expect(readFileSync(there, 'utf8')).toBe('precious');
  });

  it('asks a writer that is faster than the disk to wait', async () => {
    const { log, close } = await open();
    let waits = 0;
    for (let i = 0; i < 100; i++) {
      const behind = log.write(Buffer.alloc(65_536, 'x'));
      if (behind === undefined) continue;
      waits++;
      await behind;
    }
    expect(waits).toBeGreaterThan(0);
    expect((await close()).bytes).toBe(100 * 65_536);
  });
});

describe('secrets', () => {
  it('do not get in, however they are split', async () => {
    const { write, close } = await open({ secrets: ['hunter22-secret'] });
    for (const part of ['a hunter', '22-sec', 'ret b\n', Buffer.from('hunter22-secret').toString('base64'), ' end']) {
      await write(part);
    }
    expect((await close()).text).toBe('a *** b\n*** end');
  });

  it('do not get in with a note', async () => {
    const { log, close } = await open({ secrets: ['hunter22-secret'] });
    log.note('running with hunter22-secret');
    expect((await close()).text).toBe('running with ***\n');
  });

  it('are not split by a note', async () => {
    const { log, write, close } = await open({ secrets: ['hunter22-secret'] });
    await write('x hunter22');
    log.note('a note');
    await write('-secret y\n');
    await write('z');
    expect((await close()).text).toBe('x *** y\na note\nz');
  });
});

describe('notes', () => {
  it('stand on lines of their own', async () => {
    const { log, write, close } = await open();
    log.note('first');
    await write('begun');
    log.note('second\nwith\u001b[31m tricks');
    await write('and on\n');
    log.note('third');
    expect((await close()).text).toBe('first\nbegun\nsecond with [31m tricks\nand on\nthird\n');
  });

  it('come at the end when the output stops where a secret might go on', async () => {
    const { log, write, close } = await open({ secrets: ['hunter22-secret'] });
    await write('hunt');
    log.note('over');
    expect((await close()).text).toBe('hunt\nover\n');
  });
});

describe('the last line', () => {
  it('is told at once, then no more often than the interval, and only when it changed', async () => {
    const clock = createFakeClock();
    const told: string[] = [];
    const { write, close } = await open({ clock, onLine: (line) => told.push(line) });
    await write('one\n');
    await write('two\n');
    await write('three\n');
    expect(told).toEqual(['one']);
    await clock.advance(100);
    expect(told).toEqual(['one', 'three']);
    await clock.advance(1000);
    expect(clock.pending()).toBe(0);
    await write('three\n');
    expect(told).toEqual(['one', 'three']);
    await write('four');
    await close();
    expect(told).toEqual(['one', 'three', 'four']);
    expect(clock.pending()).toBe(0);
  });

  it('is masked, and notes are not it', async () => {
    const told: string[] = [];
    const { log, write, close } = await open({ secrets: ['hunter22'], onLine: (line) => told.push(line) });
    await write('with hunter22 in it\n');
    log.note('a note');
    await close();
    expect(told).toEqual(['with *** in it']);
  });
});

it('a full disk is told once, and what was written before is kept', async (context) => {
  const mount = join(scratch, 'small');
  mkdirSync(mount);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', mount]).status !== 0) {
    context.skip('only root can mount a small file system');
  }
  try {
    const { log, errors } = await open({ path: join(mount, 'job.log') });
    const line = `${'x'.repeat(99)}\n`;
    for (let i = 0; i < 5000; i++) await log.write(Buffer.from(line));
    const { bytes, sha256 } = await log.close();
    const content = readFileSync(join(mount, 'job.log'));
    expect(content.length).toBe(bytes);
    expect(bytes).toBeGreaterThan(200_000);
    expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    expect(content.subarray(0, 1000).toString()).toBe(line.repeat(10));
    expect(errors.map((error) => error.failure.code)).toEqual(['disk-full']);
    expect(errors[0]?.failure.message).toContain('job.log cannot be written');
  } finally {
    execFileSync('umount', [mount]);
  }
});

describe('the last lines of a step', () => {
  it('are its own, also when the step before ended with what may begin a secret', async () => {
    const { log, write, close } = await open({ secrets: ['supersecret'] });
    await write('a success\n');
    log.mark();
    await write('none of this\n');
    expect(log.lastLines()).toEqual(['none of this']);
    expect((await close()).text).toBe('a success\nnone of this\n');
  });
});
