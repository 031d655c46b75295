/** A disk that is soon full: a small tmpfs, where the machine lets tests mount one. */
import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './temporary-layout.ts';

/** Where the disk is, or why there is none. */
export function mountTinyDisk(kilobytes: number): { readonly path: string } | { readonly refused: string } {
  const path = temporaryDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (cause) {
    return { refused: `this machine does not let the test mount a small disk: ${String(cause)}` };
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', path]);
  });
  return { path };
}
