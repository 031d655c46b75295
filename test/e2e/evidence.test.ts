/** A verdict is built from what can be seen, not from what a command says. */
import { expect, it } from 'vitest';
import { createRepository, endings, finished, orch, type TaskSource, taskOf, warningsOf } from './rig/index.ts';

const CASES: readonly { readonly task: TaskSource; readonly ends: string }[] = [
  { task: { name: 'liar', changes: 'required', command: 'echo "all done, tests pass"' }, ends: 'empty' },
  {
    task: { name: 'undone', changes: 'required', command: 'echo x > x; git add x; rm x; git reset -q' },
    ends: 'empty',
  },
  {
    task: { name: 'same-again', changes: 'required', command: 'cp README.md r; cat r > README.md; rm r' },
    ends: 'empty',
  },
  { task: { name: 'only-ignored', changes: 'required', command: 'mkdir -p logs; echo x > logs/x' }, ends: 'empty' },
  {
    task: {
      name: 'empty-commit',
      changes: 'required',
      command: 'git -c user.name=t -c user.email=t@t commit -q --allow-empty -m done',
    },
    ends: 'empty',
  },
  {
    task: {
      name: 'committed',
      changes: 'required',
      command: 'echo x > x; git add x; git -c user.name=t -c user.email=t@t commit -qm done',
    },
    ends: 'success',
  },
  { task: { name: 'mode-only', changes: 'required', command: 'chmod +x README.md' }, ends: 'success' },
  { task: { name: 'deleted', changes: 'required', command: 'rm README.md' }, ends: 'success' },
  {
    task: { name: 'no-file', expect: ['out/*.txt'], command: 'mkdir out; echo x > out/x.md' },
    ends: 'artifact-missing',
  },
  { task: { name: 'hollow', expect: ['out/*.txt'], command: 'mkdir out; : > out/x.txt' }, ends: 'artifact-missing' },
  { task: { name: 'not-its-own', expect: ['README.md'], command: 'true' }, ends: 'artifact-missing' },
  {
    task: {
      name: 'as-expected',
      expect: ['out/*.txt', '**/deep.md'],
      command: 'mkdir -p out/a/b; echo x > out/x.txt; echo x > out/a/b/deep.md',
    },
    ends: 'success',
  },
  { task: { name: 'unproved', verify: 'test -e proof', command: 'echo x > x' }, ends: 'verify-failed' },
  {
    task: { name: 'endless-proof', verify: 'await-note never', verify_timeout: '300ms', command: 'echo x > x' },
    ends: 'verify-timeout',
  },
  {
    task: { name: 'proved', verify: 'test -e proof; echo litter > litter', command: 'echo x > proof' },
    ends: 'success',
  },
  { task: { name: 'meddler', changes: 'forbidden', command: 'echo x > x' }, ends: 'changed' },
  {
    task: { name: 'reader', changes: 'forbidden', command: 'cat README.md; mkdir -p logs; echo x > logs/x' },
    ends: 'success',
  },
  {
    task: {
      name: 'mislabelled',
      command: 'echo "*.txt working-tree-encoding=UTF-16" > .gitattributes; printf hi > x.txt; echo y > y',
    },
    ends: 'unsafe-tree',
  },
  { task: { name: 'piped', command: 'false | cat' }, ends: 'exit-code' },
  { task: { name: 'killed', command: 'kill -KILL $$' }, ends: 'signal' },
];

it('claims and evidence', async () => {
  const repo = createRepository({ config: { tasks: CASES.map(({ task }) => task) } });
  const { exitCode, events, run } = await orch(repo, ['run']);
  expect(endings(events)).toEqual(Object.fromEntries(CASES.map(({ task, ends }) => [task.name, ends])));
  expect(exitCode).toBe(1);

  const liar = taskOf(events, 'liar').verdict;
  expect(liar.claim).toBe('success');
  expect(liar.evidence).toEqual([
    { check: 'exit', ok: true, seen: 'exit code 0' },
    { check: 'changes', ok: false, seen: 'nothing changed' },
  ]);
  expect(finished(events, 'hollow').failure?.message).toContain('out/*.txt');
  expect(finished(events, 'meddler').failure?.details).toEqual(['x']);
  // A verdict against a task keeps its work, but passes none of it on.
  const unproved = taskOf(events, 'unproved');
  expect([unproved.result, repo.git('show', `${unproved.tip}:x`)]).toEqual([unproved.start, 'x']);
  expect(finished(events, 'mislabelled').failure?.details?.[0]).toContain('x.txt: BOM is required');
  expect(repo.git('show', `orch/${run}/mislabelled:x.txt`)).toBe('hi');
  // What `verify` writes is nobody's work.
  expect(repo.git('ls-tree', '--name-only', `orch/${run}/proved`).split('\n')).not.toContain('litter');
  expect(warningsOf(events, 'verify-changed-files')).toHaveLength(1);

  const summary = repo.read('docs/orchestrator-run-summary.md');
  expect(summary).toContain('nothing has changed since the task started');
});
