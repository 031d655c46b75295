import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { probeProcesses, type SystemCalls } from './process-probe.ts';

const NOTHING: SystemCalls = {
  read: () => undefined,
  link: () => undefined,
  command: () => undefined,
  exists: () => true,
};

describe('on this machine', () => {
  it('gives the same start twice, and another to another process', () => {
    const probe = probeProcesses();
    const self = probe.startOf(process.pid);
    expect(self).toMatchObject({ gone: false, start: expect.stringMatching(/\S/) });
    expect(probeProcesses().startOf(process.pid)).toEqual(self);
    expect(probe.startOf(1)).not.toEqual(self);
    expect(probe.boot).toMatch(/\S/);
  });

  it('says when a process is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect(probeProcesses().startOf(child.pid ?? 0)).toEqual({ gone: true });
  });
});

describe('on Linux', () => {
  const stat = (state: string, name = 'node') =>
    `42 (${name}) ${state} 1 42 42 0 -1 4194560 1 0 0 0 7 8 9 10 20 0 11 0 987654 1 2 3`;
  const probe = (text: string | undefined) => probeProcesses('linux', { ...NOTHING, read: () => text });

  it.each(['node', 'a b', '(x) Z 1 2', 'Z) Z (Z'])('reads the start of a process named %j', (name) => {
    expect(probe(stat('S', name)).startOf(42)).toEqual({ gone: false, start: '987654' });
  });

  it.each(['Z', 'X'])('takes state %s for gone', (state) => {
    expect(probe(stat(state)).startOf(42)).toEqual({ gone: true });
  });

  it('does not take a process that it may not look at for gone', () => {
    expect(probe(undefined).startOf(42)).toEqual({ gone: false, start: '' });
  });
});

describe('on macOS', () => {
  it('asks ps and sysctl by their full paths', () => {
    const asked: string[] = [];
    const command = (file: string, args: readonly string[]) => {
      asked.push([file, ...args].join(' '));
      return file === '/bin/ps' ? 'Sun Nov 22 20:45:12  2026    \n' : '7B3A-11\n';
    };
    const probe = probeProcesses('darwin', { ...NOTHING, command });
    expect(probe.boot).toBe('7B3A-11');
    expect(probe.namespace).toBe('');
    expect(probe.startOf(42)).toEqual({ gone: false, start: 'Sun Nov 22 20:45:12 2026' });
    expect(asked).toEqual(['/usr/sbin/sysctl -n kern.bootsessionuuid', '/bin/ps -o lstart= -p 42']);
  });

  it('uses the boot time where there is no session id', () => {
    const command = (_: string, args: readonly string[]) =>
      args[1] === 'kern.boottime' ? '{ sec = 1, usec = 2 }\n' : undefined;
    expect(probeProcesses('darwin', { ...NOTHING, command }).boot).toBe('{ sec = 1, usec = 2 }');
  });
});
