// Installs the dependencies unless those of this package-lock.json are installed already.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const STAMP = 'node_modules/.orch-installed';
const wanted = createHash('sha256').update(readFileSync('package-lock.json')).update(process.version).digest('hex');

function installed() {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

if (installed() !== wanted) {
  // Not `npm ci`: that one refuses a lock file that lacks the optional binaries of other platforms.
  // Nor with the scripts of packages: all of them compile what is left out of the bundle.
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(STAMP, wanted);
}
