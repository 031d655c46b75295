import { describe, expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from '../engine/index.ts';
import { createCauses, pathOf } from './causes.ts';
import { foldRun } from './fold.ts';
import { judgeRun } from './judge.ts';

const RUN: RunEventBody = {
  type: 'run.started',
  run: 'r',
  kind: 'workflow',
  name: 'ci',
  orch: '0',
  file: 'ci.yml',
  command: [],
  host: { node: '', git: '', platform: '', cpus: 1 },
  policy: { maxParallel: 1, onFailure: 'continue' },
  jobs: [
    { id: 'build', needs: [], definition: '' },
    { id: 'deploy', needs: ['build'], definition: '' },
    { id: 'tell', needs: ['deploy'], definition: '' },
  ],
};

function calls(leg: string): RunEventBody {
  const jobs = [
    { id: `${leg}.copy`, name: `${leg} / copy`, needs: [] },
    { id: `${leg}.check`, name: `${leg} / check`, needs: [`${leg}.copy`] },
  ];
  return { type: 'job.called', job: 'deploy', leg, file: 'd.yml', jobs };
}

function expanded(...ids: readonly string[]): RunEventBody {
  const legs = ids.map((id, index) => ({
    id,
    name: id,
    index,
    matrix: null,
    continueOnError: false,
    timeoutMinutes: 1,
  }));
  return { type: 'job.expanded', job: 'deploy', failFast: true, legs };
}

function ended(job: string, leg: string, outcome: 'success' | 'failure', message?: string): RunEventBody {
  const failure = message === undefined ? {} : { failure: { code: 'expression', message } as const };
  return { type: 'job.finished', job, leg, outcome, conclusion: outcome, outputs: {}, duration: 1, ...failure };
}

function fold(...bodies: readonly RunEventBody[]) {
  const time = '2026-01-01T00:00:00.000Z';
  return foldRun([RUN, ...bodies].map((body, index): RunEvent => ({ seq: index + 1, time, ...body })));
}

describe('calls of workflows in a report', () => {
  it('stand where their caller stood, leg by leg', () => {
    const view = fold(expanded('deploy+eu', 'deploy+us'), calls('deploy+eu'), calls('deploy+us'));
    expect(view.legs.map(({ id }) => id)).toEqual([
      'build',
      'deploy+eu.copy',
      'deploy+eu.check',
      'deploy+us.copy',
      'deploy+us.check',
      'tell',
    ]);
    expect(view.legs[1]).toMatchObject({ name: 'deploy+eu / copy', standing: 'waiting' });
  });

  it('show the caller when it failed by itself', () => {
    const view = fold(expanded('deploy'), calls('deploy'), ended('deploy', 'deploy', 'failure', 'output o is wrong'));
    expect(view.legs.map(({ id, standing }) => [id, standing])).toContainEqual(['deploy', 'failed']);
  });

  it('are where the trouble of those that need the caller began', () => {
    const view = fold(
      expanded('deploy'),
      calls('deploy'),
      ended('deploy.copy', 'deploy.copy', 'failure'),
      { type: 'job.skipped', job: 'deploy.check', reason: 'needs', result: 'skipped', message: '' },
      ended('deploy', 'deploy', 'failure'),
      { type: 'job.skipped', job: 'tell', reason: 'needs', result: 'skipped', message: '' },
    );
    const cause = createCauses(view)('tell');
    expect(cause && [pathOf(cause), cause.root.id]).toEqual([['deploy'], 'deploy.copy']);
  });

  it('a run that lacks a job which nobody served is incomplete, in so many words', () => {
    const view = fold(
      { type: 'job.skipped', job: 'build', reason: 'unserved', result: 'skipped', message: 'nobody here serves it' },
      { type: 'job.skipped', job: 'deploy', reason: 'needs', result: 'skipped', message: '' },
      { type: 'job.skipped', job: 'tell', reason: 'needs', result: 'skipped', message: '' },
      {
        type: 'run.finished',
        result: 'incomplete',
        exitCode: 4,
        duration: 1,
        totals: { success: 0, failure: 0, cancelled: 0, skipped: 3 },
      },
    );
    expect(judgeRun(view)).toEqual({ result: 'incomplete', reasons: ['One job was served by nobody here'] });
  });
});
