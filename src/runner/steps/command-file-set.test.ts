import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { type CommandFileSet, type CommandFiles, createCommandFiles } from './command-file-set.ts';

let root: string;
let all: CommandFiles;
let files: CommandFileSet;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'orch-files-'));
  all = createCommandFiles(hostPath(join(root, 'temp')));
  files = all.take();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('are new, empty and named as on GitHub', async () => {
  const names = Object.entries(files.paths).map(([name, path]) => [
    name,
    basename(path).replace(/[\w-]{36}$/, ''),
    readFileSync(path, 'utf8'),
  ]);
  expect(names).toEqual([
    ['path', 'add_path_', ''],
    ['env', 'set_env_', ''],
    ['step_summary', 'step_summary_', ''],
    ['state', 'save_state_', ''],
    ['output', 'set_output_', ''],
  ]);
  expect(basename(dirname(files.paths.env))).toBe('_runner_file_commands');
  expect(files.read('linux')).toEqual([]);
});

it('are read in order, each for itself', async () => {
  appendFileSync(files.paths.output, 'a=1\n');
  appendFileSync(files.paths.env, 'bad\n');
  appendFileSync(files.paths.path, '/p\n');
  rmSync(files.paths.state);
  const effects = files.read('linux');
  expect(effects.map((effect) => effect.type)).toEqual([
    'add-path',
    'annotation',
    'annotation',
    'failed',
    'set-output',
  ]);
});

it.each<readonly [string, (path: string) => void, RegExp]>([
  ['a link', (path) => symlinkSync('/etc/hostname', path), /cannot be read/],
  ['a folder', (path) => mkdirSync(path), /is no regular file/],
  ['a named pipe', (path) => execFileSync('mkfifo', [path]), /is no regular file/],
  [
    'a huge file',
    (path) => {
      writeFileSync(path, '');
      truncateSync(path, 2 ** 40);
    },
    /The file has 1099511627776 bytes; 67108864 are supported/,
  ],
])('%s in the place of one fails the step', async (_, make, message) => {
  rmSync(files.paths.output);
  make(files.paths.output);
  const effects = files.read('linux');
  expect(effects).toMatchObject([
    { annotation: { message: "Unable to process file command 'output' successfully." } },
    { annotation: { message: expect.stringMatching(message) } },
    { type: 'failed' },
  ]);
});

it('a link in the place of their folder fails the step', async () => {
  const folder = dirname(files.paths.env);
  renameSync(folder, `${folder}-moved`);
  symlinkSync(`${folder}-moved`, folder);
  appendFileSync(files.paths.env, 'A=b');
  expect(files.read('linux').some(({ type }) => type === 'set-env')).toBe(false);
});

it('go when there is time, and the next ones are there by then', () => {
  rmSync(files.paths.env);
  mkdirSync(files.paths.env);
  files.giveBack();
  all.useTime();
  expect(Object.values(files.paths).some((path) => existsSync(path))).toBe(false);
  const there = readdirSync(dirname(files.paths.env));
  expect(there).toHaveLength(Object.keys(files.paths).length);
  const next = all.take();
  expect(
    Object.values(next.paths)
      .map((path) => basename(path))
      .toSorted(),
  ).toEqual(there.toSorted());
  expect(all.take().paths.env).not.toBe(next.paths.env);
});

it.each<readonly [string, (directory: string) => void]>([
  ['removed', (directory) => rmSync(directory, { recursive: true })],
  ['written to', (directory) => appendFileSync(join(directory, readdirSync(directory)[0] ?? ''), 'A=b\n')],
])('made in advance and %s since are made again', (_, change) => {
  files.giveBack();
  all.useTime();
  change(dirname(files.paths.env));
  const next = all.take();
  expect(Object.values(next.paths).map((path) => readFileSync(path, 'utf8'))).toEqual(['', '', '', '', '']);
});
