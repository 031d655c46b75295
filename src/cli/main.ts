/** The program's way in. Nothing else is loaded here: scripts and prompts ask for the version, and it comes at once. */
import { setFlagsFromString } from 'node:v8';
import { openParts } from './parts.ts';
import type * as Program from './start.ts';
import v8Flags from './v8-flags.json' with { type: 'json' };

declare const ORCH_VERSION: string;

const [first] = process.argv.slice(2);
if (process.argv.length === 3 && (first === '--version' || first === '-V')) {
  console.log(ORCH_VERSION);
} else {
  // Young objects get no more room than at the start: over a long run V8 would take tens of megabytes for them, which
  // makes nothing faster here. And it is to optimize later: a short command is over before it pays, and on few cores
  // whatever a run starts has to wait for it. Said before anything is loaded, since compiled code is for these flags.
  for (const flag of v8Flags) setFlagsFromString(flag);
  const { start } = openParts(__dirname)('./start.js') as typeof Program;
  void start();
}
