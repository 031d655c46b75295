/** Builds the command once before the end-to-end tests, which run what users run. */
import { execFileSync } from 'node:child_process';

export function setup(): void {
  // Whoever works on orch may name a build of their own.
  if (process.env['ORCH_DIST'] !== undefined) return;
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
