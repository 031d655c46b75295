// A bare Node program that passes a command's output to a file: pass-through.mjs COMMAND FILE
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

const [command, file] = process.argv.slice(2);
const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.pipe(createWriteStream(file));
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
