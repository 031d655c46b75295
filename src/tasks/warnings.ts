/** What went not quite right: told at once, in the log too, and kept for the task's report. */
import type { Containment } from '../shared/verdict.ts';
import type { Memo } from './action.ts';
import { countOf } from './messages.ts';
import type { TaskPorts } from './ports.ts';
import type { Capture } from './repository-port.ts';

const KEY = 'warnings';

export type Warn = (code: string, message: string) => void;

/** Warnings of one action after another gather in the memo; one that was given already is not repeated. */
export function createWarn(ports: Pick<TaskPorts, 'progress' | 'log'>, memo: Memo): Warn {
  return (code, message) => {
    const given = readWarnings(memo);
    if (given.includes(message)) return;
    memo.write(KEY, [...given, message]);
    ports.progress.report({ type: 'warning', code, message });
    note(ports, `warning: ${message}`);
  };
}

export function readWarnings(memo: Memo): readonly string[] {
  return (memo.read(KEY) as readonly string[] | undefined) ?? [];
}

/** `what` was run: the command, `verify`, `setup`. Whatever it left that could not be ended runs on. */
export function warnOfAlive(warn: Warn, what: string, { alive = 0 }: Containment): void {
  if (alive === 0) return;
  const left = countOf(alive, 'process', 'processes');
  warn('still-running', `${what} left ${left} that orch could not end; ${alive === 1 ? 'it' : 'they'} may still run`);
}

export function warnOfRemarks(warn: Warn, { remarks = [] }: Pick<Capture, 'remarks'>): void {
  for (const { code, message } of remarks) warn(code, message);
}

/** A line of orch's own in the task's log, recognisable as such. */
export function note(ports: Pick<TaskPorts, 'log'>, line: string): void {
  ports.log.note(`[orch] ${line}`);
}
