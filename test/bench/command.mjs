// Runs a command to its end and tells what it took: time, CPU time with its descendants', the most memory it held.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const PEAK = new URL('./peak-memory.mjs', import.meta.url).pathname;

/** The time of a command that is too short for a shell around it to be ignored. */
export async function timed(place, argv, options = {}) {
  const started = performance.now();
  await run(place, argv, options);
  return { ms: performance.now() - started };
}

/** With CPU time, as bash has it. */
export async function measured(place, argv, options = {}) {
  const times = join(place.top, 'times');
  const script = 'exec 3>"$0"; TIMEFORMAT="%U %S"; { time "$@" 2>&4; } 4>&2 2>&3';
  const { ms } = await timed(place, ['bash', '-c', script, times, ...argv], options);
  const [user, system] = readFileSync(times, 'utf8').trim().split(' ').map(Number);
  return { ms, cpu: (user + system) * 1000 };
}

/** A Node program with the most memory that it held at once, in MB: Linux alone tells of it without what was before. */
export async function measuredNode(place, argv, options = {}) {
  const peak = join(place.top, 'peak');
  rmSync(peak, { force: true });
  const env = { ...options.env, BENCH_PEAK: peak };
  const result = await measured(place, [process.execPath, '--import', PEAK, ...argv], { ...options, env });
  return existsSync(peak) ? { ...result, mb: Number(readFileSync(peak, 'utf8')) / 1024 } : result;
}

/** Output goes to `place.top/output`; an exit code other than `code` (0) is an error that shows the end of it. */
export async function run(place, argv, { cwd = place.top, env = {}, code = 0 } = {}) {
  const file = join(place.top, 'output');
  const fd = openSync(file, 'w');
  const [program, ...args] = argv;
  const child = spawn(program, args, { cwd, env: { ...place.env, ...env }, stdio: ['ignore', fd, fd] });
  const ended = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal));
  });
  closeSync(fd);
  if (ended === code) return;
  const tail = readFileSync(file, 'utf8').slice(-2000);
  throw new Error(`${argv.join(' ').slice(0, 200)} ended with ${ended}:\n${tail}`);
}
