/** One command of a job: what became of it, what belongs to it, and how it is asked to end. */
import { setTimeout as delay } from 'node:timers/promises';
import type { FindKin } from './kin.ts';
import { key, signalRow } from './kin.ts';
import type { OutputReader } from './output-reader.ts';
import type { JobProcess, ProcessExit } from './process.ts';
import type { ProcessRow } from './process-row.ts';

/** How long what a command left running is listened to before the next command starts, in milliseconds. */
const LISTENING = 1000;

export interface JobProcessParts {
  readonly exit: Promise<ProcessExit>;
  readonly output: OutputReader;
  /** The living processes of the command, the oldest of which is the command itself while that runs. */
  readonly kin: FindKin;
}

export function createJobProcess({ exit, output, kin }: JobProcessParts): JobProcess {
  const state = { over: false };
  const ended = exit.then(() => {
    state.over = true;
    return true as const;
  });
  const within = async (milliseconds: number): Promise<boolean> => {
    const timer = new AbortController();
    const late = delay(milliseconds, false as const, { signal: timer.signal }).catch(() => false as const);
    const inTime = await Promise.race([ended, late]);
    timer.abort();
    return inTime;
  };
  /** Looks again and again, since a command that is just being started cannot be told from the shell that starts it. */
  const until = async (deadline: number, look: (rows: readonly ProcessRow[]) => boolean): Promise<boolean> => {
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      if (look(await kin())) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await delay(Math.min(pause, left));
    }
  };
  return {
    exit,
    interrupt: async (grace) => {
      const deadline = performance.now() + grace;
      await until(deadline, (rows) => {
        const command = rows.toSorted(byAge)[0];
        return state.over || (command !== undefined && signalRow(command, 'SIGINT'));
      });
      await within(Math.max(0, deadline - performance.now()));
    },
    stop: async (grace) => {
      const told = new Set<string>();
      const gone = await until(performance.now() + grace, (rows) => {
        // Whoever has not been asked yet: a trap may start what it needs to end.
        if (told.size === 0) for (const row of rows) ask(row, told);
        return rows.length === 0 && state.over;
      });
      if (gone) return;
      await until(Number.POSITIVE_INFINITY, (rows) => {
        for (const row of rows) signalRow(row, 'SIGKILL');
        return rows.length === 0 && state.over;
      });
    },
    settle: () => output.settle(LISTENING),
  };
}

function ask(row: ProcessRow, told: Set<string>): void {
  told.add(key(row));
  signalRow(row, 'SIGTERM');
  signalRow(row, 'SIGCONT');
}

function byAge(a: ProcessRow, b: ProcessRow): number {
  return Number(a.started) - Number(b.started) || a.pid - b.pid;
}
