// Starts the shell of a step as often as a job has steps, as any program on Node has to: steps.mjs STEPS
// Prints the milliseconds from the first start to the last end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directory = mkdtempSync(join(tmpdir(), 'steps-'));
const script = join(directory, 'script.sh');
writeFileSync(script, 'true');
const output = openSync(join(directory, 'output'), 'w');
const start = performance.now();
for (let step = 1; step <= Number(process.argv[2]); step++) {
  const shell = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], {
    stdio: ['ignore', output, output],
  });
  await once(shell, 'exit');
}
console.log(performance.now() - start);
closeSync(output);
rmSync(directory, { recursive: true });
