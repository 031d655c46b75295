import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inspectCommands, mergeCommands, rerunCommand, shellQuote } from './commands.ts';
import { foldRun } from './fold.ts';
import { badNight } from './testing/bad-night.ts';
import { begun, createJournal, RUN, START, started, succeeded } from './testing/journal.ts';
import { nastyText } from './testing/nasty-text.ts';

describe('shellQuote', () => {
  test.each([
    ['api', 'api'],
    ['orch/run/build+a', 'orch/run/build+a'],
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['', "''"],
    ['$(rm -rf /)', "'$(rm -rf /)'"],
    ['a\nb', "$'a\\x0ab'"],
    ['\u202ex', "$'\\xe2\\x80\\xaex'"],
  ])('%j', (word, quoted) => {
    expect(shellQuote(word)).toBe(quoted);
  });

  test('bash reads back what went in, and sees one word', () => {
    const words = fc.sample(nastyText, 300).map((word) => word.replaceAll('\0', ''));
    const script = `printf '%s\\0' ${words.map(shellQuote).join(' ')}`;
    const env = { LC_ALL: 'C.UTF-8', PATH: process.env['PATH'] };
    const out = execFileSync('bash', ['--norc', '--noprofile'], { input: script, encoding: 'utf8', env });
    expect(out.split('\0').slice(0, -1)).toEqual(words);
  });
});

describe('what to type next', () => {
  const view = foldRun(badNight().events);
  const leg = (id: string) => view.legs.find((one) => one.id === id) ?? expect.fail(id);

  test.each([
    [
      'api',
      ['orch logs api', `git diff a1b2c3d4e5f6..orch/${RUN}/api`, "cd '/home/me/my project'\\''s/worktrees/api'"],
    ],
    ['docs', ['orch logs docs', 'cd /home/me/.orch/worktrees/docs']],
    ['web', []],
  ])('for %s', (id, commands) => {
    expect(inspectCommands(leg(id), view)).toEqual(commands);
  });

  test('a run of another file is rerun with it, and with the options that it was given; a workflow as it was', () => {
    expect(rerunCommand(view)).toBe(`orch run --rerun-failed ${RUN}`);
    const other = (over: object) => foldRun(createJournal().add(0, { ...started([]), ...over }).events);
    expect(rerunCommand(other({ file: 'my tasks.yaml' }))).toBe(`orch run 'my tasks.yaml' --rerun-failed ${RUN}`);
    const rerunWith = ['my tasks.yaml', '--input', 'who=you & me', '--secret', 'TOKEN'];
    expect(rerunCommand(other({ file: 'my tasks.yaml', rerunWith }))).toBe(
      `orch run 'my tasks.yaml' --input 'who=you & me' --secret TOKEN --rerun-failed ${RUN}`,
    );
    const workflow = (...command: readonly string[]) => rerunCommand(other({ kind: 'workflow', command }));
    expect(workflow('run', 'ci', '--input', 'who=Ada L')).toBe("orch run ci --input 'who=Ada L'");
    // A secret was taken out of it.
    expect(workflow('run', 'ci', '--secret', 'A=***', '-s', 'B', '--secret=C=***')).toBe(
      'orch run ci --secret A -s B --secret=C',
    );
    expect(workflow('run', 'ci', '--var', 'A=***')).toBeUndefined();
  });

  test('branches to merge: none that another one contains, through a task without changes too, none without commits', () => {
    const journal = createJournal().add(
      0,
      started([{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['b'] }, { id: 'd' }]),
    );
    for (const job of ['a', 'c']) journal.add(1, ...begun(job), succeeded(job, 1));
    for (const job of ['b', 'd']) journal.add(1, ...begun(job), succeeded(job, 1, { result: START }));
    expect(mergeCommands(foldRun(journal.events))).toEqual([`git merge orch/${RUN}/c`]);
  });

  test('branches to merge: none of a review that did not approve, though what came before it still is', () => {
    const journal = createJournal().add(
      0,
      started([
        { id: 'db' },
        { id: 'api', needs: ['db'], provisional: true },
        { id: 'api-review', needs: ['api'], provisional: true },
        { id: 'api-reviewed', needs: ['api', 'api-review'] },
      ]),
    );
    for (const job of ['db', 'api', 'api-review']) journal.add(1, ...begun(job), succeeded(job, 1));
    expect(mergeCommands(foldRun(journal.events))).toEqual([`git merge orch/${RUN}/db`]);
    journal.add(1, ...begun('api-reviewed'), succeeded('api-reviewed', 1));
    expect(mergeCommands(foldRun(journal.events))).toEqual([`git merge orch/${RUN}/api-reviewed`]);
  });
});
