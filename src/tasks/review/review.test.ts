import { expect, it } from 'vitest';
import type { ActionResult } from '../action.ts';
import { readPrepare, writePrepare } from '../record.ts';
import { createRig, type Rig } from '../testing/rig.ts';

const CODE = {
  'src/sum.ts': 'one\ntwo\nthree',
  'review/handoff.md': '# Context\nx\n',
  'docs/review.md': 'Look.',
  'empty.ts': '',
};
const TABLE = '| Severity | File | Line | Finding |\n|---|---|---|---|\n';

const report = (verdict: string, findings: string): string =>
  `---\nverdict: ${verdict}\ncontext_provenance: fresh\n---\n# Summary\nSeen.\n# Findings\n${findings}\n`;

const REPORTS = {
  'review/test-plan.md': '# Scope\nAll.\n# Test cases\n- one\n',
  'review/code-review-report.md': report('approve', 'None.'),
  'review/bug-report.md': '# Bugs\nNone.\n',
  'review/qa-coverage.md': '# Covered\nAll.\n# Not covered\nNothing.\n',
};

interface Review {
  readonly rig: Rig;
  readonly result: ActionResult;
}

async function review(
  files: Readonly<Record<string, string | undefined>>,
  inputs: Record<string, string> = {},
): Promise<Review> {
  const rig = createRig({ files: CODE });
  await rig.prepare();
  const prepared = readPrepare(rig.memo);
  if (prepared)
    writePrepare(rig.memo, { ...prepared, change: { of: rig.repository.root, since: rig.repository.root } });
  const running = rig.run({
    command: 'reviewer',
    prompt: 'docs/review.md',
    review: '{"task":"api","round":2}',
    ...inputs,
  });
  const processes = inputs['sandbox'] === undefined ? rig.processes : rig.sandboxes.processes;
  const command = await processes.next();
  for (const [path, text] of Object.entries({ ...REPORTS, ...files }))
    if (text !== undefined) rig.repository.work.write(path, text);
  command.exit(0);
  return { rig, result: await running };
}

it('gives verdict, findings and provenance, and writes down what the reviewer had', async () => {
  const rows =
    '| major | src/sum.ts | 3 | a |\n| minor | ./src/../src/sum.ts | 1 | b |\n| minor | /work-tree/review/handoff.md | 2 | c |';
  const { rig, result } = await review(
    { 'review/code-review-report.md': report('changes-requested', TABLE + rows) },
    { writable: 'review' },
  );
  expect(result).toEqual({
    outcome: 'success',
    outputs: {
      verdict: 'changes-requested',
      findings: '{"blocker":0,"major":1,"minor":2,"info":0}',
      provenance: 'fresh, not isolated',
    },
  });
  const finished = await rig.finish();
  const sha256: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(finished.report?.review).toEqual({
    task: 'api',
    round: 2,
    verdict: 'changes-requested',
    findings: { blocker: 0, major: 1, minor: 2, info: 0 },
    provenance: 'fresh, not isolated',
    given: { diff: `digest of ${rig.repository.root} to ${rig.repository.root}`, handoff: sha256, prompt: sha256 },
    reports: ['review/code-review-report.md', 'review/test-plan.md', 'review/bug-report.md', 'review/qa-coverage.md'],
  });
  const tip = finished.report?.result ?? '';
  const committed = rig.repository.history.filesOf(tip)['review/code-review-report.md'] ?? '';
  expect(committed).toContain('context_provenance: fresh, not isolated\ncontext_given:\n  diff: sha256:digest of');
  expect(finished.report?.verdict.evidence.at(-1)).toEqual({
    check: 'review',
    ok: true,
    seen: 'changes-requested, 3 findings (1 major, 2 minor)',
  });
});

it('calls the context fresh in a sandbox that has nothing else', async () => {
  const sandboxed = await review({}, { sandbox: '{"image":"alpine"}' });
  expect(sandboxed.result.outputs['provenance']).toBe('fresh, not isolated');
  const { result } = await review({}, { sandbox: '{"image":"alpine"}', isolated: 'true' });
  expect(result.outputs).toMatchObject({ verdict: 'approve', provenance: 'fresh' });
});

