/** The program's way in. Nothing is imported here: scripts and prompts ask for the version, and it comes at once. */
declare const ORCH_VERSION: string;

const [first] = process.argv.slice(2);
if (process.argv.length === 3 && (first === '--version' || first === '-V')) {
  console.log(ORCH_VERSION);
} else {
  const { start } = await import('./start.ts');
  await start();
}
