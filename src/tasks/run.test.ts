import { describe, expect, it } from 'vitest';
import type { Failure } from '../shared/failure.ts';
import { MachineError } from '../shared/failure.ts';
import type { Evidence, Verdict } from '../shared/verdict.ts';
import type { ActionResult } from './action.ts';
import type { ProcessExit } from './ports.ts';
import { readRun } from './record.ts';
import type { FakeProcess } from './testing/fake-processes.ts';
import { createRig, type Rig, type RigOptions } from './testing/rig.ts';

type Inputs = Readonly<Record<string, string>>;

interface Story {
  readonly rig: Rig;
  readonly result: ActionResult;
  readonly process: FakeProcess;
  readonly evidence: readonly Evidence[];
}

/** Prepares a task and runs it; `act` plays the command, and `verify` the check when it comes to one. */
async function tell(
  inputs: Inputs,
  act: (process: FakeProcess, rig: Rig) => void,
  options: RigOptions = {},
): Promise<Story> {
  const rig = createRig(options);
  await rig.prepare();
  const running = rig.run({ command: 'agent', ...inputs });
  const process = await rig.processes.next();
  act(process, rig);
  const result = await running;
  return { rig, result, process, evidence: readRun(rig.memo)?.verdict.evidence ?? [] };
}

describe('the command', () => {
  it('runs in the tree, with its environment and nothing else, its output in the log', async () => {
    const env = { NODE_ENV: 'test', KEY: 's3cret', OTHER: 'x' };
    const { rig, process, result } = await tell(
      { 'working-directory': 'src', environment: 'NODE_ENV', secrets: 'KEY' },
      (command) => {
        command.write('working\n');
        command.exit(0);
      },
      { env, leg: 'api+linux' },
    );
    expect(result).toEqual({ outcome: 'success', outputs: {} });
    expect(process.request.cwd).toBe('/work-tree/src');
    expect(process.request.env).toEqual({
      PATH: '/bin',
      NODE_ENV: 'test',
      KEY: 's3cret',
      ORCH_RUN: 'r1',
      ORCH_TASK: 'api',
      ORCH_LEG: 'api+linux',
      ORCH_ATTEMPT: '1',
      ORCH_OUTPUT: '/temporary/output-1/output',
      ORCH_WORKTREE: '/work-tree',
      ORCH_START: rig.repository.root,
    });
    expect(rig.log()).toBe('working\n');
    expect(process.reaps).toBe(1);
  });

  it('is told where its prompt is: in the tree, or else a copy from the checkout', async () => {
    const inTree = await tell({ prompt: 'docs/a.md' }, (command) => command.exit(0), {
      files: { 'docs/a.md': 'do it' },
    });
    expect(inTree.process.request.env['ORCH_PROMPT']).toBe('/work-tree/docs/a.md');

    const rig = createRig();
    rig.outside.set('/checkout/docs/a.md', 'do it');
    await rig.prepare();
    const running = rig.run({ command: 'agent', prompt: 'docs/a.md' });
    const process = await rig.processes.next();
    expect(process.request.env['ORCH_PROMPT']).toBe('/temporary/copies/docs/a.md');
    process.exit(0);
    await running;
  });

  it('leaves nothing running, and what it had left is said', async () => {
    const { rig, result } = await tell({}, (command) => {
      command.leave(2);
      command.exit(0);
    });
    expect(result.outcome).toBe('success');
    expect(rig.events).toContainEqual({
      type: 'warning',
      code: 'left-running',
      message: 'the command left 2 processes running, which orch has ended',
    });
    expect(readRun(rig.memo)?.contained).toEqual({ by: ['process-group', 'cookie'], reaped: 2 });
  });

  it.each([
    [1, 'the command left 1 process that orch could not end; it may still run'],
    [2, 'the command left 2 processes that orch could not end; they may still run'],
  ])('warns of what could not be ended: %i', async (count, message) => {
    const { rig } = await tell({}, (command) => {
      command.stick(count);
      command.exit(0);
    });
    expect(rig.events).toContainEqual({ type: 'warning', code: 'still-running', message });
    expect(readRun(rig.memo)?.contained).toMatchObject({ alive: count });
  });

  it('is warned of variables that are not there', async () => {
    const { rig } = await tell({ environment: 'GONE ORCH_RUN' }, (command) => command.exit(0));
    expect(rig.log()).toBe(
      '[orch] warning: the variable GONE is not set here, so the task does not have it\n' +
        '[orch] warning: the variable ORCH_RUN is not for tasks, so the task does not have it\n',
    );
  });

  const refusals: readonly (readonly [string, Inputs, Partial<Failure>])[] = [
    ['a bad input', { retries: 'many' }, { code: 'input-invalid' }],
    [
      'a directory outside',
      { 'working-directory': '../x' },
      { code: 'input-invalid', message: 'working-directory "../x" leaves the working tree' },
    ],
    [
      'a prompt outside',
      { prompt: '/etc/passwd' },
      { code: 'input-invalid', message: 'prompt "/etc/passwd" leaves the working tree' },
    ],
    [
      'a prompt that is nowhere',
      { prompt: 'docs/b.md' },
      { code: 'input-invalid', message: 'prompt "docs/b.md" is not there' },
    ],
    ['a missing secret', { secrets: 'PATH KEY' }, { code: 'secret-missing', message: 'the secret KEY has no value' }],
  ];
  it.each(refusals)('does not start with %s', async (_, inputs, failure) => {
    const rig = createRig();
    await rig.prepare();
    expect(await rig.run({ command: 'agent', ...inputs })).toMatchObject({ outcome: 'failure', failure });
    expect(rig.processes.started).toEqual([]);
    expect(readRun(rig.memo)).toMatchObject({ attempts: 0, outcome: 'failure', verdict: { claim: 'none' } });
  });

  it('does not start without a working tree, nor in a cancelled job', async () => {
    expect(await createRig().run({ command: 'agent' })).toMatchObject({ failure: { code: 'input-invalid' } });
    const rig = createRig();
    await rig.prepare();
    rig.cancel();
    expect(await rig.run({ command: 'agent' })).toMatchObject({
      outcome: 'cancelled',
      failure: { message: 'stopped by the user' },
    });
    expect(rig.processes.started).toEqual([]);
  });

  it('is reaped even when what it runs on breaks, and the attempt is known of', async () => {
    const rig = createRig();
    rig.repository.broken.set('capture', new MachineError({ code: 'disk-full', message: 'no space left' }));
    await rig.prepare();
    const running = rig.run({ command: 'agent' });
    const process = await rig.processes.next();
    process.exit(0);
    await expect(running).rejects.toThrow('no space left');
    expect(process.reaps).toBe(1);
    expect(readRun(rig.memo)).toMatchObject({ attempts: 1, outcome: 'failure' });
  });
});

