// Writes what is in dist/: a digest and a size for each file. Usage: node scripts/record-build.mjs FILE
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { digestFiles } from './digest-files.mjs';

const target = process.argv[2];
if (target === undefined) throw new Error('usage: node scripts/record-build.mjs FILE');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const files = digestFiles('dist');
const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${JSON.stringify({ version, bytes, files }, null, 2)}\n`);
console.log(`${files.length} files, ${bytes} bytes`);
// As a task of orch: what those who depend on it read.
const { ORCH_OUTPUT } = process.env;
if (ORCH_OUTPUT !== undefined) appendFileSync(ORCH_OUTPUT, `version=${version}\nbytes=${bytes}\n`);
