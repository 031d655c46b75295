import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { findManifest, readFileBelow, readWorkflow } from './manifest.ts';

let directory: HostPath;
beforeEach(() => {
  directory = hostPath(mkdtempSync(join(tmpdir(), 'orch-manifest-')));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

// 3.10: the order of names.
it.each<readonly [readonly string[], string]>([
  [['action.yml', 'action.yaml', 'Dockerfile'], 'action.yml'],
  [['action.yaml', 'Dockerfile'], 'action.yaml'],
  [['Dockerfile', 'dockerfile'], 'Dockerfile'],
  [['dockerfile', 'ACTION.yml.txt'], 'dockerfile'],
])('of %j it is %s', async (files, expected) => {
  for (const name of files) writeFileSync(join(directory, name), name);
  const found = await findManifest(directory);
  expect(found).toMatchObject({
    ok: true,
    value: { kind: expected.startsWith('action') ? 'manifest' : 'dockerfile', path: join(directory, expected) },
  });
  expect(found.ok && found.value.kind === 'manifest' ? found.value.text : expected).toBe(expected);
});

it('a folder of that name is passed over', async () => {
  mkdirSync(join(directory, 'action.yml'));
  writeFileSync(join(directory, 'action.yaml'), 'x');
  expect(await findManifest(directory)).toMatchObject({ value: { path: join(directory, 'action.yaml') } });
});

it.each(['', 'nothing/there'])('none under %j', async (path) => {
  const place = hostPath(join(directory, path));
  expect(await findManifest(place)).toEqual({
    ok: false,
    error: {
      code: 'action-not-found',
      message: `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${place}'. Did you forget to run actions/checkout before running your local action?`,
    },
  });
});

it.each<readonly [string, (file: string) => void, string]>([
  ['a link out', (file) => symlinkSync('/etc/passwd', file), 'it leads out of the repository'],
  ['a named pipe', (file) => execFileSync('mkfifo', [file]), 'it is no regular file'],
  [
    'a file too large',
    (file) => writeFileSync(file, Buffer.alloc(1024 * 1024 + 1)),
    'it has 1048577 bytes; 1 MiB is the limit',
  ],
])('%s is refused', async (_, make, why) => {
  make(join(directory, 'action.yml'));
  expect(await findManifest(directory)).toMatchObject({
    ok: false,
    error: { message: `${join(directory, 'action.yml')} cannot be read: ${why}` },
  });
});

it('a link inside is followed', async () => {
  writeFileSync(join(directory, 'real'), 'text');
  symlinkSync('real', join(directory, 'action.yml'));
  expect(await readFileBelow(directory, 'action.yml')).toEqual({ ok: true, value: 'text' });
});

it('a workflow is there or not', async () => {
  const reference = {
    kind: 'remote',
    owner: 'o',
    repository: 'r',
    path: '.github/workflows/x.yml',
    ref: 'v1',
  } as const;
  expect(await readWorkflow(directory, reference)).toMatchObject({
    error: {
      code: 'action-not-found',
      message:
        'The workflow o/r/.github/workflows/x.yml@v1 was not found: the repository has no file .github/workflows/x.yml',
    },
  });
  mkdirSync(join(directory, '.github/workflows'), { recursive: true });
  writeFileSync(join(directory, reference.path), 'on: workflow_call');
  expect(await readWorkflow(directory, reference)).toEqual({ ok: true, value: 'on: workflow_call' });
});
