/** What orch asks of a review before it believes it, and what it says of one that it believes. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { createRepository, endings, finished, orch, type Repository } from './rig/index.ts';

const DEVELOPER = `set -eu
mkdir -p review src; printf 'one\\ntwo\\n' > src/add
printf '# Handoff\\n## Context\\nAdds add.\\n## Commands\\ncat src/add\\n' > review/handoff.md
`;

/** \`reviewer HOW\`: a good review, or one with a single fault. */
const REVIEWER = `set -eu
[ "$1" != lazy ] || exit 0
mkdir -p review
[ "$1" != hidden ] || echo '*-plan.md' > review/.gitignore
printf '# Plan\\n## Scope\\nadd\\n## Test cases\\n1 + 1\\n' > review/test-plan.md
[ "$1" = no-report ] || printf '# Bugs\\n## Bugs\\nNone.\\n' > review/bug-report.md
printf '# Coverage\\n## Covered\\nadd\\n## Not covered\\nNone.\\n' > review/qa-coverage.md
verdict='verdict: approve'; rows='| minor | src/add | 2 | \\033[31m<img src=x> @all |'
case "$1" in
  no-verdict) verdict='by: me' ;;
  no-line) rows='| major | src/add | 3 | Too short. |' ;;
  no-file) rows='| major | src/gone | 1 | Missing. |' ;;
  blocker) rows='| blocker | src/add | 1 | Wrong. |' ;;
esac
{ printf -- '---\\n%s\\ncontext_provenance: fresh\\nContext-Given: nothing\\n---\\n## Summary\\nRead it.\\n' "$verdict"
  printf '## Findings\\n| Severity | File | Line | Finding |\\n|---|---|---|---|\\n'; printf "$rows\\n"; } > review/code-review-report.md
`;

const FAULTS = {
  lazy: ['artifact-missing', 'review/code-review-report.md is missing; and 3 more', 'code-review-report.md'],
  hidden: [
    'artifact-missing',
    'review/test-plan.md is ignored by review/.gitignore:1 (*-plan.md), so that no commit has it: take that rule away, or add the line !/test-plan.md at the end of review/.gitignore',
    'test-plan.md',
  ],
  'no-report': ['artifact-missing', 'review/bug-report.md is missing', 'bug-report.md'],
  'no-verdict': [
    'verdict-missing',
    'review/code-review-report.md:1: the front matter has no value for verdict: approve | changes-requested',
    'code-review-report.md',
  ],
  'no-line': [
    'review-invalid',
    'review/code-review-report.md:11: the finding points to src/add, line 3, which has 2 lines',
    'code-review-report.md',
  ],
  'no-file': [
    'review-invalid',
    'review/code-review-report.md:11: the finding points to src/gone, which is not in what was reviewed',
    'code-review-report.md',
  ],
  blocker: [
    'review-invalid',
    'review/code-review-report.md:11: the verdict is approve beside a blocker',
    'code-review-report.md',
  ],
} as const;

/** A task for each way to review it, and one that leaves no handoff. */
function reviewedBy(...names: readonly string[]): Repository {
  const tasks = names.map((name) => ({
    name,
    command: 'sh developer.sh',
    review: { command: `sh reviewer.sh ${name}` },
  }));
  return createRepository({
    files: { 'developer.sh': DEVELOPER, 'reviewer.sh': REVIEWER, 'review.md': 'Be strict.\n' },
    config: {
      review: { prompt: 'review.md' },
      tasks: [...tasks, { name: 'silent', command: 'true', review: { command: 'true' } }],
    },
  });
}

it('a review does not count when its reports do not hold what they have to: file, line and template are named', async () => {
  const repo = reviewedBy(...Object.keys(FAULTS));
  // What an earlier review has approved does not count for another.
  execFileSync('sh', ['reviewer.sh', 'good'], { cwd: repo.root });
  repo.commit('reports of an earlier review');
  const { exitCode, events } = await orch(repo, ['run']);
  expect(exitCode).toBe(1);
  for (const [name, [code, message, template]] of Object.entries(FAULTS)) {
    const hint: unknown = expect.stringMatching(
      new RegExp(`^the templates? (is|are) framework/review/templates/${template}`),
    );
    expect([name, endings(events)[`${name}-reviewed`], finished(events, `${name}-review`).failure]).toMatchObject([
      name,
      'skipped: needs',
      { code, message, hint },
    ]);
  }
  expect(finished(events, 'silent').failure).toMatchObject({
    code: 'artifact-missing',
    message: 'review/handoff.md is missing',
    hint: 'the template is framework/review/templates/handoff.md',
  });
});

it('says in its own words what a reviewer was given, and shows the verdict beside the task', async () => {
  const repo = reviewedBy('good');
  const { events, run = '' } = await orch(repo, ['run']);
  const { outputs, task } = finished(events, 'good-review');
  expect(outputs).toMatchObject({
    verdict: 'approve',
    findings: '{"blocker":0,"major":0,"minor":1,"info":0}',
    provenance: 'fresh, not isolated',
  });
  // The rig takes the last line break away.
  const sum = (...words: readonly string[]) =>
    createHash('sha256')
      .update(`${repo.git(...words)}\n`)
      .digest('hex');
  const start = task?.start ?? '';
  const { diff = '', handoff = '', prompt = '' } = task?.review?.given ?? {};
  expect(diff).toBe(sum('diff-tree', '-r', '--no-renames', '--no-abbrev', `${start}^`, start));
  expect(handoff).toBe(sum('show', `${start}:review/handoff.md`));
  expect(prompt).toBe(sum('show', 'main:review.md'));
  const report = repo.git('show', `orch/${run}/good-review:review/code-review-report.md`);
  expect(report.split('---')[1]).toBe(`
verdict: approve
context_provenance: fresh, not isolated
context_given:
  diff: sha256:${diff}
  handoff: sha256:${handoff}
  prompt: sha256:${prompt}
`);

  const summary = repo.read('docs/orchestrator-run-summary.md');
  expect(summary).toMatch(/\| good +\| 1 +\| approved +\| 1 +\| fresh, not isolated \|/);
  expect(summary).toMatch(/\| good +\|[^\n]*\| approved: 1 finding \(1 minor\) \|/);
  for (const trace of ['<img', '\u001b', '@all']) expect(summary).not.toContain(trace);
  const status = await orch(repo, ['status', '--format', 'json']);
  const { legs } = JSON.parse(status.stdout) as {
    readonly legs: readonly { readonly leg: string; readonly review?: object }[];
  };
  expect(legs.find(({ leg }) => leg === 'good')?.review).toMatchObject({ task: 'good', round: 1, verdict: 'approve' });
});
