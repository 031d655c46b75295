import { describe, expect, it } from 'vitest';
import { MachineError } from '../shared/failure.ts';
import type { TaskReport } from '../shared/verdict.ts';
import { finishTask } from './finish.ts';
import { createRig, type Rig, type RigOptions } from './testing/rig.ts';

type Inputs = Readonly<Record<string, string>>;

/** Prepares a task and runs it; `act` is what its command does before it exits with `code`. */
async function work(
  act: (rig: Rig) => void = () => undefined,
  code = 0,
  options: RigOptions & { readonly inputs?: Inputs } = {},
): Promise<Rig> {
  const rig = createRig(options);
  await rig.prepare();
  const running = rig.run({ command: 'agent', ...options.inputs });
  const process = await rig.processes.next();
  act(rig);
  process.exit(code);
  await running;
  return rig;
}

const write =
  (path: string, text = path) =>
  ({ repository }: Rig) =>
    repository.work.write(path, text);

/** Finishes well and gives the report. */
async function reportOf(rig: Rig, inputs: Inputs = {}): Promise<TaskReport> {
  const { report, outcome, failure } = await rig.finish(inputs);
  expect(failure).toBeUndefined();
  expect(outcome).toBe('success');
  if (!report) throw new Error('finish-task leaves a report');
  return report;
}

const describeCommit = ({ repository }: Rig, id: string) => {
  const commit = repository.history.commits.get(id);
  return { files: repository.history.filesOf(id), parents: commit?.parents, message: commit?.message };
};

