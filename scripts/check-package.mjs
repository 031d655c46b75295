// Compares dist/ with a record of an earlier build, packs it, and runs the package as somebody who installed it would.
// Usage: node scripts/check-package.mjs FILE
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestFiles } from './digest-files.mjs';

const recorded = process.argv[2];
if (recorded === undefined) throw new Error('usage: node scripts/check-package.mjs FILE');
compareBuilds(JSON.parse(readFileSync(recorded, 'utf8')).files, digestFiles('dist'));

const folder = mkdtempSync(join(tmpdir(), 'orch-package-'));
try {
  const [packed] = JSON.parse(run('npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder));
  run('tar', '-xzf', join(folder, packed.filename), '-C', folder);
  const orch = join(folder, 'package/dist/orch.js');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expectEqual('orch --version', run(process.execPath, orch, '--version').trim(), version);
  const schema = JSON.parse(run(process.execPath, orch, 'schema'));
  expectEqual('the title of the schema', schema.title, 'orchestrator.yaml');
  console.log(
    `${packed.filename}: ${packed.entryCount} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`,
  );
  const { ORCH_OUTPUT } = process.env;
  if (ORCH_OUTPUT !== undefined) appendFileSync(ORCH_OUTPUT, `packed=${packed.size}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compareBuilds(before, after) {
  const digests = new Map(after.map(({ path, sha256 }) => [path, sha256]));
  const differing = before.filter(({ path, sha256 }) => digests.get(path) !== sha256).map(({ path }) => path);
  if (differing.length > 0 || before.length !== after.length) {
    throw new Error(
      `two builds of the same sources differ: ${differing.join(', ') || 'one has files that the other lacks'}`,
    );
  }
  console.log(`the same ${after.length} files as the first build, byte for byte`);
}

function expectEqual(what, is, wanted) {
  if (is !== wanted) throw new Error(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
}

function run(program, ...args) {
  return execFileSync(program, args, { encoding: 'utf8' });
}
