import { describe, expect, it } from 'vitest';
import { MachineError } from '../shared/failure.ts';
import { createRig, type Rig } from './testing/rig.ts';

/** Leaves results for `job`, one leg for each commit. */
function leave(rig: Rig, job: string, ...commits: readonly string[]): void {
  rig.dependencies.set(
    job,
    commits.map((result) => ({ start: rig.repository.root, result })),
  );
}

/** A commit on the root that adds one file. */
function branchOff(rig: Rig, name: string, text = name, parent = rig.repository.root): string {
  const { history } = rig.repository;
  return history.make({ ...history.filesOf(parent), [name]: text }, parent);
}

const on = (...jobs: readonly string[]) => ({ dependencies: JSON.stringify(jobs) });

describe('where a task starts', () => {
  it('is the base when it depends on nothing', async () => {
    const rig = createRig();
    const { root } = rig.repository;
    expect(await rig.prepare()).toEqual({ outcome: 'success', outputs: { branch: 'orch/r1/api', start: root } });
    expect(rig.repository.branches.get('orch/r1/api')).toBe(root);
    expect(rig.events).toEqual([
      { type: 'task.prepared', branch: 'orch/r1/api', start: root, worktree: '/work-tree', from: [] },
    ]);
  });

  it('is the result of its only dependency', async () => {
    const rig = createRig();
    const a = branchOff(rig, 'a');
    leave(rig, 'a', a);
    expect((await rig.prepare(on('a'))).outputs['start']).toBe(a);
    expect(rig.repository.asked).toEqual([`open orch/r1/api ${a}`]);
  });

  it('holds what all have done, merged in declared order, legs in index order', async () => {
    const rig = createRig();
    const [a, b1, b2] = [branchOff(rig, 'a'), branchOff(rig, 'b1'), branchOff(rig, 'b2')];
    leave(rig, 'a', a);
    leave(rig, 'b', b1, b2);
    const { outputs } = await rig.prepare(on('b', 'a'));
    expect(Object.keys(rig.repository.work.files)).toEqual(['README.md', 'a', 'b1', 'b2']);
    const merges = rig.repository.asked.filter((line) => line.startsWith('merge'));
    expect(merges.map((line) => line.split(' ')[2])).toEqual([b2, a]);
    const commit = rig.repository.history.commits.get(outputs['start'] ?? '');
    expect(commit?.message).toBe('merge: a into api\n\nOrch-Run: r1\nOrch-Task: api\n');
    expect(rig.events[0]).toMatchObject({
      from: [
        { job: 'b', commit: b1 },
        { job: 'b', commit: b2 },
        { job: 'a', commit: a },
      ],
    });
  });

  it('does not merge in a diamond what is already there', async () => {
    const rig = createRig();
    const a = branchOff(rig, 'a');
    const [b, c] = [branchOff(rig, 'b', 'b', a), branchOff(rig, 'c', 'c', a)];
    leave(rig, 'a', a);
    leave(rig, 'b', b);
    leave(rig, 'c', c);
    await rig.prepare(on('a', 'b', 'c'));
    expect(Object.keys(rig.repository.work.files)).toEqual(['README.md', 'a', 'b', 'c']);
    expect(rig.repository.asked.filter((line) => line.startsWith('merge'))).toEqual([`merge ${b} ${c}`]);
  });

  it('does not merge the same commit twice, nor a dependency that did nothing', async () => {
    const rig = createRig();
    const a = branchOff(rig, 'a');
    leave(rig, 'a', a);
    leave(rig, 'same', a);
    leave(rig, 'idle', rig.repository.root);
    expect((await rig.prepare(on('a', 'same', 'idle'))).outputs['start']).toBe(a);
    expect(rig.events[0]).toMatchObject({ from: [{ job: 'a', commit: a }] });
  });

  it('puts a skipped dependency’s own needs in its place, each once', async () => {
    const rig = createRig();
    const [a, b, c] = [branchOff(rig, 'a'), branchOff(rig, 'b'), branchOff(rig, 'c')];
    leave(rig, 'a', a);
    leave(rig, 'b', b);
    leave(rig, 'c', c);
    const ancestors = JSON.stringify({ skipped: ['deeper', 'b'], deeper: ['a', 'b', 'deeper'] });
    await rig.prepare({ ...on('skipped', 'c', 'a'), ancestors });
    expect(rig.events[0]).toMatchObject({ from: [{ job: 'a' }, { job: 'b' }, { job: 'c' }] });
  });

  it('is the base when everything it depends on was skipped', async () => {
    const rig = createRig();
    expect((await rig.prepare(on('skipped', 'constructor'))).outputs['start']).toBe(rig.repository.root);
  });

  it('is nowhere when dependencies conflict: files and tasks of both sides are named', async () => {
    const rig = createRig();
    leave(rig, 'a', branchOff(rig, 'shared', 'from a'));
    leave(rig, 'b', branchOff(rig, 'b'));
    leave(rig, 'c', branchOff(rig, 'x'), branchOff(rig, 'shared', 'from c'));
    const result = await rig.prepare(on('a', 'b', 'c'));
    expect(result).toMatchObject({ outcome: 'failure', failure: { code: 'merge-conflict', details: ['shared'] } });
    expect(result.failure?.message).toBe(
      'what c (leg 2) changed conflicts with what a, b, c (leg 1) changed, in shared',
    );
    expect(await rig.repository.current()).toBeUndefined();
  });

  it.each([
    ['dependencies', 'a b'],
    ['dependencies', '{"a": 1}'],
    ['dependencies', '[1]'],
    ['ancestors', '["a"]'],
    ['ancestors', '{"a": "b"}'],
  ])('is not guessed when %s is %s', async (name, value) => {
    const rig = createRig();
    expect(await rig.prepare({ [name]: value })).toMatchObject({
      outcome: 'failure',
      failure: { code: 'input-invalid' },
    });
    expect(rig.repository.asked).toEqual([]);
  });

  it('is not looked for when the job is cancelled already', async () => {
    const rig = createRig();
    rig.cancel({ reason: 'fail-fast', message: 'another leg failed' });
    const cancelled = { outcome: 'cancelled', failure: { code: 'cancelled', message: 'another leg failed' } };
    expect(await rig.prepare()).toMatchObject(cancelled);
    expect(rig.repository.asked).toEqual([]);
  });
});

