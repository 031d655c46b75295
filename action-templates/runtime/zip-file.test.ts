import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readZip, writeZip } from './zip-file.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'orch-zip-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('keeps files below their root, empty ones and those with strange names too', async () => {
  mkdirSync(join(folder, 'sub'));
  const files = ['sub/a.txt', 'päge 1.html', 'empty'].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, file.endsWith('empty') ? '' : 'text '.repeat(1000));
  await writeZip(join(folder, 'x.zip'), folder, files);
  const bytes = readFileSync(join(folder, 'x.zip'));
  expect(bytes.length).toBeLessThan(1000);
  expect(statSync(join(folder, 'x.zip')).mode & 0o777).toBe(0o600);
  const read = readZip(bytes, ['sub/a.txt', 'päge 1.html', 'empty']);
  expect([...read].map(([name, data]) => [name, data.length])).toEqual([
    ['sub/a.txt', 5000],
    ['päge 1.html', 5000],
    ['empty', 0],
  ]);
});

it('never writes over a file, and unpacks nothing but what was asked for', async () => {
  await writeZip(join(folder, 'x.zip'), folder, []);
  await expect(writeZip(join(folder, 'x.zip'), folder, [])).rejects.toThrow('EEXIST');
  const hostile = zipSync({ '../../escape': Buffer.from('x'), 'result.json': Buffer.from('{}') });
  expect([...readZip(hostile, ['result.json']).keys()]).toEqual(['result.json']);
});

it('an archive that is none throws', () => {
  expect(() => readZip(Buffer.from('no archive'), ['x'])).toThrow('an artifact is no archive: invalid zip data');
});
