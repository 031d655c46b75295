/** From the command line to the exit code, and the last resort of both. */
import { EXIT } from '../shared/exit-codes.ts';
import { outliveReader, outliveTerminal } from './lost-terminal.ts';
import { runProgram } from './program.ts';

/** Commands that may be at work for hours. */
const LONG: ReadonlySet<string> = new Set(['run', 'retry', 'abort']);

export async function start(): Promise<void> {
  if (LONG.has(process.argv[2] ?? '')) await keepYoungSmall();
  // What nobody caught is a bug too; the run's own record says how far it came.
  process.on('uncaughtException', (error) => {
    console.error(`orch: internal error (please report it): ${error.stack ?? error.message}`);
    process.exit(EXIT.internal);
  });
  outliveTerminal();
  outliveReader();
  try {
    process.exitCode = await runProgram(process.argv);
  } catch (error) {
    const { explain } = await import('./explain.ts');
    process.exitCode = explain(error);
  }
}

/**
 * Young objects get no more room than at the start: over a long run V8 would take tens of megabytes for them, which makes
 * nothing faster here. It has to be said before anything else is loaded.
 */
async function keepYoungSmall(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
}