describe('a success', () => {
  it('is one commit on the start, published and on the branch', async () => {
    const rig = await work(write('a'));
    const { root, branches, asked, work: tree } = rig.repository;
    const report = await reportOf(rig, { description: 'Adds a.\nOrch-Run: forged' });
    const { result } = report;
    expect(describeCommit(rig, result)).toEqual({
      files: { 'README.md': 'hello', a: 'a' },
      parents: [root],
      message: 'task: api\n\nAdds a. Orch-Run: forged\n\nOrch-Run: r1\nOrch-Task: api\n',
    });
    expect(report).toEqual({
      branch: 'orch/r1/api',
      start: root,
      result,
      tip: result,
      commits: [{ id: result, subject: 'task: api' }],
      changed: { total: 1, shown: ['a'] },
      attempts: 1,
      verdict: {
        claim: 'success',
        evidence: [
          { check: 'exit', ok: true, seen: 'exit code 0' },
          { check: 'changes', ok: true, seen: '1 file changed' },
        ],
      },
      artifacts: [],
      contained: { by: ['process-group', 'cookie'], reaped: 0 },
      warnings: [],
    });
    expect(branches.get('orch/r1/api')).toBe(result);
    expect(rig.published).toEqual([{ start: root, result }]);
    expect(tree.closed).toBe('removed');
    // Each of these is a process or two: a trivial task must stay cheap.
    expect(asked.map((line) => line.split(' ')[0])).toEqual([
      'base',
      'open',
      'head',
      'capture',
      'changes',
      'commit',
      'setBranch',
      'close',
    ]);
  });

  it('that changed nothing is its start', async () => {
    const rig = await work();
    const { root } = rig.repository;
    expect(await reportOf(rig)).toMatchObject({
      start: root,
      result: root,
      tip: root,
      commits: [],
      changed: { total: 0, shown: [] },
    });
    expect(rig.published).toEqual([{ start: root, result: root }]);
    expect(rig.repository.asked).not.toContain('setBranch');
  });

  it('keeps the task’s own commits, and adds the rest on top', async () => {
    const rig = await work(({ repository }) => {
      repository.work.write('a', 'a');
      repository.work.commit('feat: a');
      repository.work.write('b', 'b');
    });
    const own = rig.repository.work.head;
    const report = await reportOf(rig);
    expect(describeCommit(rig, report.result)).toMatchObject({ files: { a: 'a', b: 'b' }, parents: [own] });
    expect(report.commits.map(({ subject }) => subject)).toEqual(['task: api', 'feat: a']);
    expect(report.changed).toEqual({ total: 2, shown: ['a', 'b'] });
  });

  it('is the task’s own commit when there is no rest', async () => {
    const rig = await work(({ repository }) => {
      repository.work.write('a', 'a');
      repository.work.commit('feat: a');
    });
    const own = rig.repository.work.head;
    expect(await reportOf(rig)).toMatchObject({ result: own, tip: own, warnings: [] });
    expect(rig.repository.asked.filter((line) => line.startsWith('setBranch'))).toEqual([]);
  });

  it.each([
    ['another branch', 'feature', 'the task left the branch feature checked out'],
    ['no branch', undefined, 'the task left no branch checked out'],
  ])('counts by its final tree when the task left %s', async (_, branch, warning) => {
    const rig = await work(({ repository }) => {
      repository.work.switchTo(branch);
      repository.work.write('a', 'a');
      repository.work.commit('feat: a');
    });
    const own = rig.repository.work.head;
    const report = await reportOf(rig);
    expect(report).toMatchObject({ branch: 'orch/r1/api', result: own, tip: own });
    expect(rig.repository.branches.get('orch/r1/api')).toBe(own);
    expect(report.warnings).toEqual([expect.stringContaining(warning)]);
  });

  it('is built on the start when the task has replaced history, with a warning', async () => {
    const rig = await work(({ repository }) => {
      const amended = repository.history.make({ 'README.md': 'amended' });
      repository.branches.set('orch/r1/api', amended);
      repository.work.write('README.md', 'amended');
    });
    const { root } = rig.repository;
    const report = await reportOf(rig);
    expect(describeCommit(rig, report.result)).toMatchObject({ files: { 'README.md': 'amended' }, parents: [root] });
    expect(report.warnings).toEqual([expect.stringContaining('does not contain the commit it started from')]);
    expect(rig.repository.branches.get('orch/r1/api')).toBe(report.result);
  });

  it('holds what was seen as evidence, not what verify added to it', async () => {
    const rig = createRig();
    await rig.prepare();
    const running = rig.run({ command: 'agent', verify: 'npm test' });
    const command = await rig.processes.next();
    rig.repository.work.write('a', 'a');
    command.exit(0);
    const verify = await rig.processes.next();
    rig.repository.work.write('coverage', 'x');
    verify.exit(0);
    await running;
    const report = await reportOf(rig);
    expect(rig.repository.history.filesOf(report.result)).toEqual({ 'README.md': 'hello', a: 'a' });
    expect(report.warnings).toEqual(['verify changed files; what it changed is not part of the result']);
  });

  it('is not passed on with commit: false, but is not lost', async () => {
    const rig = await work(write('a'));
    const { root, branches } = rig.repository;
    const report = await reportOf(rig, { commit: 'false' });
    expect(report).toMatchObject({ start: root, result: root, changed: { total: 1, shown: ['a'] } });
    expect(describeCommit(rig, report.tip)).toMatchObject({ files: { a: 'a' }, parents: [root] });
    expect(describeCommit(rig, report.tip).message).toMatch(/^wip: api \(not to be committed\)\n/);
    expect(branches.get('orch/r1/api')).toBe(report.tip);
    expect(rig.published).toEqual([{ start: root, result: root }]);
    expect(rig.repository.work.closed).toBe('removed');
  });

  it('is not passed on when the job was cancelled right after it', async () => {
    const rig = await work(write('a'));
    rig.cancel();
    const { report } = await finishTask({ inputs: {}, env: {}, memo: rig.memo }, rig.ports);
    expect(report).toMatchObject({ result: rig.repository.root, worktree: '/work-tree' });
    expect(report?.tip).not.toBe(rig.repository.root);
  });

  it('lists twenty changed files at most', async () => {
    const rig = await work((made) => {
      for (let index = 10; index < 40; index += 1) write(`f${index}`)(made);
    });
    const { changed } = await reportOf(rig);
    expect(changed.total).toBe(30);
    expect(changed.shown).toHaveLength(20);
  });
});

