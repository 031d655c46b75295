import { describe, expect, it } from 'vitest';
import { workflowOf } from './parse/testing/reading.ts';
import { judgeTrigger, type TriggerEvent } from './triggers.ts';

function judge(on: string, event: TriggerEvent): true | string {
  const { on: events } = workflowOf(`on: ${on}\njobs: { j: { runs-on: x, steps: [{ run: x }] } }`);
  const verdict = judgeTrigger(events, event);
  return verdict.starts ? true : verdict.reason;
}

const push = (ref: string, ...changedPaths: readonly string[]): TriggerEvent =>
  changedPaths.length === 0 ? { name: 'push', ref } : { name: 'push', ref, changedPaths };
const MAIN = 'refs/heads/main';
const V1 = 'refs/tags/v1';

describe('a push (O4, O6)', () => {
  it.each<[string, TriggerEvent, true | string]>([
    ['push', push(MAIN), true],
    ['push', push(V1), true],
    ['[push, release]', push(MAIN), true],
    ['release', push(MAIN), 'it does not name push'],
    ['push', { name: 'push', ref: MAIN, deleted: true }, 'a deleted ref starts nothing'],
    ['{ push: { branches: main } }', push(MAIN), true],
    ['{ push: { branches: [m*, "!main"] } }', push(MAIN), 'the branch main is filtered out'],
    ['{ push: { branches: [main] } }', push(V1), 'its filters are not about a tag'],
    ['{ push: { branches-ignore: [x] } }', push(V1), 'its filters are not about a tag'],
    ['{ push: { branches-ignore: [x] } }', push(MAIN), true],
    ['{ push: { branches-ignore: [m*] } }', push(MAIN), 'the branch main is filtered out'],
    ['{ push: { tags: [v*] } }', push(V1), true],
    ['{ push: { tags: [v*] } }', push(MAIN), 'its filters are not about a branch'],
    ['{ push: { tags-ignore: [v*], branches: [x] } }', push(V1), 'the tag v1 is filtered out'],
    ['{ push: { branches: [main], tags: [v*] } }', push(V1), true],
    ['{ push: { branches: ["releases/**"] } }', push('refs/heads/releases/1/x'), true],
    ['{ push: { paths: ["**.js"] } }', push(MAIN, 'a.ts', 'b/c.js'), true],
    ['{ push: { paths: ["**.js"] } }', push(MAIN, 'a.ts'), 'the paths that changed are filtered out'],
    ['{ push: { paths: ["**", "!docs/**"] } }', push(MAIN, 'docs/a'), 'the paths that changed are filtered out'],
    ['{ push: { paths-ignore: ["docs/**"] } }', push(MAIN, 'docs/a', 'b'), true],
    ['{ push: { paths-ignore: ["docs/**"] } }', push(MAIN, 'docs/a'), 'the paths that changed are filtered out'],
    ['{ push: { paths: [x] } }', push(MAIN), true],
    ['{ push: { paths: [x] } }', push(V1, 'y'), true],
    ['{ push: { branches: [main], paths: [x] } }', push(MAIN, 'y'), 'the paths that changed are filtered out'],
    ['{ push: { branches: [other], paths: [x] } }', push(MAIN, 'x'), 'the branch main is filtered out'],
  ])('%s and %j', (on, event, verdict) => {
    expect(judge(on, event)).toBe(verdict);
  });
});

describe('other events (O3, O4, O7, O10)', () => {
  const pull = (type: string, ref = 'main'): TriggerEvent => ({ name: 'pull_request', type, ref });

  it.each<[string, TriggerEvent, true | string]>([
    ['pull_request', pull('synchronize'), true],
    ['pull_request', pull('closed'), 'the type closed is not among opened, synchronize, reopened'],
    ['pull_request', { name: 'pull_request' }, true],
    ['{ pull_request: { types: closed } }', pull('closed'), true],
    ['{ pull_request: { types: [closed] } }', pull('opened'), 'the type opened is not among closed'],
    ['{ pull_request: { branches: [x] } }', pull('opened'), 'the branch main is filtered out'],
    [
      'pull_request_target',
      { name: 'pull_request_target', type: 'closed' },
      'the type closed is not among opened, synchronize, reopened',
    ],
    ['issues', { name: 'issues', type: 'pinned' }, true],
    ['{ merge_group: { branches: [m*] } }', { name: 'merge_group', ref: 'main', type: 'checks_requested' }, true],
    [
      '{ workflow_run: { workflows: [CI] } }',
      { name: 'workflow_run', subject: 'CI', type: 'completed', ref: 'x' },
      true,
    ],
    [
      '{ workflow_run: { workflows: [CI] } }',
      { name: 'workflow_run', subject: 'ci' },
      'the workflow ci is not among those that it names',
    ],
    [
      '{ workflow_run: { workflows: CI, branches-ignore: [x] } }',
      { name: 'workflow_run', subject: 'CI', ref: 'x' },
      'the branch x is filtered out',
    ],
    [
      '{ repository_dispatch: { types: [go] } }',
      { name: 'repository_dispatch', type: 'stop' },
      'the type stop is not among go',
    ],
    [
      '{ image_version: { names: [a*], versions: ["1.*"] } }',
      { name: 'image_version', subject: 'ab', version: '1.2' },
      true,
    ],
    ['{ image_version: { versions: ["1.*"] } }', { name: 'image_version', version: '2.0' }, '2.0 is filtered out'],
    ["{ schedule: [{ cron: '0 0 * * *' }] }", { name: 'schedule', cron: '0 0 * * *' }, true],
    ["{ schedule: [{ cron: '0 0 * * *' }] }", { name: 'schedule' }, true],
    ["{ schedule: [{ cron: '0 0 * * *' }] }", { name: 'schedule', cron: '1 1 * * *' }, 'it has no schedule 1 1 * * *'],
  ])('%s and %j', (on, event, verdict) => {
    expect(judge(on, event)).toBe(verdict);
  });
});
