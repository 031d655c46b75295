/** `--shell-on-failure`: the user's shell where a step failed, one at a time, before anything is made of the failure. */
import { spawn } from 'node:child_process';
import { cleanText } from '../../reports/index.ts';
import type { Failed } from '../../runner/jobs/index.ts';

export function createFailureShell(): (failed: Failed) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (failed) => {
    last = last.then(() => openShell(failed));
    return last;
  };
}

function openShell({ leg, step, message, cwd, env }: Failed): Promise<void> {
  const shell = process.env['SHELL'] || '/bin/sh';
  process.stderr.write(`orch: ${cleanText(`${leg} failed at ${step}: ${message}`)}\n`);
  process.stderr.write('orch: this is its working tree; leave the shell to go on\n');
  const terminal = process.env['TERM'];
  return new Promise((resolve) => {
    const child = spawn(shell, ['-i'], {
      cwd,
      env: { ...env, ...(terminal === undefined ? {} : { TERM: terminal }) },
      stdio: 'inherit',
    });
    child.once('error', (error) => {
      process.stderr.write(`orch: the shell could not be opened: ${error.message}\n`);
      resolve();
    });
    child.once('exit', () => resolve());
  });
}