describe('the verdict', () => {
  const exits: readonly (readonly [string, ProcessExit, Partial<Failure>, Verdict])[] = [
    [
      'an exit code',
      { kind: 'exited', code: 3 },
      { code: 'exit-code', message: 'the command ended with exit code 3' },
      failedVerdict('failure', 'exit code 3'),
    ],
    [
      'a signal',
      { kind: 'signalled', signal: 'SIGKILL' },
      { code: 'signal', message: 'the command was ended by SIGKILL, which orch did not send' },
      failedVerdict('failure', 'signal SIGKILL'),
    ],
    [
      'no start',
      { kind: 'not-started', message: 'bash: not found' },
      { code: 'not-started', message: 'the command could not be started: bash: not found' },
      failedVerdict('none', 'not started'),
    ],
  ];
  it.each(exits)('is a failure for %s, and no more is looked at', async (_, exit, failure, verdict) => {
    const { rig, result } = await tell({ verify: 'check', expect: 'a' }, (command) => command.end(exit));
    expect(result).toMatchObject({ outcome: 'failure', failure });
    expect(readRun(rig.memo)?.verdict).toEqual(verdict);
    expect(rig.repository.asked).not.toContain('capture');
  });

  const changes: readonly (readonly [string, (rig: Rig) => void, string | undefined, string])[] = [
    ['required', () => undefined, 'empty', 'nothing changed'],
    ['required', ({ repository }) => repository.work.write('a', 'a'), undefined, '1 file changed'],
    ['required', ({ repository }) => repository.work.remove('README.md'), undefined, '1 file changed'],
    ['required', ({ repository }) => commitFile(repository, 'a'), undefined, '1 file changed'],
    ['required', ({ repository }) => void repository.work.commit('empty commit'), 'empty', 'nothing changed'],
    ['forbidden', () => undefined, undefined, 'nothing changed'],
    ['forbidden', ({ repository }) => repository.work.write('a', 'a'), 'changed', '1 file changed'],
    ['forbidden', ({ repository }) => commitFile(repository, 'a'), 'changed', '1 file changed'],
    ['allowed', () => undefined, undefined, 'nothing changed'],
  ];
  it.each(changes)('with changes: %s (case %#)', async (rule, act, code, seen) => {
    const { result, evidence } = await tell({ changes: rule }, (command, rig) => {
      act(rig);
      command.exit(0);
    });
    expect(result.failure?.code).toBe(code);
    expect(evidence).toEqual([
      { check: 'exit', ok: true, seen: 'exit code 0' },
      { check: 'changes', ok: code === undefined, seen },
    ]);
  });

  it('fails when something must not be committed, whatever it claims', async () => {
    const problem: Failure = { code: 'unsafe-tree', message: 'the link x leaves the tree' };
    const { result, evidence } = await tell({ expect: 'a', verify: 'check' }, (command, { repository }) => {
      repository.work.write('a', 'a');
      repository.work.problems = [problem];
      command.exit(0);
    });
    expect(result.failure).toEqual(problem);
    expect(evidence.map(({ check, ok }) => [check, ok])).toEqual([
      ['exit', true],
      ['changes', false],
      ['verify', false],
    ]);
  });

  it('expects each pattern to match something that is not empty and was changed by the task', async () => {
    const files = { 'src/old.ts': 'old', 'docs/gone.md': 'text' };
    const act = (command: FakeProcess, { repository }: Rig) => {
      repository.work.write('src/new.ts', 'new');
      repository.work.write('empty.txt', '');
      repository.work.remove('docs/gone.md');
      command.exit(0);
    };
    const good = await tell({ expect: 'src/**\nsrc/new.ts' }, act, { files });
    expect(good.result.outcome).toBe('success');
    expect(good.evidence.slice(2)).toEqual([
      { check: 'expect', ok: true, seen: 'src/** matched 1 file' },
      { check: 'expect', ok: true, seen: 'src/new.ts matched 1 file' },
    ]);
    const bad = await tell({ expect: 'src/**\nsrc/old.ts\ndocs/**\nempty.txt' }, act, { files });
    expect(bad.result.failure).toMatchObject({
      code: 'artifact-missing',
      details: [
        'src/old.ts matched no changed file',
        'docs/** matched no changed file',
        'empty.txt matched only empty files',
      ],
    });
  });

  it('does not count what setup has changed', async () => {
    const rig = createRig({ setup: { command: 'npm ci', timeout: 1000 } });
    const prepared = rig.prepare();
    const setup = await rig.processes.next();
    rig.repository.work.write('package-lock.json', '{}');
    setup.exit(0);
    await prepared;
    const running = rig.run({ command: 'agent', changes: 'required' });
    (await rig.processes.next()).exit(0);
    expect((await running).failure?.code).toBe('empty');
  });
});

