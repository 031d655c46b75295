/** The program's way in and its last resort: nothing here may be slow to load. */
import { EXIT } from './exit-codes.ts';
import { outliveReader, outliveTerminal } from './lost-terminal.ts';
import { VERSION } from './version.ts';

// What nobody caught is a bug too; the run's own record says how far it came.
process.on('uncaughtException', (error) => {
  console.error(`orch: internal error (please report it): ${error.stack ?? error.message}`);
  process.exit(EXIT.internal);
});

const [first] = process.argv.slice(2);
if (process.argv.length === 3 && (first === '--version' || first === '-V')) {
  // Asked by scripts and prompts: answered before anything else is loaded.
  console.log(VERSION);
} else {
  await start();
}

async function start(): Promise<void> {
  outliveTerminal();
  outliveReader();
  try {
    const { runProgram } = await import('./program.ts');
    process.exitCode = await runProgram(process.argv);
  } catch (error) {
    const { explain } = await import('./explain.ts');
    process.exitCode = explain(error);
  }
}
