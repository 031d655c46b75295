/**
 * A program of its own: hashes the files that patterns name, below the directory it is started in. The request comes
 * as JSON by standard input; the answer, a sha256 in hex or nothing when no file matches, goes to descriptor 3, since
 * the glob library writes to standard output what it likes. Where it fails, the reason stands there behind an
 * exclamation mark.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync, writeSync } from 'node:fs';
import { sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { create } from '@actions/glob';
import type { HashRequest } from './hash-files.ts';

const ANSWER = 3;

async function hashFiles({ patterns, followSymbolicLinks }: HashRequest): Promise<string> {
  const workspace = process.cwd();
  const all = createHash('sha256');
  let count = 0;
  const globber = await create(patterns.join('\n'), { followSymbolicLinks });
  for await (const file of globber.globGenerator()) {
    if (!file.startsWith(`${workspace}${sep}`) || statSync(file).isDirectory()) continue;
    const one = createHash('sha256');
    await pipeline(createReadStream(file), one);
    all.update(one.digest());
    count++;
  }
  return count === 0 ? '' : all.digest('hex');
}

try {
  writeSync(ANSWER, await hashFiles(JSON.parse(readFileSync(0, 'utf8')) as HashRequest));
} catch (error) {
  writeSync(ANSWER, `!${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
