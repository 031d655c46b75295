import { describe, expect, test } from 'vitest';
import { summarize } from './summary.ts';
import { badNight } from './testing/bad-night.ts';
import {
  attempted,
  begun,
  createJournal,
  ended,
  logged,
  prepared,
  RUN,
  started,
  succeeded,
} from './testing/journal.ts';

describe('summarize', () => {
  test('a bad night', () => {
    expect(summarize(badNight().events)).toMatchInlineSnapshot(`
      "# FAILED: 2 of 8 tasks failed

      |           |                                                                                         |
      | --------- | --------------------------------------------------------------------------------------- |
      | counts    | 2 failed, 1 failed but allowed to, 3 skipped, 1 succeeded, 1 reused                     |
      | run       | \`20261122T000000Z-ab3f\` of \`framework-run\` (\`framework/orchestrator/orchestrator.yaml\`) |
      | when      | 2026-11-22 00:00:00 to 2026-11-22 00:05:02 UTC, 5m 02s                                  |
      | base      | \`a1b2c3d4e5f6\` (\`main\`)                                                                 |
      | policy    | 4 at once, on failure \`continue\`                                                        |
      | made by   | orch 0.1.0, node 20.19.0, git 2.39.5, linux x64, 2 CPUs                                 |
      | command   | \`orch run\`                                                                              |
      | exit code | 1                                                                                       |
      | warnings  | 1, listed below                                                                         |

      ## Next

      \`\`\`sh
      # run again what did not succeed; what did is reused
      orch run --rerun-failed 20261122T000000Z-ab3f
      # take what succeeded
      git merge orch/20261122T000000Z-ab3f/schema
      \`\`\`

      ## Failed

      ### docs

      **The command said it succeeded, and nothing was changed.** (\`empty\`) See whether it asked a question that nobody answered.

      | the command said | orch checked | held   | and saw                        |
      | ---------------- | ------------ | ------ | ------------------------------ |
      | it succeeded     | exit code    | yes    | exit code 0                    |
      |                  | changes      | **NO** | no file differs from the start |

      - took 1m 29s
      - branch \`orch/20261122T000000Z-ab3f/docs\`: 0 commits since \`a1b2c3d4e5f6\`, 0 files changed
      - worktree kept: \`/home/me/.orch/worktrees/docs\`

      \`\`\`sh
      orch logs docs
      cd /home/me/.orch/worktrees/docs
      \`\`\`

      ### api

      **Verify ended with exit code 1: \\| \\<img src=x\\> \\\`rm -rf\\\` \\[click\\](http&#58;//evil.example) &#64;everyone second line.** (\`verify-failed\`)

      - \`test/api.test.ts\`

      | the command said | orch checked | held   | and saw                         |
      | ---------------- | ------------ | ------ | ------------------------------- |
      | it succeeded     | exit code    | yes    | exit code 0                     |
      |                  | verify       | **NO** | npm test ended with exit code 1 |

      - what it is for: the HTTP interface
      - attempt 1, 58s: verify ended with exit code 1 (\`verify-failed\`); what it had changed is kept in \`111111111111\`
      - attempt 2, 58s: verify ended with exit code 1 (\`verify-failed\`); what it had changed is kept in \`222222222222\`
      - attempt 3, 58s: verify ended with exit code 1 (\`verify-failed\`)
      - took 3m 58s
      - log: \`logs/runs/20261122T000000Z-ab3f/api.log\` (2.3 MB)
      - branch \`orch/20261122T000000Z-ab3f/api\`: 1 commit since \`a1b2c3d4e5f6\`, 25 files changed
      - commit \`cccccccccccc\` \\| \\<img src=x\\> \\\`rm -rf\\\` \\[click\\](http&#58;//evil.example) &#64;everyone second line
      - changed: \`src/api/route-0.ts\`, \`src/api/route-1.ts\`, \`src/api/route-2.ts\`, \`src/api/route-3.ts\`, \`src/api/route-4.ts\`, \`src/api/route-5.ts\`, \`src/api/route-6.ts\`, \`src/api/route-7.ts\`, \`src/api/route-8.ts\`, \`src/api/route-9.ts\`, \`src/api/route-10.ts\`, \`src/api/route-11.ts\`, \`src/api/route-12.ts\`, \`src/api/route-13.ts\`, \`src/api/route-14.ts\`, \`src/api/route-15.ts\`, \`src/api/route-16.ts\`, \`src/api/route-17.ts\`, \`src/api/route-18.ts\`, \`src/api/route-19.ts\` and 5 more
      - worktree kept: \`/home/me/my project's/worktrees/api\`

      \`\`\`sh
      orch logs api
      git diff a1b2c3d4e5f6..orch/20261122T000000Z-ab3f/api
      cd '/home/me/my project'\\''s/worktrees/api'
      \`\`\`

      ## Failed, but allowed to

      ### bench

      **The command was ended after 1m 30s.** (\`timeout\`)

      - took 1m 35s

      \`\`\`sh
      orch logs bench
      \`\`\`

      ## Not run

      | name    | why                                               | where it began                                                                                                   |
      | ------- | ------------------------------------------------- | ---------------------------------------------------------------------------------------------------------------- |
      | web     | api failed                                        | api: verify ended with exit code 1: \\| \\<img src=x\\> \\\`rm -rf\\\` \\[click\\](http&#58;//evil.example) &#64;e…       |
      | deploy  | web was skipped                                   | web ← api: verify ended with exit code 1: \\| \\<img src=x\\> \\\`rm -rf\\\` \\[click\\](http&#58;//evil.example) &#64;e… |
      | nightly | its condition inputs.nightly == 'yes' was not met |                                                                                                                  |

      ## Succeeded

      | name   | evidence                               | attempts | duration | branch                              | commits | files changed | log                                          |
      | ------ | -------------------------------------- | -------- | -------- | ----------------------------------- | ------- | ------------- | -------------------------------------------- |
      | schema | exit code 0; db/\\*.sql matched 2 files | 1 of 2   | 1m 02s   | \`orch/20261122T000000Z-ab3f/schema\` | 1       | 2             | \`logs/runs/20261122T000000Z-ab3f/schema.log\` |

      ## Reused

      | name | evidence    | attempts | duration | branch                            | commits | files changed | reused from             |
      | ---- | ----------- | -------- | -------- | --------------------------------- | ------- | ------------- | ----------------------- |
      | lint | exit code 0 | 1        | 0.0s     | \`orch/20261122T000000Z-ab3f/lint\` | 0       | 0             | \`20261121T220000Z-0001\` |

      ## Warnings

      - \`stash-changed\` in \`api\`: the stash has a new entry; api and docs were active

      ## Processes

      Held together: 3 tasks by process-group + cookie.

      | name   | left behind                                         |
      | ------ | --------------------------------------------------- |
      | schema | ended 2 processes that the command had left running |

      ## Artifacts

      | name   | file                        | size  |
      | ------ | --------------------------- | ----- |
      | schema | \`artifacts/schema/dump.sql\` | 81 kB |

      ---

      Made from \`logs/runs/20261122T000000Z-ab3f/events.jsonl\`; \`orch report\` makes it again, byte for byte.
      "
    `);
  });

  test('a good night', () => {
    const journal = createJournal()
      .add(0, started([{ id: 'a' }, { id: 'b', needs: ['a'] }]))
      .add(0, ...begun('a'), prepared('a'), attempted('a', 1, 1), logged('a'), succeeded('a', 5000))
      .add(5, ...begun('b'), prepared('b'), attempted('b', 1, 1), logged('b'), succeeded('b', 7000))
      .add(12, ended('success', 0, 12_000));
    const summary = summarize(journal.events);
    expect(summary).toMatch(/^# SUCCEEDED: all 2 tasks succeeded\n/);
    expect(summary).toContain(`git merge orch/${RUN}/b\n`);
    expect(summary).not.toContain(`git merge orch/${RUN}/a\n`);
    expect(summary).not.toMatch(/^## (Failed|Not run|Warnings|Artifacts)/m);
    expect(summary).toContain('Nothing was left running.');
  });

  test('processes that could not be ended are named, whether or not others were', () => {
    const journal = createJournal().add(0, started([{ id: 'a' }, { id: 'b' }]));
    journal.add(1, ...begun('a'), succeeded('a', 1, { contained: { by: ['cookie'], reaped: 0, alive: 1 } }));
    journal.add(1, ...begun('b'), succeeded('b', 1, { contained: { by: ['cookie'], reaped: 2, alive: 2 } }));
    const summary = summarize(journal.add(2, ended('success', 0, 2000)).events);
    expect(summary).not.toContain('Nothing was left running.');
    expect(summary).toMatch(/\| a +\| could not end 1 process, which may still run +\|/);
    expect(summary).toContain('left running; could not end 2 processes, which may still run');
  });

  test('a run that crashed says so, and keeps what is known of each task', () => {
    const journal = createJournal()
      .add(
        0,
        started([
          { id: 'a', checks: ['exit', 'verify'] },
          { id: 'b', needs: ['a'] },
        ]),
      )
      .add(3, ...begun('a'), prepared('a'), attempted('a', 2, 3));
    const summary = summarize(journal.events);
    expect(summary).toMatch(/^# DID NOT FINISH: 0 of 2 tasks succeeded, 2 had no end\n/);
    expect(summary).toContain('The record ends before the run did');
    expect(summary).toContain('**It was running when the record ends.**');
    expect(summary).toContain('never came to its checks: exit, verify');
    expect(summary).toContain('attempt 2 of 3');
    expect(summary).toContain('cd /home/me/.orch/worktrees/a');
    expect(summary).toContain(`orch run --rerun-failed ${RUN}`);
    expect(summary).toMatch(/\| b +\| it had not started when the record ends \|/);
  });

  test('nothing recorded', () => {
    expect(summarize([])).toMatch(/^# DID NOT FINISH/);
  });

  test('the same events give the same bytes, read from the journal too', () => {
    const { events } = badNight();
    const again = events.map((event) => JSON.parse(JSON.stringify(event)));
    expect(summarize(again)).toBe(summarize(events));
  });

  test('500 tasks that failed: the first in full, the others in a table, nothing lost', () => {
    const jobs = Array.from({ length: 500 }, (_, i) => ({ id: `task-${i}` }));
    const journal = createJournal().add(0, started(jobs));
    for (const { id } of jobs) {
      journal.add(1, ...begun(id), {
        type: 'job.finished',
        job: id,
        leg: id,
        outcome: 'failure',
        conclusion: 'failure',
        outputs: {},
        duration: 1,
        failure: { code: 'exit-code', message: 'the command ended with exit code 3' },
      });
    }
    const summary = summarize(journal.add(2, ended('failure', 1, 2000)).events);
    expect(summary).toMatch(/^# FAILED: all 500 tasks failed\n/);
    expect(summary.match(/^### task-/gm)).toHaveLength(30);
    expect(summary).toContain('### 470 more');
    for (const { id } of jobs) expect(summary).toMatch(new RegExp(`(### |\\| )${id} *(\\n|\\|)`));
    expect(summary.split('\n').length).toBeLessThan(900);
  });

  test('hostile text leaves no control character, no open code span and no second heading', () => {
    const summary = summarize(badNight().events);
    expect(summary).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(summary.match(/^# [A-Z]/gm)).toHaveLength(1);
    expect(summary).not.toMatch(/[^\\]<img/);
  });
});
