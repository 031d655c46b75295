import { expect, it } from 'vitest';
import { runChild, type StopSignal } from './child.ts';

function stopWhen(wishes: Promise<void>): StopSignal {
  return { asked: () => 0, listen: (onWish) => (void wishes.then(onWish), () => undefined) };
}

const never = stopWhen(new Promise(() => undefined));

function shell(script: string) {
  return { program: '/bin/sh', args: ['-c', script], cwd: '/', stop: never };
}

it('one that does not end in its time is asked to, and says so', async () => {
  const child = { ...shell('exec sleep 600'), patience: { limit: 50, grace: 60_000 } };
  expect(await runChild(child)).toMatchObject({ exitCode: null, isOverdue: true });
});

it('one that does not listen is killed with what it has started', async () => {
  const script = 'trap "" TERM; sh -c \'trap "" TERM; sleep 600\' & wait';
  const child = { ...shell(script), patience: { limit: 50, grace: 50 } };
  expect(await runChild(child)).toMatchObject({ exitCode: null, isOverdue: true });
});

it('one that ends in its time leaves no clock behind, and has its exit code', async () => {
  const child = { ...shell('echo out; echo err >&2; exit 3'), patience: { limit: 600_000, grace: 600_000 } };
  expect(await runChild(child)).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n', isOverdue: false });
});

it('of a long output only what is wanted is kept, lines without an end among it', async () => {
  const script =
    'i=0; while [ $i -lt 2000 ]; do echo noise $i; i=$((i+1)); done; echo wanted; head -c 300000 /dev/zero; echo; echo wanted 2';
  const { stdout } = await runChild({ ...shell(script), keep: (line) => line.startsWith('wanted') });
  expect(stdout).toBe('wanted\nwanted 2\n');
});
