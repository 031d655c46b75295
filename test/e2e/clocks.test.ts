/** The clocks of an attempt, and what they make of processes that will not listen. */
import { expect, it } from 'vitest';
import {
  attemptsOf,
  createRepository,
  endings,
  finished,
  orch,
  startOrch,
  type TaskSource,
  taskOf,
} from './rig/index.ts';

/** Each waits for a note that nobody leaves. */
const CASES: readonly { readonly task: TaskSource; readonly ends: string }[] = [
  { task: { name: 'endless', timeout: '400ms', command: 'echo begun; await-note never' }, ends: 'timeout' },
  {
    task: {
      name: 'polite',
      timeout: '400ms',
      command: 'trap "echo bye; exit 0" TERM; echo x > work.txt; await-note never & wait',
    },
    ends: 'timeout',
  },
  {
    task: {
      name: 'chatty',
      timeout: '600ms',
      idle_timeout: '10s',
      command: 'while :; do echo again; await-note-briefly; done',
    },
    ends: 'timeout',
  },
  {
    task: { name: 'silent', timeout: '1m', idle_timeout: '600ms', command: 'echo begun; await-note-cheaply' },
    ends: 'idle-timeout',
  },
  {
    task: { name: 'mute', timeout: '1m', startup_timeout: '400ms', command: 'echo x > work.txt; await-note never' },
    ends: 'startup-timeout',
  },
  {
    task: { name: 'spoke', timeout: '1m', startup_timeout: '2s', command: 'echo hello; await-note spoken-late' },
    ends: 'success',
  },
];

/** A wait that costs next to nothing and one that a loop may repeat; plain programs, as agents use them. */
const FILES = {
  'await-note-cheaply': '#!/bin/sh\nexec tail -f /dev/null\n',
  'await-note-briefly': '#!/bin/sh\nexec sleep 0.05\n',
};

it('each clock ends what it is for', async () => {
  const tasks = CASES.map(({ task }) => ({
    ...task,
    command: task.command.replace(/await-note-(cheaply|briefly)/g, 'sh ./$&'),
  }));
  const repo = createRepository({ files: FILES, config: { max_parallel: 6, tasks } });
  const started = startOrch(repo, ['run']);
  // Past the startup clock of the one that spoke in time.
  await started.event('job.finished', ({ leg }) => leg === 'mute');
  repo.tell('spoken-late');
  const { exitCode, events } = await started.ended;
  expect(endings(events)).toEqual(Object.fromEntries(CASES.map(({ task, ends }) => [task.name, ends])));
  expect(exitCode).toBe(1);

  // It said 0 when it was asked to end: a claim, and no success.
  const polite = taskOf(events, 'polite');
  expect(polite.verdict.evidence.slice(0, 2)).toEqual([
    { check: 'exit', ok: true, seen: 'exit code 0' },
    { check: 'ended-by-orch', ok: false, seen: 'timeout' },
  ]);
  expect(repo.read('logs/polite.log')).toContain('bye');
  expect(repo.git('show', `${polite.tip}:work.txt`)).toBe('x');
  expect(polite.result).toBe(polite.start);
  expect(attemptsOf(events, 'endless')[0]).toMatchObject({ signal: 'SIGTERM' });
  expect(finished(events, 'endless').failure?.message).toContain('0.4s');
});

it('silence alone is not idleness: work on files and use of the processor go on', async () => {
  const idle = { timeout: '1m', idle_timeout: '900ms' };
  const repo = createRepository({
    config: {
      max_parallel: 2,
      tasks: [
        { name: 'writer', ...idle, command: 'for i in $(seq 12); do echo $i > progress.txt; sleep 0.25; done' },
        { name: 'thinker', ...idle, command: `node -e 'const end = Date.now() + 3000; while (Date.now() < end);'` },
      ],
    },
  });
  const { exitCode, events } = await orch(repo, ['run']);
  expect(endings(events)).toEqual({ writer: 'success', thinker: 'success' });
  expect(exitCode).toBe(0);
});

it('a process that ignores SIGTERM is ended after the grace, and its work is kept', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        {
          name: 'deaf',
          timeout: '300ms',
          command: `trap '' TERM; echo x > work.txt; until [ -e never ]; do sleep 0.1; done`,
        },
      ],
    },
  });
  const { exitCode, events } = await orch(repo, ['run']);
  expect(endings(events)).toEqual({ deaf: 'timeout' });
  expect(exitCode).toBe(1);
  expect(attemptsOf(events, 'deaf')[0]).toMatchObject({ signal: 'SIGKILL' });
  expect(repo.git('show', `${taskOf(events, 'deaf').tip}:work.txt`)).toBe('x');
});