describe('a failure', () => {
  it('keeps its work at the tip, passes nothing on, and leaves the tree for inspection', async () => {
    const rig = await work(write('a'), 3);
    const { root, branches, work: tree } = rig.repository;
    const report = await reportOf(rig);
    expect(report).toMatchObject({
      start: root,
      result: root,
      worktree: '/work-tree',
      changed: { total: 1, shown: ['a'] },
    });
    expect(describeCommit(rig, report.tip)).toEqual({
      files: { 'README.md': 'hello', a: 'a' },
      parents: [root],
      message: 'wip: api (exit-code)\n\nOrch-Run: r1\nOrch-Task: api\n',
    });
    expect(branches.get('orch/r1/api')).toBe(report.tip);
    expect(rig.published).toEqual([{ start: root, result: root }]);
    expect(tree.closed).toBe('kept');
  });

  it('keeps even history that does not contain the start', async () => {
    let amended = '';
    const rig = await work(({ repository }) => {
      amended = repository.history.make({ 'README.md': 'amended' });
      repository.branches.set('orch/r1/api', amended);
      repository.work.write('b', 'b');
    }, 1);
    expect(describeCommit(rig, (await reportOf(rig)).tip).parents).toEqual([amended]);
  });

  it('leaves the tree even when nothing was changed', async () => {
    const rig = await work(undefined, 1);
    const { root } = rig.repository;
    expect(await reportOf(rig)).toMatchObject({ result: root, tip: root, commits: [], worktree: '/work-tree' });
  });

  it('says what cannot be kept', async () => {
    const rig = await work(({ repository }) => {
      repository.work.problems = [{ code: 'unsafe-tree', message: 'the link x leaves the tree' }];
    });
    expect((await reportOf(rig)).warnings).toEqual(['what is kept is not as it should be: the link x leaves the tree']);
  });

  it('of setup keeps what setup has done', async () => {
    const rig = createRig({ setup: { command: 'npm ci', timeout: 1000 } });
    const prepared = rig.prepare();
    const setup = await rig.processes.next();
    rig.repository.work.write('half', 'x');
    setup.exit(1);
    await prepared;
    const report = await reportOf(rig);
    expect(report).toMatchObject({ attempts: 0, verdict: { claim: 'none', evidence: [] }, worktree: '/work-tree' });
    expect(describeCommit(rig, report.tip).message).toMatch(/^wip: api \(failure\)\n/);
  });
});

describe('a cancelled task', () => {
  async function cancelled(act: (rig: Rig) => void): Promise<Rig> {
    const rig = createRig();
    await rig.prepare();
    const running = rig.run({ command: 'agent' });
    await rig.processes.next();
    act(rig);
    rig.cancel();
    await running;
    return rig;
  }

  it('keeps its work and its tree', async () => {
    const rig = await cancelled(write('a'));
    const report = await reportOf(rig);
    expect(describeCommit(rig, report.tip).message).toMatch(/^wip: api \(cancelled\)\n/);
    expect(report).toMatchObject({ result: rig.repository.root, worktree: '/work-tree' });
  });

  it('leaves no tree when it has changed nothing', async () => {
    const rig = await cancelled(() => undefined);
    const report = await reportOf(rig);
    expect(report.worktree).toBeUndefined();
    expect(rig.repository.work.closed).toBe('removed');
  });
});

