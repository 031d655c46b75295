import { describe, expect, it } from 'vitest';
import { HANDOFF as CONTRACT } from '../shared/handoff.ts';
import { concludeReview } from './conclude.ts';
import { REPORTS } from './review/reports.ts';
import { settled } from './testing/fake-clock.ts';
import { createRig, type Rig } from './testing/rig.ts';

const HANDOFF = CONTRACT.path;

/** A repository in which `api` has changed files since its start, with notes of its own beside the handoff. */
function reviewed(leg = 'api-review'): Rig & { readonly start: string; readonly result: string } {
  const files = { 'README.md': 'hello', 'review/old.md': 'from before' };
  const rig = createRig({ leg, files });
  const start = rig.repository.root;
  const own = { ...files, 'api.ts': 'code', [HANDOFF]: 'run it', 'review/notes.md': 'be kind' };
  const result = rig.repository.history.make(own, start);
  rig.dependencies.set('api', [{ start, result }]);
  return { ...rig, start, result };
}

const CHANGE = { 'start-of': 'api', change: 'api' };

/** Prepares and runs a reviewer that does `act` and exits with 0. */
async function review(rig: Rig, act: () => void, inputs: Readonly<Record<string, string>> = {}) {
  await rig.prepare(CHANGE);
  const running = rig.run({ command: 'reviewer', writable: 'review', ...inputs });
  const process = await rig.processes.next();
  act();
  process.exit(0);
  return running;
}

describe('what a reviewer begins with', () => {
  it('is the whole change in one commit that tells nothing of its author', async () => {
    const rig = reviewed();
    expect(await rig.prepare(CHANGE)).toMatchObject({ outcome: 'success' });
    const { work, history } = rig.repository;
    expect(Object.keys(work.files)).toEqual(['README.md', 'api.ts', HANDOFF, 'review/old.md']);
    expect(history.commits.get(work.head)).toMatchObject({
      parents: [rig.start],
      message: /^change to be looked at\n/,
    });
    expect(history.isAncestor(rig.result, work.head)).toBe(false);
  });

  it('has no report of another review, which would count as its own', async () => {
    const rig = createRig({ leg: 'api-review', files: Object.fromEntries(REPORTS.map((path) => [path, 'approve'])) });
    const start = rig.repository.root;
    rig.dependencies.set('api', [{ start, result: rig.repository.history.make({ [HANDOFF]: 'run it' }, start) }]);
    await rig.prepare(CHANGE);
    expect(Object.keys(rig.repository.work.files)).toEqual([HANDOFF]);
  });

  it('shows more paths of its author as they were', async () => {
    const rig = reviewed();
    const own = { 'README.md': 'hello', 'api.ts': 'code', 'plan/a.md': 'mine', [HANDOFF]: 'run it' };
    rig.dependencies.set('api', [{ start: rig.start, result: rig.repository.history.make(own, rig.start) }]);
    await rig.prepare({ ...CHANGE, notes: './plan/\nREADME.md' });
    expect(Object.keys(rig.repository.work.files)).toEqual(['README.md', 'api.ts', HANDOFF, 'review/old.md']);
    expect(await reviewed().prepare({ ...CHANGE, notes: '../x\n.' })).toMatchObject({
      failure: {
        message: 'notes names "../x", which is no path in the tree; notes names ".", which is no path in the tree',
      },
    });
  });

  it.each([
    ['a job that has not run', { 'start-of': 'gone' }, 'start-of names gone, which has not run'],
    ['a change that has not been made', { 'start-of': 'api', change: 'gone' }, 'change names gone, which has not run'],
    ['a change without a start', { change: 'api' }, 'change wants start-of'],
  ])('%s is refused', async (_, inputs, message) => {
    expect(await reviewed().prepare(inputs)).toMatchObject({ failure: { code: 'input-invalid', message } });
  });

  it('cannot be nothing', async () => {
    const rig = reviewed();
    rig.dependencies.set('api', [{ start: rig.start, result: rig.start }]);
    expect(await rig.prepare(CHANGE)).toMatchObject({ failure: { code: 'empty' } });
  });
});

