import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { askVersion } from './program-version.ts';

const env = { PATH: process.env['PATH'] ?? '' };

function program(script: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'orch-version-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'tool');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

it.each([
  ['says it', 'echo "tool $1 1.2.3"; echo more', { kind: 'answered', line: 'tool --version 1.2.3' }],
  ['says it on stderr, after an empty line', 'echo; echo v2 >&2', { kind: 'answered', line: 'v2' }],
  ['waits for input, which is closed', 'cat; echo 3', { kind: 'answered', line: '3' }],
  ['says nothing', 'true', { kind: 'silent', why: 'printed no version' }],
  ['fails', 'echo no such option; exit 2', { kind: 'silent', why: 'ended with exit code 2' }],
  ['dies', 'kill -9 $$', { kind: 'silent', why: 'was ended by SIGKILL' }],
  ['leaves a child that keeps the output open', 'sleep 600 & echo 4', { kind: 'answered', line: '4' }],
  ['prints for ever', 'echo 5; yes | head -c 10000000', { kind: 'answered', line: '5' }],
])('asks a program that %s', async (_, script, answer) => {
  expect(await askVersion(program(script), { env, limit: 10_000 })).toEqual(answer);
});

it('does not wait for a program that hangs, nor for what it has started', async () => {
  const answer = await askVersion(program('setsid sleep 600 & sleep 600'), { env, limit: 100 });
  expect(answer).toEqual({ kind: 'silent', why: 'did not tell its version within 0.1 seconds' });
});

it('says why it cannot be started', async () => {
  const answer = await askVersion('/no/such/tool', { env, limit: 1000 });
  expect(answer).toEqual({ kind: 'silent', why: 'cannot be started: there is no file /no/such/tool' });
});