describe('setup', () => {
  const setup = { command: 'npm ci', timeout: 60_000 };

  it('runs in the tree, with what the task sees but secrets, and its output in the log', async () => {
    const rig = createRig({ setup, env: { A: 'a', B: 'b' } });
    const prepared = rig.prepare({ environment: 'A' });
    const process = await rig.processes.next();
    expect(process.request.argv).toEqual(['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', 'npm ci']);
    expect(process.request.cwd).toBe('/work-tree');
    expect(process.request.env).toEqual({ PATH: '/bin', A: 'a', ORCH_RUN: 'r1', ORCH_TASK: 'api', ORCH_LEG: 'api' });
    process.write('installed\n');
    process.exit(0);
    expect((await prepared).outcome).toBe('success');
    expect(rig.log()).toBe('[orch] setup: npm ci\ninstalled\n[orch] setup ended after 0.0s\n');
    expect(process.reaps).toBe(1);
  });

  it('fails the task with its reason', async () => {
    const rig = createRig({ setup });
    const prepared = rig.prepare();
    (await rig.processes.next()).exit(7);
    expect(await prepared).toMatchObject({
      outcome: 'failure',
      failure: { code: 'setup-failed', message: 'setup ended with exit code 7' },
    });
  });

  it('has a limit of its own', async () => {
    const rig = createRig({ setup });
    const prepared = rig.prepare();
    const process = await rig.processes.next();
    process.whenStopped({ kind: 'exited', code: 0 });
    await rig.clock.advance(60_000);
    expect(await prepared).toMatchObject({ outcome: 'failure', failure: { code: 'setup-failed' } });
    expect(process.stops).toEqual([10_000]);
    expect(process.reaps).toBe(1);
  });

  it('ends with the job', async () => {
    const rig = createRig({ setup });
    const prepared = rig.prepare();
    const process = await rig.processes.next();
    rig.cancel();
    expect(await prepared).toMatchObject({
      outcome: 'cancelled',
      failure: { code: 'cancelled', message: 'stopped by the user' },
    });
    expect(process.reaps).toBe(1);
  });

  it('warns of files that it changed', async () => {
    const rig = createRig({ setup });
    const prepared = rig.prepare();
    const process = await rig.processes.next();
    rig.repository.work.write('package-lock.json', '{}');
    process.exit(0);
    await prepared;
    expect(rig.events.at(-1)).toEqual({
      type: 'warning',
      code: 'setup-changed-files',
      message: 'setup changed 1 file that git does not ignore: package-lock.json',
    });
  });
});

it('lets the machine’s failure through', async () => {
  const rig = createRig();
  rig.repository.broken.set('open', new MachineError({ code: 'disk-full', message: 'no space left' }));
  await expect(rig.prepare()).rejects.toThrow('no space left');
});
