/** A process that takes and releases run locks as it is told on stdin, one command a line, answered by a line of JSON. */
import { createInterface } from 'node:readline';
import { hostPath } from '../../shared/brand.ts';
import { acquireRunLock, type RunLock } from '../lock.ts';
import { layoutOf } from '../paths.ts';

let lock: RunLock | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', root = '', run = ''] = line.split('\t');
  process.stdout.write(`${JSON.stringify(obey(command, root, run))}\n`);
}

function obey(command: string, root: string, run: string): unknown {
  if (command === 'release') {
    lock?.release();
    return { released: true };
  }
  const taken = acquireRunLock(layoutOf(hostPath(root), hostPath(`${root}/.git`)), run);
  if (!taken.ok) return { acquired: false, by: taken.error.by?.run };
  lock = taken.value;
  return { acquired: true, stale: lock.stale?.info?.run };
}
