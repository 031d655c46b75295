import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { createJournal, ended, RUN, started } from './testing/journal.ts';
import { writeDigest, writeReport } from './write.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'orch-report-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

test('makes the folders, replaces the old file, leaves nothing else', async () => {
  await writeReport(hostPath(root), 'docs/deep/summary.md', 'one');
  await writeReport(hostPath(root), 'docs/deep/summary.md', 'two');
  expect(await readFile(join(root, 'docs/deep/summary.md'), 'utf8')).toBe('two');
  expect(await readdir(join(root, 'docs/deep'))).toEqual(['summary.md']);
  expect((await stat(join(root, 'docs/deep/summary.md'))).mode & 0o111).toBe(0);
});

test('a symlink in the place of the file is replaced, not followed', async () => {
  await writeFile(join(root, 'precious'), 'precious');
  await symlink(join(root, 'precious'), join(root, 'summary.md'));
  await writeReport(hostPath(root), 'summary.md', 'new');
  expect(await readFile(join(root, 'precious'), 'utf8')).toBe('precious');
  expect(await readFile(join(root, 'summary.md'), 'utf8')).toBe('new');
});

test('a folder that is a symlink is refused', async () => {
  await mkdir(join(root, 'elsewhere'));
  await symlink(join(root, 'elsewhere'), join(root, 'docs'));
  await expect(writeReport(hostPath(root), 'docs/summary.md', 'x')).rejects.toMatchObject({
    failure: { code: 'unsafe-tree' },
  });
  expect(await readdir(join(root, 'elsewhere'))).toEqual([]);
});

test('a file where a folder should be is refused', async () => {
  await writeFile(join(root, 'docs'), '');
  await expect(writeReport(hostPath(root), 'docs/summary.md', 'x')).rejects.toMatchObject({
    failure: { code: 'unsafe-tree' },
  });
});

test('a folder in the place of the file fails as the machine does, and leaves no scrap', async () => {
  await mkdir(join(root, 'summary.md'));
  await expect(writeReport(hostPath(root), 'summary.md', 'x')).rejects.toMatchObject({
    name: 'MachineError',
    failure: { code: 'internal' },
  });
  expect(await readdir(root)).toEqual(['summary.md']);
});

test.each(['', '/etc/passwd', '../x', 'a/../../x', 'docs/'])('%j is not a path to write to', async (path) => {
  await expect(writeReport(hostPath(root), path, 'x')).rejects.toThrow('not a path inside');
});

test('the digest of a journal is made once, can be read by its owner alone, and says what its copy lacks', async () => {
  const files = { json: join(root, 'digest.json'), markdown: join(root, 'digest.md') };
  async function* events() {
    yield* createJournal().add(0, started([]), ended('success', 0, 1000)).events;
  }
  await writeDigest(files, events(), 5_000_000);
  expect(JSON.parse(await readFile(files.json, 'utf8'))).toMatchObject({ run: RUN, leftOut: 5_000_000 });
  expect(await readFile(files.markdown, 'utf8')).toContain('its copy lacks 5.0 MB in its midst');
  for (const path of Object.values(files)) expect((await stat(path)).mode & 0o777).toBe(0o400);
  await expect(writeDigest(files, events(), 0)).rejects.toThrow('digest.json could not be written');
});
