/** Turns what a command threw into words and an exit code. */

import { EXIT } from '../shared/exit-codes.ts';
import { MachineError } from '../shared/failure.ts';

/** Thrown by commands for a mistake in how they were called: a sentence and a way out, no stack. */
export class UsageError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(
    message: string,
    { hint, exitCode = EXIT.badInput }: { readonly hint?: string; readonly exitCode?: number } = {},
  ) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

export function explain(error: unknown): number {
  if (error instanceof UsageError) {
    say(error.message, error.hint);
    return error.exitCode;
  }
  if (error instanceof MachineError) {
    say(error.failure.message, error.failure.hint);
    for (const detail of error.failure.details ?? []) console.error(harmless(`  ${detail}`));
    return EXIT.failed;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(`orch: internal error (please report it): ${text}`);
  return EXIT.internal;
}

function say(message: string, hint: string | undefined): void {
  console.error(harmless(`orch: ${message}`));
  if (hint !== undefined) console.error(harmless(`  ${hint}`));
}

/** Names in it may be a task's choice, and must not steer the terminal. */
function harmless(text: string): string {
  return text.replace(/(?!\n)\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
