/** Further attempts: what they find, what is kept of those before, and when there are none. */
import { expect, it } from 'vitest';
import { attemptsOf, branchesOf, createRepository, endings, eventsOf, finished, orch, taskOf } from './rig/index.ts';

it('the third attempt succeeds; each starts from a clean tree, and what the others left is kept', async () => {
  const command = [
    'test ! -e leftover.txt',
    'test -z "$(git status --porcelain)"',
    'echo "attempt $ORCH_ATTEMPT" > leftover.txt',
    'echo changed >> README.md',
    'if [ "$ORCH_ATTEMPT" = 2 ]; then git commit -qam "own commit" --author "T <t@example.com>"; fi',
    'test "$ORCH_ATTEMPT" = 3',
  ].join('\n');
  const env = { GIT_COMMITTER_NAME: 'T', GIT_COMMITTER_EMAIL: 't@example.com' };
  const repo = createRepository({
    config: { tasks: [{ name: 'flaky', retries: 3, retry_delay: '10ms', env, command }] },
  });
  const { exitCode, events, run } = await orch(repo, ['run']);
  expect(exitCode).toBe(0);
  const attempts = attemptsOf(events, 'flaky');
  expect(attempts.map(({ attempt, exitCode: code, failure }) => [attempt, code, failure?.code])).toEqual([
    [1, 1, 'exit-code'],
    [2, 1, 'exit-code'],
    [3, 0, undefined],
  ]);
  expect(eventsOf(events, 'attempt.delayed').map(({ attempt }) => attempt)).toEqual([2, 3]);
  const { start, result, attempts: made } = taskOf(events, 'flaky');
  expect(made).toBe(3);
  expect(repo.git('show', `${result}:leftover.txt`)).toBe('attempt 3');
  expect(repo.git('rev-list', '--count', `${start}..${result}`)).toBe('1');
  expect(repo.git('show', `${attempts[0]?.leftovers}:leftover.txt`)).toBe('attempt 1');
  expect(repo.git('show', `${attempts[1]?.leftovers}:leftover.txt`)).toBe('attempt 2');
  expect(repo.git('log', '--format=%s', `${start}..${attempts[1]?.leftovers}`)).toContain('own commit');
  // Named by branches, so that no garbage collection takes them.
  for (const { leftovers } of attempts.slice(0, 2))
    expect(repo.git('branch', '--contains', String(leftovers))).not.toBe('');
  expect(branchesOf(repo).filter((branch) => branch.startsWith(`orch/${run}/`))).toEqual([`orch/${run}/flaky`]);
});

it('retry_from: last goes on with what the last attempt left', async () => {
  const repo = createRepository({
    config: {
      tasks: [
        {
          name: 'steady',
          retries: 2,
          retry_delay: '10ms',
          retry_from: 'last',
          command: 'echo line >> lines.txt; test "$(wc -l < lines.txt)" = 3',
        },
      ],
    },
  });
  const { exitCode, events } = await orch(repo, ['run']);
  expect(exitCode).toBe(0);
  expect(attemptsOf(events, 'steady').map(({ leftovers }) => leftovers)).toEqual([undefined, undefined, undefined]);
  expect(repo.git('show', `${taskOf(events, 'steady').result}:lines.txt`)).toBe('line\nline\nline');
});

it('retry_on: only what it names is tried again; the last failure is the one that is told', async () => {
  const repo = createRepository({
    config: {
      defaults: { retries: 2, retry_delay: '10ms' },
      tasks: [
        { name: 'by-code', retry_on: [75], command: 'exit $((76 - ORCH_ATTEMPT))' },
        { name: 'wrong-code', retry_on: [75], command: 'exit 9' },
        {
          name: 'by-name',
          retry_on: ['empty'],
          changes: 'required',
          command: 'if [ "$ORCH_ATTEMPT" = 2 ]; then echo x > x; fi',
        },
        { name: 'used-up', command: 'exit "$ORCH_ATTEMPT"' },
      ],
    },
  });
  const { exitCode, events } = await orch(repo, ['run']);
  expect(exitCode).toBe(1);
  const made = (leg: string): readonly (number | undefined)[] =>
    attemptsOf(events, leg).map(({ exitCode: code }) => code);
  expect({
    byCode: made('by-code'),
    wrong: made('wrong-code'),
    byName: made('by-name'),
    used: made('used-up'),
  }).toEqual({
    byCode: [75, 74],
    wrong: [9],
    byName: [0, 0],
    used: [1, 2, 3],
  });
  expect(endings(events)).toEqual({
    'by-code': 'exit-code',
    'wrong-code': 'exit-code',
    'by-name': 'success',
    'used-up': 'exit-code',
  });
  expect(finished(events, 'used-up').failure?.message).toContain('exit code 3');
});
