/**
 * What every environment keeps, whoever runs the command: the host, a container, a test. One suite for all of them, so
 * that the fake that other tests rely on cannot drift from the real ones.
 */
import { describe, expect, it } from 'vitest';
import type { RunningProcess } from '../../src/runner/environments/index.ts';

export interface Behaviour {
  /** Written to stdout, one after the other, before anything else. */
  readonly prints?: readonly string[];
  /** So many processes are left running when the command ends. */
  readonly leaves?: number;
  /** `wait`: runs until it is asked to end. `refuse`: goes on when asked. `missing`: there is no such program. */
  readonly ends: { readonly exit: number } | { readonly signal: string } | 'wait' | 'refuse' | 'missing';
}

export interface EnvironmentUnderTest {
  start(behaviour: Behaviour, onOutput: (chunk: Uint8Array) => void | Promise<void>): Promise<RunningProcess>;
}

export function environmentContract(name: string, make: () => Promise<EnvironmentUnderTest>): void {
  /** A started command with its output so far, and a wait for a part of that output. */
  const start = async (behaviour: Behaviour) => {
    const environment = await make();
    let text = '';
    let wake = (): void => undefined;
    const running = await environment.start(behaviour, (chunk) => {
      text += Buffer.from(chunk).toString();
      wake();
    });
    const printed = async (part: string): Promise<void> => {
      while (!text.includes(part)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    return { running, printed, text: () => text };
  };

  describe(`${name} keeps the contract of an environment:`, () => {
    it.each([0, 3, 255])('exit code %i', async (code) => {
      const { running } = await start({ ends: { exit: code } });
      expect(await running.exit).toEqual({ kind: 'exited', code });
      expect(await running.reap()).toMatchObject({ reaped: 0 });
    });

    it.each(['SIGKILL', 'SIGTERM'])('ended by %s', async (signal) => {
      const { running } = await start({ ends: { signal } });
      expect(await running.exit).toEqual({ kind: 'signalled', signal });
      await running.reap();
    });

    it('a program that does not exist is told by exit, and everything else is quiet', async () => {
      const { running } = await start({ ends: 'missing' });
      const exit = await running.exit;
      expect(exit.kind).toBe('not-started');
      await running.stop(1000);
      expect(await running.cpuTime()).toBe(0);
      expect(await running.reap()).toMatchObject({ reaped: 0 });
    });

    it('all output is there after reap', async () => {
      const lines = Array.from({ length: 50 }, (_, i) => `line ${i}\n`);
      const { running, text } = await start({ prints: lines, ends: { exit: 0 } });
      await running.exit;
      await running.reap();
      expect(text()).toBe(lines.join(''));
    });

    it('output is handed over one chunk at a time', async () => {
      const environment = await make();
      let inFlight = 0;
      let most = 0;
      let bytes = 0;
      const prints = Array.from({ length: 8 }, () => `${'x'.repeat(100_000)}\n`);
      const running = await environment.start({ prints, ends: { exit: 0 } }, async (chunk) => {
        most = Math.max(most, ++inFlight);
        await new Promise(setImmediate);
        bytes += chunk.length;
        inFlight--;
      });
      await running.exit;
      await running.reap();
      expect({ most, bytes }).toEqual({ most: 1, bytes: 800_008 });
    });

    it('stop is obeyed', async () => {
      const { running, printed } = await start({ prints: ['ready'], ends: 'wait' });
      await printed('ready');
      await running.stop(10_000);
      expect(await running.exit).toEqual({ kind: 'signalled', signal: 'SIGTERM' });
      expect(await running.reap()).toMatchObject({ reaped: 0 });
    });

    it('stop is enforced after the grace', async () => {
      const { running, printed } = await start({ prints: ['ready'], ends: 'refuse' });
      await printed('ready');
      await running.stop(50);
      expect(await running.exit).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
      await running.reap();
    });

    it('stop after the end changes nothing', async () => {
      const { running } = await start({ ends: { exit: 0 } });
      await running.exit;
      await running.stop(10_000);
      expect(await running.exit).toEqual({ kind: 'exited', code: 0 });
      expect(await running.reap()).toMatchObject({ reaped: 0 });
    });

    it('what is left is ended and counted', async () => {
      const { running } = await start({ leaves: 2, ends: { exit: 0 } });
      expect(await running.exit).toEqual({ kind: 'exited', code: 0 });
      expect(await running.reap()).toMatchObject({ reaped: 2 });
    });

    it('reap ends a command that still runs', async () => {
      const { running, printed } = await start({ prints: ['ready'], ends: 'wait' });
      await printed('ready');
      await running.reap();
      expect(await running.exit).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
    });

    it('CPU time never falls', async () => {
      const { running } = await start({ prints: ['some'], ends: { exit: 0 } });
      const first = await running.cpuTime();
      await running.exit;
      expect(first).toBeGreaterThanOrEqual(0);
      expect(await running.cpuTime()).toBeGreaterThanOrEqual(first);
      await running.reap();
    });
  });
}
