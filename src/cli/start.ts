/** From the command line to the exit code, and the last resort of both. */
import { EXIT } from '../shared/exit-codes.ts';
import { outliveReader, outliveTerminal } from './lost-terminal.ts';
import { runProgram } from './program.ts';

export async function start(): Promise<void> {
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