const MEBIBYTE = 1024 * 1024;

describe('outputs', () => {
  const write =
    (text: string, code = 0) =>
    (process: FakeProcess, rig: Rig) => {
      rig.outside.set(process.request.env['ORCH_OUTPUT'] ?? '', text);
      process.exit(code);
    };

  it('are the declared ones; others are ignored with a warning', async () => {
    const { rig, result, evidence } = await tell({ outputs: 'version' }, write('version=1\nother=2\n'));
    expect(result).toEqual({ outcome: 'success', outputs: { version: '1' } });
    expect(evidence[1]).toEqual({ check: 'outputs', ok: true, seen: 'version written' });
    expect(rig.log()).toContain('warning: the output "other" is not declared in outputs and is ignored');
  });

  it('are given on failure too, as on GitHub', async () => {
    const { result } = await tell({ outputs: 'version' }, write('version=1', 1));
    expect(result).toMatchObject({ outcome: 'failure', outputs: { version: '1' } });
  });

  it('warn when a declared one is not written, or the file is gone', async () => {
    const { rig, result } = await tell({ outputs: 'version' }, (process, { outside }) => {
      outside.clear();
      process.exit(0);
    });
    expect(result).toEqual({ outcome: 'success', outputs: {} });
    expect(rig.log()).toContain('warning: the declared output version was not written');
  });

  it('may fill their file', async () => {
    const { result } = await tell({ outputs: 'version' }, write(`version=${'x'.repeat(MEBIBYTE - 8)}`));
    expect(result.outcome).toBe('success');
  });

  it.each([
    ['cannot be read', 'version=1\nrubbish', 'line 2 is neither name=value nor name<<DELIMITER', { version: '1' }],
    ['are a byte too large', `version=${'x'.repeat(MEBIBYTE - 7)}`, 'it is larger than 1 MiB', {}],
    ['are too large', `version=${'é'.repeat(600_000)}`, 'it is larger than 1 MiB', {}],
  ])('fail the task when they %s', async (_, text, fault, outputs) => {
    const { result } = await tell({ outputs: 'version' }, write(text));
    expect(result).toMatchObject({ outcome: 'failure', outputs });
    expect(result.failure).toEqual({ code: 'output-invalid', message: `the output file cannot be read: ${fault}` });
  });
});

