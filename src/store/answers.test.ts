import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { leaveAnswer, takeAnswers } from './answers.ts';
import { describeSelf } from './lock-info.ts';
import { probeProcesses } from './process-probe.ts';
import { createRunDirectory } from './run-directory.ts';
import { temporaryLayout } from './testing/temporary-layout.ts';

function createRun() {
  return createRunDirectory(temporaryLayout(), describeSelf('20261122-204512-aaaa', probeProcesses(), new Date()));
}

it('is taken once by whoever it was left for', () => {
  const run = createRun();
  expect(takeAnswers(run)).toEqual([]);
  leaveAnswer(run, { leg: 'build+1', how: 'retry' });
  leaveAnswer(run, { leg: 'call.inner', how: 'abort' });
  expect(takeAnswers(run)).toEqual([
    { leg: 'call.inner', how: 'abort' },
    { leg: 'build+1', how: 'retry' },
  ]);
  expect(takeAnswers(run)).toEqual([]);
});

it('is neither taken from nor left behind a link', () => {
  const run = createRun();
  const outside = mkdtempSync(join(tmpdir(), 'orch-answers-'));
  try {
    writeFileSync(join(outside, 'retry-me'), '');
    mkdirSync(run.directory, { recursive: true });
    symlinkSync(outside, join(run.directory, 'answers'));
    expect(takeAnswers(run)).toEqual([]);
    expect(() => leaveAnswer(run, { leg: 'a', how: 'retry' })).toThrow('symlink');
    expect(readdirSync(outside)).toEqual(['retry-me']);
  } finally {
    rmSync(outside, { recursive: true });
  }
});