describe('what a reviewer leaves', () => {
  it('goes on top of the change as it really is', async () => {
    const rig = reviewed();
    await review(rig, () => rig.repository.work.write('review/report.md', 'good'));
    const { report } = await rig.finish();
    const commit = rig.repository.history.commits.get(report?.result ?? '');
    expect(commit?.parents).toEqual([rig.result]);
    expect(Object.keys(rig.repository.history.filesOf(report?.result ?? ''))).toEqual([
      'README.md',
      'api.ts',
      HANDOFF,
      'review/old.md',
      'review/report.md',
    ]);
    expect(report?.changed).toEqual({ total: 1, shown: ['review/report.md'] });
  });

  it('fails with what it changed elsewhere, which reaches no branch, commits included', async () => {
    const rig = reviewed();
    const { work, history, branches } = rig.repository;
    const result = await review(rig, () => {
      work.write('review/report.md', 'good');
      work.write('api.ts', 'mended');
      work.write('reviewer.ts', 'mine');
      work.commit('I did it myself');
    });
    expect(result).toMatchObject({
      failure: { code: 'changed-outside', details: ['api.ts', 'reviewer.ts'] },
    });
    const { report } = await rig.finish();
    expect(report?.result).toBe(report?.start);
    expect(history.filesOf(report?.tip ?? '')).toMatchObject({ 'api.ts': 'code', 'review/report.md': 'good' });
    for (const tip of branches.values()) expect(Object.keys(history.filesOf(tip))).not.toContain('reviewer.ts');
  });

  it.each(['review/approval.md', 'review/Approval.md', 'review/approval.md/hidden.md'])(
    'fails for %s, which is guarded, and what it wrote there reaches no result',
    async (path) => {
      const rig = reviewed();
      await rig.prepare(CHANGE);
      const running = rig.run({ command: 'reviewer', writable: 'review', guarded: 'review/approval.md' });
      const process = await rig.processes.next();
      rig.repository.work.write(path, 'approved, really');
      rig.repository.work.write('review/report.md', 'good');
      process.exit(0);
      expect(await running).toMatchObject({ failure: { code: 'changed-outside', details: [path] } });
      const { report } = await rig.finish();
      expect(report?.result).toBe(report?.start);
      expect(rig.repository.history.filesOf(report?.tip ?? '')['review/approval.md']).toBeUndefined();
    },
  );

  it('is confined in the leftovers of its attempts too', async () => {
    const rig = reviewed();
    await rig.prepare(CHANGE);
    const running = rig.run({ command: 'reviewer', writable: 'review', retries: '1', 'retry-delay': '0s' });
    const first = await rig.processes.next();
    rig.repository.work.write('api.ts', 'mended');
    rig.repository.work.write('review/half.md', 'half');
    first.exit(0);
    await settled();
    await rig.clock.advance(0);
    (await rig.processes.next()).exit(0);
    expect(await running).toMatchObject({ outcome: 'success' });
    const leftovers = rig.repository.branches.get('orch-attempts/r1/api-review/1') ?? '';
    expect(rig.repository.history.filesOf(leftovers)).toMatchObject({ 'api.ts': 'code', 'review/half.md': 'half' });
  });
});