describe('a task that never had a tree', () => {
  it('still reports and publishes where it would have started', async () => {
    const rig = createRig();
    rig.repository.broken.set('open', new MachineError({ code: 'disk-full', message: 'no space left' }));
    await expect(rig.prepare()).rejects.toThrow('no space left');
    const { root } = rig.repository;
    const report = await reportOf(rig);
    expect(report).toMatchObject({ start: root, result: root, tip: root, attempts: 0, verdict: { claim: 'none' } });
    expect(rig.published).toEqual([{ start: root, result: root }]);
  });

  it('starts at the base when it was not even prepared', async () => {
    const rig = createRig();
    expect((await reportOf(rig)).start).toBe(rig.repository.root);
  });

  it('starts at its first dependency’s result after a conflict', async () => {
    const rig = createRig();
    const { history, root } = rig.repository;
    const [a, b] = ['a', 'b'].map((text) => history.make({ x: text }, root));
    for (const [job, result] of [
      ['a', a],
      ['b', b],
    ] as const)
      rig.dependencies.set(job, [{ start: root, result: result ?? '' }]);
    await rig.prepare({ dependencies: '["a", "b"]' });
    expect((await reportOf(rig)).result).toBe(a);
  });
});

describe('setup’s own changes', () => {
  async function withSetup(act: (rig: Rig) => void): Promise<Rig> {
    const rig = createRig({ setup: { command: 'npm ci', timeout: 1000 } });
    const prepared = rig.prepare();
    const setup = await rig.processes.next();
    rig.repository.work.write('package-lock.json', '{}');
    setup.exit(0);
    await prepared;
    const running = rig.run({ command: 'agent' });
    const process = await rig.processes.next();
    act(rig);
    process.exit(0);
    await running;
    return rig;
  }

  it('alone make no commit', async () => {
    const rig = await withSetup(() => undefined);
    expect((await reportOf(rig)).result).toBe(rig.repository.root);
  });

  it('are in the commit of a task that has changed something', async () => {
    const rig = await withSetup(write('a'));
    const report = await reportOf(rig);
    expect(Object.keys(rig.repository.history.filesOf(report.result))).toEqual(['README.md', 'a', 'package-lock.json']);
    expect(report.changed).toEqual({ total: 2, shown: ['a', 'package-lock.json'] });
  });
});

describe('artifacts', () => {
  it('are kept, and missing ones named, after a failure too', async () => {
    const rig = await work(write('dist/a.js', 'text'), 1);
    const report = await reportOf(rig, { artifacts: 'dist/**\ncoverage/**' });
    expect(report.artifacts).toEqual([{ path: 'dist/a.js', bytes: 4 }]);
    expect(report.warnings).toEqual(['no file for the artifact coverage/**']);
  });
});

describe('a part that fails', () => {
  const full = new MachineError({ code: 'disk-full', message: 'no space left' });

  it.each(['commit', 'setBranch'])('of %s passes nothing on, fails the action and keeps the tree', async (call) => {
    const rig = await work(write('a'));
    rig.repository.broken.set(call, full);
    const { root, work: tree } = rig.repository;
    const { outcome, failure, report } = await rig.finish();
    expect(outcome).toBe('failure');
    expect(failure).toEqual({ code: 'disk-full', message: 'committing: no space left' });
    expect(report).toMatchObject({ result: root, worktree: '/work-tree', attempts: 1, verdict: { claim: 'success' } });
    expect(rig.published).toEqual([{ start: root, result: root }]);
    expect(tree.closed).toBe('kept');
  });

  it('does not keep the others from being tried', async () => {
    const rig = await work(write('a'), 1);
    for (const call of ['capture', 'changes', 'commits', 'close'])
      rig.repository.broken.set(call, new Error(`no ${call}`));
    const { failure, report } = await rig.finish({ artifacts: '**' });
    expect(failure).toEqual({ code: 'internal', message: 'recording the files: no capture' });
    expect(report?.artifacts).toHaveLength(2);
    expect(report?.warnings).toEqual(['removing the working tree: no close']);
    expect(report?.worktree).toBe('/work-tree');
    expect(rig.published).toHaveLength(1);
  });

  it('leaves a report even when nothing works', async () => {
    const rig = createRig();
    rig.repository.broken.set('base', full);
    expect(await rig.finish()).toMatchObject({
      outcome: 'failure',
      failure: { code: 'disk-full' },
      report: { start: '', attempts: 0 },
    });
    expect(rig.published).toEqual([]);
  });
});