it.each<[string, Readonly<Record<string, string>>, string, string]>([
  ['a report', { 'review/bug-report.md': '' }, 'artifact-incomplete', 'review/bug-report.md is empty'],
  [
    'a section',
    { 'review/qa-coverage.md': '# Covered\nx' },
    'artifact-incomplete',
    'review/qa-coverage.md has no section "Not covered"',
  ],
  [
    'a verdict',
    { 'review/code-review-report.md': '# Summary\nx\n# Findings\nNone' },
    'verdict-missing',
    'review/code-review-report.md:1: the front matter has no value for verdict: approve | changes-requested',
  ],
  [
    'a verdict that there is',
    { 'review/code-review-report.md': report('lgtm', 'None') },
    'artifact-invalid',
    'review/code-review-report.md:2: verdict is "lgtm", not approve or changes-requested',
  ],
  [
    'a file that there is',
    { 'review/code-review-report.md': report('approve', `${TABLE}| info | src/new.ts | 1 | x |`) },
    'review-invalid',
    'review/code-review-report.md:10: the finding points to src/new.ts, which is not in what was reviewed',
  ],
  [
    'a line that there is',
    { 'review/code-review-report.md': report('approve', `${TABLE}| info | src/sum.ts | 4 | x |`) },
    'review-invalid',
    'review/code-review-report.md:10: the finding points to src/sum.ts, line 4, which has 3 lines',
  ],
  [
    'all lines of a range',
    { 'review/code-review-report.md': report('approve', `${TABLE}| info | src/sum.ts | 2-4 | x |`) },
    'review-invalid',
    'review/code-review-report.md:10: the finding points to src/sum.ts, line 4, which has 3 lines',
  ],
  [
    'anything in a file',
    { 'review/code-review-report.md': report('approve', `${TABLE}| info | empty.ts | 1 | x |`) },
    'review-invalid',
    'review/code-review-report.md:10: the finding points to empty.ts, which is empty',
  ],
  [
    'a path inside',
    { 'review/code-review-report.md': report('approve', `${TABLE}| info | ../../etc/passwd | 1 | x |`) },
    'review-invalid',
    'review/code-review-report.md:10: the finding points to ../../etc/passwd, which is outside of what was reviewed',
  ],
  [
    'agreement with itself',
    { 'review/code-review-report.md': report('approve', `${TABLE}| blocker | src/sum.ts | 1 | x |`) },
    'review-invalid',
    'review/code-review-report.md:10: the verdict is approve beside a blocker',
  ],
])('fails without %s, as it names', async (_what, files, code, message) => {
  const { result, rig } = await review({ ...files, 'src/new.ts': 'written by the reviewer' });
  expect(result.failure).toMatchObject({
    code,
    message,
    hint: expect.stringMatching(/^the template is framework\/review\/templates\/.*\.md$/),
  });
  expect(result.outputs).toEqual({});
  // Nothing is vouched for.
  expect(rig.repository.asked).not.toContain('write review/code-review-report.md');
});

it('names all reports that are missing', async () => {
  const none = Object.fromEntries(Object.keys(REPORTS).map((path) => [path, undefined]));
  const { result } = await review(none);
  expect(result.failure?.code).toBe('artifact-missing');
  expect(result.failure?.details).toEqual([
    'review/code-review-report.md is missing',
    'review/test-plan.md is missing',
    'review/bug-report.md is missing',
    'review/qa-coverage.md is missing',
  ]);
});

it('says of a report that git ignores it', async () => {
  const rig = createRig({ files: CODE });
  rig.outside.set('/work-tree/review/test-plan.md', REPORTS['review/test-plan.md']);
  await rig.prepare();
  const running = rig.run({ command: 'reviewer', review: '{"task":"api","round":1}' });
  (await rig.processes.next()).exit(0);
  expect((await running).failure?.details).toContain(
    'review/test-plan.md is there, but git does not see it: it is behind a link, or not part of this repository',
  );
});

it('fails when something has changed files between the check and the stamp', async () => {
  const rig = createRig({ files: CODE });
  await rig.prepare();
  const { work } = rig.repository;
  const running = rig.run({ command: 'reviewer', review: '{"task":"api","round":1}' });
  const command = await rig.processes.next();
  for (const [path, text] of Object.entries(REPORTS)) work.write(path, text);
  const tree = await rig.ports.repository.current();
  if (tree) tree.write = async () => (work.write('review/bug-report.md', '# Bugs\nMany.'), true);
  command.exit(0);
  expect((await running).failure).toMatchObject({
    code: 'review-invalid',
    message: 'review/bug-report.md changed after the review had ended',
  });
});

it.each(['[]', '{"task":""}', '{"task":"api","round":0}', '{"task":"api","round":1.5}'])(
  'refuses %s',
  async (subject) => {
    const rig = createRig();
    await rig.prepare();
    expect((await rig.run({ command: 'reviewer', review: subject })).failure?.code).toBe('input-invalid');
  },
);
