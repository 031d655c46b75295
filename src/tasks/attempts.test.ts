import { describe, expect, it } from 'vitest';
import type { ActionResult } from './action.ts';
import { readRun } from './record.ts';
import { settled } from './testing/fake-clock.ts';
import { createRig, type Rig, type RigOptions } from './testing/rig.ts';
import { readWarnings } from './warnings.ts';

interface Running {
  readonly rig: Rig;
  readonly result: Promise<ActionResult>;
}

async function start(inputs: Readonly<Record<string, string>>, options: RigOptions = {}): Promise<Running> {
  const rig = createRig(options);
  await rig.prepare();
  return { rig, result: rig.run({ command: 'agent', ...inputs }) };
}

/** Lets the attempt under way change a file and end. */
async function playAttempt(rig: Rig, code: number, files: Readonly<Record<string, string>> = {}): Promise<void> {
  const process = await rig.processes.next();
  for (const [path, text] of Object.entries(files)) rig.repository.work.write(path, text);
  process.exit(code);
  await settled();
}

type Told = readonly [type: string, attempt: number, figure?: number];

function eventsOf(rig: Rig): readonly Told[] {
  return rig.events.flatMap((event): readonly Told[] => {
    if (event.type === 'attempt.started') return [[event.type, event.attempt, event.of]];
    if (event.type === 'attempt.finished') return [[event.type, event.attempt]];
    return event.type === 'attempt.delayed' ? [[event.type, event.attempt, event.delay]] : [];
  });
}

describe('attempts', () => {
  it('go on until one succeeds, with growing delays', async () => {
    const { rig, result } = await start({ retries: '3' });
    await playAttempt(rig, 1);
    await rig.clock.advance(10_000);
    await playAttempt(rig, 1);
    await rig.clock.advance(19_999);
    expect(rig.processes.started).toHaveLength(2);
    await rig.clock.advance(1);
    await playAttempt(rig, 0);
    expect((await result).outcome).toBe('success');
    expect(eventsOf(rig)).toEqual([
      ['attempt.started', 1, 4],
      ['attempt.finished', 1],
      ['attempt.delayed', 2, 10_000],
      ['attempt.started', 2, 4],
      ['attempt.finished', 2],
      ['attempt.delayed', 3, 20_000],
      ['attempt.started', 3, 4],
      ['attempt.finished', 3],
    ]);
    expect(rig.processes.started.map(({ request }) => request.env['ORCH_ATTEMPT'])).toEqual(['1', '2', '3']);
    expect(rig.processes.started.map(({ reaps }) => reaps)).toEqual([1, 1, 1]);
    expect(readRun(rig.memo)).toMatchObject({ outcome: 'success', attempts: 3 });
    expect(rig.log().split('\n').slice(0, 4)).toEqual([
      '[orch] attempt 1 of 4',
      '[orch] attempt 1 of 4 failed: the command ended with exit code 1',
      '[orch] attempt 2 starts in 10s',
      '[orch] attempt 2 of 4',
    ]);
  });

  it('end with the last one’s failure when none succeeds', async () => {
    const { rig, result } = await start({ retries: '1', 'retry-delay': '0s' });
    await playAttempt(rig, 1);
    await rig.clock.advance(0);
    await playAttempt(rig, 2);
    expect((await result).failure?.message).toBe('the command ended with exit code 2');
    expect(readRun(rig.memo)).toMatchObject({ outcome: 'failure', attempts: 2 });
  });

  it('are not repeated for a failure that is not worth it', async () => {
    const { rig, result } = await start({ retries: '5', 'retry-on': '7 timeout' });
    await playAttempt(rig, 7);
    await rig.clock.advance(10_000);
    await playAttempt(rig, 8);
    expect((await result).failure?.message).toBe('the command ended with exit code 8');
  });

  it('are repeated when the evidence was against the first', async () => {
    const { rig, result } = await start({ retries: '1', 'retry-on': 'empty', changes: 'required' });
    await playAttempt(rig, 0);
    await rig.clock.advance(10_000);
    await playAttempt(rig, 0, { a: 'a' });
    expect((await result).outcome).toBe('success');
  });

  it('have clocks of their own', async () => {
    const { rig, result } = await start({ retries: '1', timeout: '1m' });
    await rig.clock.advance(60_000);
    await rig.clock.advance(10_000);
    expect(rig.processes.started).toHaveLength(2);
    await rig.clock.advance(59_999);
    expect(rig.processes.started[1]?.stops).toEqual([]);
    await rig.clock.advance(1);
    expect((await result).failure?.code).toBe('timeout');
  });

  it('add up what had to be ended after them', async () => {
    const { rig, result } = await start({ retries: '1' });
    const first = await rig.processes.next();
    first.leave(2);
    first.exit(1);
    await settled();
    await rig.clock.advance(10_000);
    const second = await rig.processes.next();
    second.leave(1);
    second.exit(0);
    await result;
    expect(readRun(rig.memo)?.contained.reaped).toBe(3);
  });

  it('give the outputs of the last one alone', async () => {
    const { rig, result } = await start({ retries: '1', outputs: 'x y' });
    const first = await rig.processes.next();
    rig.outside.set(first.request.env['ORCH_OUTPUT'] ?? '', 'x=1');
    first.exit(1);
    await settled();
    await rig.clock.advance(10_000);
    const second = await rig.processes.next();
    expect(second.request.env['ORCH_OUTPUT']).not.toBe(first.request.env['ORCH_OUTPUT']);
    rig.outside.set(second.request.env['ORCH_OUTPUT'] ?? '', 'y=2');
    second.exit(0);
    expect((await result).outputs).toEqual({ y: '2' });
  });
});