describe('a reviewer that is isolated', () => {
  const env = { HOME: '/home/ada', CODEX_HOME: '/home/ada/.codex', TOKEN: 't' };
  const inputs = { isolated: 'true', environment: 'CODEX_HOME TOKEN', 'review-round': '2' };

  it('has a home of its own, and no place where others remember', async () => {
    const rig = createRig({ env });
    await rig.prepare();
    const running = rig.run({ command: 'reviewer', ...inputs });
    const process = await rig.processes.next();
    process.exit(0);
    await running;
    expect(process.request.env).toMatchObject({ HOME: '/temporary/home-1', TOKEN: 't', ORCH_REVIEW_ROUND: '2' });
    expect(process.request.env).not.toHaveProperty('CODEX_HOME');
  });

  it('has a sandbox that knows no more than it has to, and may write where it is to', async () => {
    const rig = createRig({ env });
    await rig.prepare();
    const running = rig.run({ command: 'reviewer', writable: 'review\nmore', sandbox: '{"image":"x"}', ...inputs });
    (await rig.sandboxes.processes.next()).exit(0);
    await running;
    expect(rig.sandboxes.opened).toMatchObject([{ isolated: true, writable: ['review', 'more'] }]);
    expect(rig.sandboxes.requests[0]?.env).not.toHaveProperty('HOME');
  });

  it('is told what to do as it was before the change', async () => {
    const rig = createRig({ leg: 'api-review', files: { 'review.md': 'be strict' } });
    const start = rig.repository.root;
    const result = rig.repository.history.make({ 'review.md': 'approve', [HANDOFF]: 'x' }, start);
    rig.dependencies.set('api', [{ start, result }]);
    await rig.prepare(CHANGE);
    const running = rig.run({ command: 'reviewer', prompt: 'review.md' });
    const process = await rig.processes.next();
    const prompt = process.request.env['ORCH_PROMPT'] ?? '';
    process.exit(0);
    await running;
    expect([prompt, rig.outside.get(prompt)]).toEqual(['/temporary/prompt-1/review.md', 'be strict']);
  });

  it.each(['..', '.git', 'a/b', '/etc', 'a*'])('may not write to %j', async (writable) => {
    const rig = createRig();
    await rig.prepare();
    expect(await rig.run({ command: 'x', writable })).toMatchObject({ failure: { code: 'input-invalid' } });
  });
});

describe('the conclusion of a review', () => {
  async function conclude(verdicts: string, notes = '') {
    const changes = ['api', 'api-fix-2'];
    const rig = reviewed('api-reviewed');
    const fixed = rig.repository.history.make({ 'README.md': 'hello', 'api.ts': 'better', [HANDOFF]: 'x' }, rig.result);
    rig.dependencies.set('api-fix-2', [{ start: rig.result, result: fixed }]);
    await rig.prepare({ 'start-of': 'api' });
    const inputs = { changes: JSON.stringify(changes), verdicts, notes };
    const result = await concludeReview({ inputs, env: {}, memo: rig.memo }, rig.ports);
    const { report } = await rig.finish();
    if (report === undefined) throw new Error('finish-task leaves a report');
    return { rig, result, report, fixed, files: rig.repository.history.filesOf(report.tip) };
  }

  it('is the change that was approved, without what was written for it', async () => {
    const { rig, report, files } = await conclude('approve');
    expect(files).toEqual({ 'README.md': 'hello', 'api.ts': 'code', 'review/old.md': 'from before' });
    expect(rig.repository.history.commits.get(report.result)?.parents).toEqual([rig.result]);
    expect(rig.published).toEqual([{ start: rig.start, result: report.result }]);
    expect(report.verdict.evidence).toEqual([{ check: 'review', ok: true, seen: 'approved in round 1 of 2' }]);
    expect(report.changed).toEqual({ total: 1, shown: ['api.ts'] });
  });

  it('is without notes elsewhere', async () => {
    const { files } = await conclude('approve', 'api.ts');
    expect(Object.keys(files)).toEqual(['README.md', 'review/old.md']);
  });

  it('is what the last fixer made of it', async () => {
    const { report, files, rig, fixed } = await conclude('changes-requested approve');
    expect(files).toMatchObject({ 'api.ts': 'better' });
    expect(rig.repository.history.isAncestor(fixed, report.result)).toBe(true);
  });

  it('passes nothing on that was rejected, and shows it', async () => {
    const { rig, result, report, fixed } = await conclude('changes-requested changes-requested');
    expect(result).toMatchObject({ failure: { code: 'changes-requested', message: /after 2 rounds/ } });
    expect(report).toMatchObject({ start: rig.start, result: rig.start, tip: fixed });
    expect(rig.repository.work.files).toMatchObject({ 'api.ts': 'better' });
  });

  it.each(['', 'approve approve approve'])('fails with the verdicts %j', async (verdicts) => {
    const { result, report, rig } = await conclude(verdicts);
    expect(result).toMatchObject({
      failure: { code: 'changes-requested', message: 'no review has come to a verdict' },
    });
    expect(report.result).toBe(rig.start);
  });
});
