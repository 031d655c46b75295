/** Waits for a fact instead of a time. */
import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE = 40_000;
const INTERVAL = 15;

/** Resolves with the first answer that is neither undefined nor false; fails, naming `what`, when none comes. */
export async function waitUntil<T>(
  what: string,
  look: () => T | undefined | false,
  deadline: number = DEADLINE,
): Promise<T> {
  const end = performance.now() + deadline;
  for (;;) {
    const answer = look();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`waited ${deadline} ms in vain: ${what}`);
    await delay(INTERVAL);
  }
}
