/** Keeps the exit code when the terminal, or whoever read the output, went away while orch was at work. */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Node resets every terminal it began with when it exits, and aborts when one of them is gone by then (seen with
 * Node 20). Closing those first spares it the attempt.
 */
export function outliveTerminal(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  if (terminals.length === 0) return;
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}

/** `orch schema | head -1` is no error: what nobody reads is not written. */
export function outliveReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!('code' in error) || (error.code !== 'EPIPE' && error.code !== 'EIO')) throw error;
    });
  }
}