describe('cancellation', () => {
  it('ends the wait for the next attempt, and leaves the tree as it is', async () => {
    const { rig, result } = await start({ retries: '1' });
    await playAttempt(rig, 1, { a: 'a' });
    await rig.clock.advance(5000);
    rig.cancel();
    expect(await result).toMatchObject({ outcome: 'cancelled', failure: { code: 'cancelled' } });
    expect(rig.clock.pending()).toBe(0);
    expect(rig.processes.started).toHaveLength(1);
    expect(rig.repository.work.files).toHaveProperty('a');
    expect(readRun(rig.memo)).toMatchObject({ outcome: 'cancelled', attempts: 1 });
  });

  it('of an attempt is not answered by another one', async () => {
    const { rig, result } = await start({ retries: '5' });
    await rig.processes.next();
    rig.cancel();
    expect((await result).outcome).toBe('cancelled');
    expect(eventsOf(rig)).toEqual([
      ['attempt.started', 1, 6],
      ['attempt.finished', 1],
    ]);
  });
});

describe('what a failed attempt has left', () => {
  it('is kept on a branch of its own before the next starts from a clean tree', async () => {
    const { rig, result } = await start({ retries: '1' });
    const { repository } = rig;
    await playAttempt(rig, 1, { a: 'half' });
    const commit = repository.branches.get('orch-attempts/r1/api/1') ?? '';
    expect(repository.history.filesOf(commit)).toEqual({ 'README.md': 'hello', a: 'half' });
    expect(repository.history.commits.get(commit)).toMatchObject({
      parents: [repository.root],
      message:
        'wip: api, attempt 1 (exit-code)\n\nthe command ended with exit code 1\n\nOrch-Run: r1\nOrch-Task: api\n',
    });
    expect(rig.events).toContainEqual(
      expect.objectContaining({ type: 'attempt.finished', attempt: 1, leftovers: commit }),
    );
    expect(rig.log()).toContain('[orch] what attempt 1 changed is kept on orch-attempts/r1/api/1\n');
    await rig.clock.advance(10_000);
    expect(repository.work.files).toEqual({ 'README.md': 'hello' });
    await playAttempt(rig, 0);
    expect((await result).outcome).toBe('success');
  });

  it('includes its own commits', async () => {
    const { rig, result } = await start({ retries: '1' });
    const { work, branches, history } = rig.repository;
    const process = await rig.processes.next();
    work.write('a', 'a');
    const own = work.commit('mine');
    process.exit(1);
    await settled();
    expect(history.commits.get(branches.get('orch-attempts/r1/api/1') ?? '')?.parents).toEqual([own]);
    await rig.clock.advance(10_000);
    await playAttempt(rig, 0);
    expect((await result).outcome).toBe('success');
    expect(work.head).toBe(rig.repository.root);
  });

  it('includes commits that leave the files as they were', async () => {
    const { rig, result } = await start({ retries: '1' });
    const process = await rig.processes.next();
    const own = rig.repository.work.commit('nothing but a message');
    process.exit(1);
    await settled();
    const kept = rig.repository.branches.get('orch-attempts/r1/api/1') ?? '';
    expect(rig.repository.history.commits.get(kept)?.parents).toEqual([own]);
    await rig.clock.advance(10_000);
    await playAttempt(rig, 0);
    await result;
  });

  it('is nothing when it changed nothing', async () => {
    const { rig, result } = await start({ retries: '1' });
    await playAttempt(rig, 1);
    await rig.clock.advance(10_000);
    await playAttempt(rig, 0);
    await result;
    expect([...rig.repository.branches.keys()]).toEqual(['main', 'orch/r1/api']);
  });

  it('stays in the tree with retry-from: last', async () => {
    const { rig, result } = await start({ retries: '1', 'retry-from': 'last' });
    await playAttempt(rig, 1, { a: 'half' });
    await rig.clock.advance(10_000);
    expect(rig.repository.work.files).toHaveProperty('a', 'half');
    expect(rig.repository.asked.filter((line) => line.startsWith('reset'))).toEqual([]);
    await playAttempt(rig, 0);
    expect((await result).outcome).toBe('success');
  });

  it('is named when it was a repository, which no commit can hold', async () => {
    const { rig, result } = await start({ retries: '1' });
    rig.repository.work.moved = ['/work-tree.left/1'];
    await playAttempt(rig, 1);
    await rig.clock.advance(10_000);
    await playAttempt(rig, 0);
    await result;
    expect(readWarnings(rig.memo)).toEqual([
      'an attempt had made a repository in its worktree, which was kept: /work-tree.left/1',
    ]);
  });

  it('is named when it cannot be kept whole', async () => {
    const { rig, result } = await start({ retries: '1' });
    rig.repository.work.problems = [{ code: 'unsafe-tree', message: 'the link x leaves the tree' }];
    await playAttempt(rig, 1);
    expect(rig.log()).toContain(
      'warning: the leftovers of attempt 1 are not kept as they should be: the link x leaves the tree',
    );
    rig.repository.work.problems = [];
    await rig.clock.advance(10_000);
    await playAttempt(rig, 0);
    await result;
  });
});

