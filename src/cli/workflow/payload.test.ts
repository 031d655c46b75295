import { describe, expect, test } from 'vitest';
import { isJsonObject, type Json } from '../../workflow/index.ts';
import { makeEvent } from './event.ts';
import type { RepositoryFacts } from './facts.ts';
import { githubJson, runNumber } from './github-json.ts';

const ada = { name: 'Ada', email: 'ada@example.org' };
const commit = (id: string, message: string) => ({
  id: id.repeat(40),
  tree: 'f'.repeat(40),
  message,
  timestamp: '2026-11-22T20:00:00+00:00',
  author: ada,
  committer: ada,
});

const facts: RepositoryFacts = {
  name: 'octo/cat',
  serverUrl: 'https://github.com',
  defaultBranch: 'main',
  branch: 'feature',
  head: commit('b', 'Add tests\n\nMany of them'),
  before: 'a'.repeat(40),
  commits: [commit('b', 'Add tests\n\nMany of them')],
  base: { branch: 'main', commit: 'c'.repeat(40) },
  pushedPaths: ['src/a.ts'],
  requestedPaths: ['src/a.ts', 'docs/b.md'],
  isMerged: false,
  actor: 'ada',
};

const make = (name: string, more: Partial<Parameters<typeof makeEvent>[0]> = {}) =>
  makeEvent({ name, facts, inputs: {}, workflow: '.github/workflows/ci.yml', ...more });

function at(value: Json | undefined, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((found, key) => {
    if (Array.isArray(found)) return (found as readonly Json[])[Number(key)];
    return isJsonObject(found) ? found[key] : undefined;
  }, value);
}

describe('payloads', () => {
  test.each<[string, Record<string, Json>]>([
    [
      'push',
      {
        ref: 'refs/heads/feature',
        before: 'a'.repeat(40),
        after: 'b'.repeat(40),
        created: false,
        deleted: false,
        'head_commit.message': 'Add tests\n\nMany of them',
        'head_commit.author.email': 'ada@example.org',
        'commits.0.id': 'b'.repeat(40),
        'repository.full_name': 'octo/cat',
        'repository.name': 'cat',
        'repository.owner.login': 'octo',
        'repository.default_branch': 'main',
        'pusher.name': 'ada',
        'sender.login': 'ada',
      },
    ],
    [
      'pull_request',
      {
        action: 'opened',
        number: 1,
        'pull_request.title': 'Add tests',
        'pull_request.body': 'Many of them',
        'pull_request.head.ref': 'feature',
        'pull_request.head.sha': 'b'.repeat(40),
        'pull_request.head.repo.full_name': 'octo/cat',
        'pull_request.base.ref': 'main',
        'pull_request.base.sha': 'c'.repeat(40),
        'pull_request.draft': false,
      },
    ],
    ['release', { action: 'published', 'release.tag_name': 'feature' }],
    ['issues', { action: 'opened', 'issue.number': 1 }],
    ['issue_comment', { action: 'created', 'issue.number': 1, 'comment.body': '' }],
    ['create', { ref: 'feature', ref_type: 'branch' }],
    ['workflow_run', { action: 'completed', 'workflow_run.conclusion': 'success' }],
    ['merge_group', { action: 'checks_requested', 'merge_group.base_ref': 'refs/heads/main' }],
    ['watch', { action: 'started', 'repository.full_name': 'octo/cat' }],
    ['page_build', { 'repository.full_name': 'octo/cat' }],
  ])('of %s', (name, expected) => {
    const { payload } = make(name);
    expect(Object.fromEntries(Object.keys(expected).map((path) => [path, at(payload, path)]))).toEqual(expected);
  });

  test('of a dispatch has the inputs as texts', () => {
    const { payload } = make('workflow_dispatch', { inputs: { dry: 'true' } });
    expect(payload).toMatchObject({ inputs: { dry: 'true' }, workflow: '.github/workflows/ci.yml' });
  });

  test('of a schedule has its line', () => {
    expect(make('schedule', { cron: '0 4 * * *' }).payload).toMatchObject({ schedule: '0 4 * * *' });
  });

  test.each([
    ['pull_request', ['closed', 'labeled'], 'closed'],
    ['pull_request', ['labeled', 'opened'], 'opened'],
    // Of those that start a workflow by default, rather than the first.
    ['pull_request', ['labeled', 'synchronize'], 'synchronize'],
    ['release', ['created', 'released'], 'released'],
    ['repository_dispatch', ['go'], 'go'],
    ['repository_dispatch', [], 'orch'],
    ['push', [], undefined],
  ])('of %s for a workflow that waits for %j is about %s', (name, types, action) =>
    expect(make(name, { types }).payload['action']).toBe(action),
  );

  test.each<[string, string, Record<string, Json>]>([
    [
      'pull_request',
      'closed',
      { 'pull_request.state': 'closed', 'pull_request.merged': false, 'pull_request.merged_at': null },
    ],
    [
      'pull_request',
      'labeled',
      { 'pull_request.state': 'open', 'label.name': 'label', 'pull_request.labels.0.name': 'label' },
    ],
    ['pull_request', 'unlabeled', { 'label.name': 'label', 'pull_request.labels': [] }],
    ['pull_request', 'synchronize', { before: 'a'.repeat(40), after: 'b'.repeat(40) }],
    ['pull_request', 'review_requested', { 'requested_reviewer.login': 'ada' }],
    ['pull_request', 'converted_to_draft', { 'pull_request.draft': true }],
    ['pull_request_review', 'dismissed', { 'review.state': 'dismissed', 'pull_request.state': 'open' }],
    ['issues', 'closed', { 'issue.state': 'closed', 'issue.state_reason': 'completed' }],
    ['issues', 'assigned', { 'assignee.login': 'ada', 'issue.assignees.0.login': 'ada' }],
    ['issue_comment', 'deleted', { 'issue.state': 'open', 'comment.body': '' }],
    ['release', 'prereleased', { 'release.prerelease': true, 'release.draft': false }],
    ['release', 'unpublished', { 'release.draft': true, 'release.published_at': null }],
    ['workflow_run', 'requested', { 'workflow_run.status': 'queued', 'workflow_run.conclusion': null }],
    ['check_suite', 'completed', { 'check_suite.conclusion': 'success' }],
    ['milestone', 'closed', { 'milestone.state': 'closed' }],
  ])('of %s that is %s are in that state', (name, action, expected) => {
    const { payload } = make(name, { types: [action] });
    expect(payload['action']).toBe(action);
    expect(Object.fromEntries(Object.keys(expected).map((path) => [path, at(payload, path)]))).toEqual(expected);
  });

  test('of a pull request that is closed say that it is merged when the base has all of it', () => {
    const { payload } = make('pull_request', { types: ['closed'], facts: { ...facts, isMerged: true } });
    expect([at(payload, 'pull_request.merged'), at(payload, 'pull_request.merged_by.login')]).toEqual([true, 'ada']);
    expect(at(make('pull_request', { facts: { ...facts, isMerged: true } }).payload, 'pull_request.merged')).toBe(
      false,
    );
  });

  test('of a workflow run names the one that is waited for, so that it passes the filter', () => {
    const event = make('workflow_run', { source: 'CI' });
    expect(at(event.payload, 'workflow_run.name')).toBe('CI');
    expect(event.trigger).toMatchObject({ subject: 'CI', type: 'completed', ref: 'feature' });
  });

  test('of a tag that is pushed: it is new, and brings no commits', () => {
    const { branch: _, before: __, ...tagged } = facts;
    const event = make('push', { facts: { ...tagged, tag: 'v1', commits: [] } });
    expect(event.payload).toMatchObject({ ref: 'refs/tags/v1', created: true, before: '0'.repeat(40), commits: [] });
    expect(at(event.payload, 'compare')).toBe('https://github.com/octo/cat/compare/v1');
  });

  test('of a first commit says that its branch is new', () => {
    const { before: _, ...first } = facts;
    const { payload } = make('push', { facts: first });
    expect(payload).toMatchObject({ before: '0'.repeat(40), created: true });
  });

  test("of the user's own stays as it is, and says of whom it is", () => {
    const own = {
      action: 'closed',
      pull_request: { number: 5, head: { ref: 'x' }, base: { ref: 'v2' } },
      sender: 'me',
    };
    const event = make('pull_request', { payload: own });
    expect(event.payload).toMatchObject({ ...own, repository: { full_name: 'octo/cat' } });
    expect(event).toMatchObject({ ref: 'refs/pull/5/merge', headRef: 'x', baseRef: 'v2' });
    expect(event.trigger).toMatchObject({ type: 'closed', ref: 'v2' });
  });
});