describe('verify', () => {
  async function verified(end: (process: FakeProcess, rig: Rig) => Promise<void> | void, inputs: Inputs = {}) {
    const rig = createRig();
    await rig.prepare();
    const running = rig.run({ command: 'agent', verify: 'npm test', ...inputs });
    const command = await rig.processes.next();
    rig.repository.work.write('a', 'a');
    command.exit(0);
    const verify = await rig.processes.next();
    await end(verify, rig);
    return { rig, command, verify, result: await running };
  }

  it('runs after the command, in the same place and environment', async () => {
    const { rig, command, verify, result } = await verified((process) => {
      process.write('12 passed\n');
      process.exit(0);
    });
    expect(result.outcome).toBe('success');
    expect(verify.command).toBe('npm test');
    expect(verify.request.env).toEqual(command.request.env);
    expect(verify.request.cwd).toBe(command.request.cwd);
    expect(rig.log()).toBe('[orch] verify: npm test\n12 passed\n');
    expect(rig.events).toContainEqual({ type: 'verify.started', attempt: 1 });
    expect(readRun(rig.memo)?.verdict.evidence.at(-1)).toEqual({
      check: 'verify',
      ok: true,
      seen: 'exit code 0 after 0.0s',
    });
  });

  it('fails the task, though the command claims success', async () => {
    const { rig, result } = await verified((process) => process.exit(1));
    expect(result.failure).toEqual({ code: 'verify-failed', message: 'verify ended with exit code 1' });
    expect(readRun(rig.memo)?.verdict.claim).toBe('success');
  });

  it('has a limit of its own', async () => {
    const { verify, result } = await verified(
      (process, { clock }) => {
        process.whenStopped({ kind: 'exited', code: 0 });
        return clock.advance(60_000);
      },
      { 'verify-timeout': '1m' },
    );
    expect(result.failure?.code).toBe('verify-timeout');
    expect(verify.stops).toEqual([10_000]);
    expect(verify.reaps).toBe(1);
  });

  it('ends with the job', async () => {
    const { result, verify } = await verified((_process, rig) => rig.cancel());
    expect(result).toMatchObject({ outcome: 'cancelled', failure: { code: 'cancelled' } });
    expect(verify.reaps).toBe(1);
  });

  it('does not add to the evidence: what it changes is said and left out', async () => {
    const { rig } = await verified((process, { repository }) => {
      repository.work.write('coverage.json', '{}');
      process.exit(0);
    });
    expect(rig.log()).toContain('warning: verify changed files; what it changed is not part of the result');
    expect(rig.repository.history.filesOf(readRun(rig.memo)?.left?.tree ?? '')).toEqual({
      'README.md': 'hello',
      a: 'a',
    });
  });

  it('does not run when the evidence before it is against the task', async () => {
    const { rig, evidence } = await tell({ verify: 'npm test', changes: 'required' }, (command) => command.exit(0));
    expect(rig.processes.started).toHaveLength(1);
    expect(evidence.at(-1)).toEqual({ check: 'verify', ok: false, seen: 'not run' });
  });
});

function commitFile(repository: Rig['repository'], path: string): void {
  repository.work.write(path, path);
  repository.work.commit(`add ${path}`);
}

function failedVerdict(claim: Verdict['claim'], seen: string): Verdict {
  return {
    claim,
    evidence: [
      { check: 'exit', ok: false, seen },
      { check: 'verify', ok: false, seen: 'not run' },
    ],
  };
}
