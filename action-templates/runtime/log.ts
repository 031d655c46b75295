/** The step's log: what a task prints is text there, whatever it looks like. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { TaskLog } from '../../src/tasks/index.ts';

export interface StepLog extends TaskLog {
  /** Commands are read again from here on. */
  close(): void;
}

/** While it is open, the runner takes no line for a command of GitHub's: a task must not speak for the action. */
export function openLog(stdout: NodeJS.WritableStream): StepLog {
  const token = randomUUID();
  stdout.write(`::stop-commands::${token}\n`);
  let isLineStart = true;
  return {
    write: (chunk) => {
      if (chunk.length > 0) isLineStart = chunk.at(-1) === 0x0a;
      // Whoever prints faster than the runner reads waits for it.
      return stdout.write(chunk) ? undefined : once(stdout, 'drain').then(() => undefined);
    },
    note: (line) => {
      stdout.write(`${isLineStart ? '' : '\n'}${line}\n`);
      isLineStart = true;
    },
    close: () => void stdout.write(`${isLineStart ? '' : '\n'}::${token}::\n`),
  };
}