describe('an event', () => {
  test.each<[string, Partial<RepositoryFacts>, string, string]>([
    ['push', {}, 'refs/heads/feature', 'refs/heads/feature'],
    ['pull_request', {}, 'refs/pull/1/merge', 'main'],
    ['pull_request_target', {}, 'refs/heads/main', 'main'],
  ])('%s is about its ref, and is judged by another', (name, more, ref, judged) => {
    const event = make(name, { facts: { ...facts, ...more } });
    expect([event.ref, event.trigger.ref]).toEqual([ref, judged]);
  });

  test('of a detached HEAD is about the tag there', () => {
    const { branch: _, ...detached } = facts;
    expect(make('push', { facts: { ...detached, tag: 'v1' } }).ref).toBe('refs/tags/v1');
    expect(make('push', { facts: detached }).ref).toBe('refs/heads/main');
  });

  test('pull_request_target runs what the base has', () => {
    expect(make('pull_request_target').sha).toBe(facts.base.commit);
    expect(make('pull_request').sha).toBe(facts.head.id);
  });

  test('knows the paths of a push and of a pull request apart', () => {
    expect(make('push').trigger.changedPaths).toEqual(['src/a.ts']);
    expect(make('pull_request').trigger.changedPaths).toEqual(['src/a.ts', 'docs/b.md']);
  });
});

test('the github context names refs as GitHub does', () => {
  const context = (name: string) =>
    githubJson({
      facts,
      event: make(name),
      run: '20261122-204512-k3f9',
      workflow: 'CI',
      path: '.github/workflows/ci.yml',
      token: '',
    });
  expect(context('push')).toMatchObject({
    ref: 'refs/heads/feature',
    ref_name: 'feature',
    ref_type: 'branch',
    repository_owner: 'octo',
    workflow_ref: 'octo/cat/.github/workflows/ci.yml@refs/heads/feature',
    head_ref: '',
    api_url: 'https://api.github.com',
  });
  expect(context('pull_request')).toMatchObject({ ref_name: '1/merge', head_ref: 'feature', base_ref: 'main' });
});

test('a run has a number that expressions write in full', () => {
  const number = runNumber('20261122-204512-k3f9');
  expect(number).toMatch(/^261122204512\d{3}$/);
  expect(runNumber('20261122-204512-k3fa')).not.toBe(number);
});
