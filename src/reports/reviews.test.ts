import { expect, it } from 'vitest';
import type { ReviewReport } from '../shared/verdict.ts';
import { foldRun } from './fold.ts';
import { reviewInWords } from './reviews.ts';
import { statusOf } from './status.ts';
import { renderSummary } from './summary.ts';
import { begun, createJournal, RUN, report, started, succeeded } from './testing/journal.ts';

const NONE = { blocker: 0, major: 0, minor: 0, info: 0 };

function review(over: Partial<ReviewReport> = {}): ReviewReport {
  return {
    task: 'api',
    round: 1,
    verdict: 'approve',
    findings: NONE,
    provenance: 'fresh, not isolated',
    given: { diff: 'a'.repeat(64) },
    reports: ['review/code-review-report.md', 'review/test-plan.md'],
    ...over,
  };
}

it.each<[Partial<ReviewReport>, string]>([
  [{}, 'approved'],
  [{ findings: { ...NONE, info: 1 } }, 'approved: 1 finding (1 info)'],
  [
    { round: 2, verdict: 'changes-requested', findings: { blocker: 1, major: 0, minor: 3, info: 0 } },
    'changes requested in round 2: 4 findings (1 blocker, 3 minor)',
  ],
])('says %j in words', (over, words) => {
  expect(reviewInWords({ review: review(over) })).toBe(words);
});

it('shows the verdict of the last round beside the task, and all rounds with their reports', () => {
  const asked = review({ verdict: 'changes-requested', findings: { ...NONE, blocker: 1, minor: 2 } });
  const kept = [{ path: 'review/code-review-report.md', bytes: 100 }];
  const second = { review: review({ round: 2, provenance: 'fresh' }), artifacts: kept };
  const journal = createJournal()
    .add(0, started([{ id: 'api' }, { id: 'api-review' }, { id: 'api-review-2' }, { id: 'web' }]))
    .add(1, ...begun('api'), succeeded('api', 1000))
    .add(2, ...begun('api-review'), succeeded('api-review', 1000, { review: asked }))
    .add(3, ...begun('api-review-2'), succeeded('api-review-2', 1000, second))
    .add(4, ...begun('web'), succeeded('web', 1000));
  const view = foldRun(journal.events);
  expect(view.legs.map(({ id, review: last }) => [id, last?.round])).toEqual([
    ['api', 2],
    ['api-review', 1],
    ['api-review-2', 2],
    ['web', undefined],
  ]);
  const summary = renderSummary(view).replace(/ +\|/g, ' |').replace(/-{3,}/g, '---');
  expect(summary).toContain(`## Reviews

| task | round | verdict | blocker | minor | context | reports |
| --- | --- | --- | --- | --- | --- | --- |
| api | 1 | **changes requested** | 1 | 2 | fresh, not isolated | \`git show orch/${RUN}/api-review:review/\` |
| api | 2 | approved | | | fresh | \`logs/runs/${RUN}/artifacts/api-review-2/review/\` |
`);
  expect(summary).toContain('| name | evidence | review | attempts |');
  expect(summary).toContain('| api | exit code 0 | approved in round 2 | 1 |');
  expect(summary).toContain('| web | exit code 0 | | 1 |');
  expect(statusOf(view, { run: RUN, lost: false }).legs.map((leg) => leg.review?.verdict)).toEqual([
    'approve',
    'changes-requested',
    'approve',
    undefined,
  ]);
});

it('knows the legs of a matrix apart, and does without the task that a record lacks', () => {
  const legs = ['api+a', 'api+b'].map((id, index) => ({
    id,
    name: id,
    index,
    matrix: null,
    continueOnError: false,
    timeoutMinutes: 1,
  }));
  const ended = (leg: string, over: Partial<ReviewReport>) => ({
    ...succeeded('api-review', 1),
    leg,
    task: report('x', { review: review(over) }),
  });
  const journal = createJournal()
    .add(0, started([{ id: 'api' }, { id: 'api-review' }]))
    .add(0, { type: 'job.expanded', job: 'api', failFast: true, legs })
    .add(
      1,
      ended('api-review+b', {}),
      ended('api-review+a', { verdict: 'changes-requested' }),
      ended('api-review+c', { task: 'gone' }),
    );
  expect(foldRun(journal.events).legs.map(({ id, review: last }) => [id, last?.verdict])).toEqual([
    ['api+a', 'changes-requested'],
    ['api+b', 'approve'],
    ['api-review', undefined],
    ['api-review+b', 'approve'],
    ['api-review+a', 'changes-requested'],
    ['api-review+c', 'approve'],
  ]);
});

it('says of a round that was not needed that it was not', () => {
  const { task: _, ...unneeded } = succeeded('api-fix-2', 1);
  const journal = createJournal()
    .add(0, started([{ id: 'api-fix-2' }, { id: 'api' }]))
    .add(1, ...begun('api-fix-2'), unneeded, ...begun('api'), succeeded('api', 1));
  const view = foldRun(journal.events);
  expect(view.legs.map((leg) => leg.unneeded)).toEqual([true, undefined]);
  expect(renderSummary(view)).toMatch(/\| api-fix-2 \| not needed +\|/);
});

it('escapes what a task could have been called', () => {
  const journal = createJournal()
    .add(0, started([{ id: 'r' }]))
    .add(1, ...begun('r'), succeeded('r', 1, { branch: 'b`|x', review: review({ task: '<img>|[x](y)' }) }));
  expect(renderSummary(foldRun(journal.events))).toContain('| \\<img\\>\\|\\[x\\](y) |');
});
