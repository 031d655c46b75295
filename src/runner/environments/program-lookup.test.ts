import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findShell, which, whyNotStartable } from './program-lookup.ts';

const scratch = mkdtempSync(join(tmpdir(), 'orch-which-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
for (const name of ['one', 'two']) {
  mkdirSync(join(scratch, name));
  writeFileSync(join(scratch, name, 'tool'), '');
  mkdirSync(join(scratch, name, 'folder'));
}
chmodSync(join(scratch, 'two', 'tool'), 0o755);
const PATH = ['nowhere', 'one', 'two'].map((name) => join(scratch, name)).join(':');

it('passes over what is not executable', () => {
  expect(which('tool', { PATH })).toBe(join(scratch, 'two', 'tool'));
  expect(which('folder', { PATH })).toBeUndefined();
  expect(which('tool', { PATH: '' }, join(scratch, 'two'))).toBe(join(scratch, 'two', 'tool'));
  expect(which('./two/tool', { PATH: '' }, scratch)).toBe(join(scratch, 'two', 'tool'));
  expect(which('sh', {})).toMatch(/\/sh$/);
});

it('finds a shell even without bash', () => {
  expect(findShell({ PATH })).toBe('/bin/sh');
  expect(findShell({ PATH: process.env['PATH'] })).toMatch(/bash$/);
});

it.each([
  ['tool', PATH, undefined],
  ['nothing', PATH, 'there is no program nothing in the PATH'],
  ['one/tool', PATH, `${join(scratch, 'one/tool')} is not executable`],
  ['./nothing', PATH, 'there is no file ./nothing'],
  ['', PATH, 'the command has no program'],
  ['x'.repeat(5000), PATH, `there is no program ${'x'.repeat(5000)} in the PATH`],
])('says why %.20s cannot be started', (program, path, expected) => {
  expect(whyNotStartable(program, { PATH: path }, scratch)).toBe(expected);
});