describe('setup', () => {
  const setup = { command: 'npm ci', timeout: 60_000 };

  it('is repeated for a clean tree when it had changed files', async () => {
    const rig = createRig({ setup, env: { KEY: 's3cret', A: 'a' } });
    const prepared = rig.prepare({ environment: 'A' });
    await playAttempt(rig, 0, { 'package-lock.json': '1' });
    await prepared;
    const result = rig.run({ command: 'agent', retries: '1', changes: 'required', environment: 'A', secrets: 'KEY' });
    await playAttempt(rig, 1, { a: 'a' });
    await rig.clock.advance(10_000);
    const again = await rig.processes.next();
    expect(again.command).toBe('npm ci');
    expect(again.request.env).toEqual(rig.processes.started[0]?.request.env);
    rig.repository.work.write('package-lock.json', '2');
    again.exit(0);
    await settled();
    await playAttempt(rig, 0);
    expect((await result).failure?.code).toBe('empty');
  });

  it('fails the task when the repetition fails', async () => {
    const rig = createRig({ setup });
    const prepared = rig.prepare();
    await playAttempt(rig, 0, { 'package-lock.json': '1' });
    await prepared;
    const result = rig.run({ command: 'agent', retries: '3' });
    await playAttempt(rig, 1);
    await rig.clock.advance(10_000);
    await playAttempt(rig, 9);
    expect((await result).failure).toEqual({ code: 'setup-failed', message: 'setup ended with exit code 9' });
    expect(readRun(rig.memo)).toMatchObject({ outcome: 'failure', attempts: 1, failure: { code: 'setup-failed' } });
  });

  it('is not repeated when it had changed nothing', async () => {
    const rig = createRig({ setup });
    const prepared = rig.prepare();
    await playAttempt(rig, 0);
    await prepared;
    const result = rig.run({ command: 'agent', retries: '1' });
    await playAttempt(rig, 1);
    await rig.clock.advance(10_000);
    await playAttempt(rig, 0);
    expect((await result).outcome).toBe('success');
    expect(rig.processes.started.map(({ command }) => command)).toEqual(['npm ci', 'agent', 'agent']);
  });
});
