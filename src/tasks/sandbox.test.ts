import { expect, it } from 'vitest';
import { MachineError } from '../shared/failure.ts';
import { readRun } from './record.ts';
import { settled } from './testing/fake-clock.ts';
import { createRig } from './testing/rig.ts';
import { readWarnings } from './warnings.ts';

const SANDBOX = { sandbox: JSON.stringify({ image: 'node:22', network: ['a.test'], memory: '512m' }) };

async function start(inputs: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}) {
  const rig = createRig({ env: { HOME: '/home/me', ...env }, files: { 'docs/p.md': 'p' } });
  await rig.prepare();
  const result = rig.run({ command: 'agent', ...SANDBOX, ...inputs });
  return { rig, result };
}

it('has the command and its check, and nothing else', async () => {
  const { rig, result } = await start(
    { verify: 'make', environment: 'A', shell: 'python', prompt: 'docs/p.md' },
    { A: '1' },
  );
  (await rig.sandboxes.processes.next()).exit(0);
  (await rig.sandboxes.processes.next()).exit(0);
  expect(await result).toMatchObject({ outcome: 'success' });
  expect(rig.processes.started).toEqual([]);
  expect(rig.sandboxes.opened).toMatchObject([
    {
      settings: { image: 'node:22', pids: 512 },
      tree: '/work-tree',
      branch: 'orch/r1/api',
      start: rig.repository.root,
    },
  ]);
  const [command, verify] = rig.sandboxes.requests;
  const [output] = command?.writes ?? [];
  expect(command).toMatchObject({ reads: [expect.stringContaining('/script-')], cwd: '/work-tree' });
  expect(command?.env).toEqual({
    A: '1',
    ORCH_RUN: 'r1',
    ORCH_TASK: 'api',
    ORCH_LEG: 'api',
    ORCH_ATTEMPT: '1',
    ORCH_OUTPUT: `${output}/output`,
    ORCH_PROMPT: '/work-tree/docs/p.md',
    ORCH_WORKTREE: '/work-tree',
    ORCH_START: rig.repository.root,
  });
  expect(verify).toMatchObject({ reads: [output, expect.stringContaining('/script-')], writes: [] });
  expect(rig.sandboxes.closed).toBe(1);
});

it('is one for all attempts', async () => {
  const { rig, result } = await start({ retries: '1', 'retry-delay': '0s' });
  (await rig.sandboxes.processes.next()).exit(1);
  await settled();
  await rig.clock.advance(1);
  (await rig.sandboxes.processes.next()).exit(0);
  expect(await result).toMatchObject({ outcome: 'success' });
  expect([rig.sandboxes.opened.length, rig.sandboxes.closed]).toEqual([1, 1]);
});

it('names the limits that a command ran into', async () => {
  const { rig, result } = await start();
  rig.sandboxes.reached.push('memory limit of 512 MiB');
  (await rig.sandboxes.processes.next()).exit(137);
  expect(await result).toMatchObject({
    failure: {
      code: 'exit-code',
      message: "the command ended with exit code 137; the sandbox's memory limit of 512 MiB was reached",
      hint: expect.stringContaining('more of it'),
    },
  });
  expect(readWarnings(rig.memo)).toEqual(["the command: the sandbox's memory limit of 512 MiB was reached"]);
});

it('says that a command was lost with its box', async () => {
  const { rig, result } = await start();
  const lost = 'its container ended, or the line to it broke';
  (await rig.sandboxes.processes.next()).end({ kind: 'signalled', signal: 'SIGKILL', lost });
  expect(await result).toMatchObject({
    failure: { code: 'environment-lost', message: `the command was lost: ${lost}` },
  });
});

it('names each refused host once, and counts the others', async () => {
  const { rig, result } = await start();
  const process = await rig.sandboxes.processes.next();
  const [opened] = rig.sandboxes.opened;
  for (let host = 0; host < 30; host++)
    for (const _ of [1, 2]) opened?.onRefusal(`h${host}.test:443`, 'not in the list');
  process.exit(0);
  await result;
  const warnings = readWarnings(rig.memo);
  expect(warnings[0]).toBe('the sandbox refused a connection to h0.test:443: not in the list');
  expect(warnings.slice(19)).toEqual([
    'the sandbox refused a connection to h19.test:443: not in the list',
    'the sandbox refused 20 connections to further hosts',
  ]);
  expect(rig.log()).toContain('[orch] warning: the sandbox refused a connection to h0.test:443');
});

it('is closed when a command cannot be started, and fails the task when it cannot be had', async () => {
  const { rig, result } = await start();
  (await rig.sandboxes.processes.next()).end({ kind: 'not-started', message: 'no such program' });
  expect(await result).toMatchObject({ failure: { code: 'not-started' } });
  expect(rig.sandboxes.closed).toBe(1);

  const other = createRig();
  await other.prepare();
  Object.assign(other.sandboxes, {
    open: () => Promise.reject(new MachineError({ code: 'setup-failed', message: 'the image cannot be had' })),
  });
  expect(await other.run({ command: 'agent', ...SANDBOX })).toMatchObject({ outcome: 'failure' });
  expect(readRun(other.memo)).toMatchObject({ outcome: 'failure', failure: { code: 'setup-failed' } });
});

it.each([
  ['not json', /sandbox is "not json", not host or a JSON object/],
  ['{"image":"x","network":["*"],"user":0}', /sandbox.user: must not be root; sandbox.network.0: "\*" is not/],
  ['{}', /sandbox.image: must be the name of an image/],
])('%s is no sandbox', async (sandbox, message) => {
  const { result } = await start({ sandbox });
  expect(await result).toMatchObject({ failure: { code: 'input-invalid', message: expect.stringMatching(message) } });
});
