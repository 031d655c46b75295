import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../nodes.ts';
import { checkCases, file } from '../../testing/cases.ts';
import { check, configOf } from '../../testing/marked.ts';
import { translate } from '../../translate/translate.ts';
import { FRAMEWORK_REVIEW_DOCUMENTS } from './documents.ts';
import { type TranslatedReview, translateFrameworkReview } from './framework-review.ts';

const BLOCK = `
framework_review:
  command: ./review.sh
  prompt: review.md
  after: failure
  env: { OF: "\${{ github.event.workflow_run.name }}" }
  secrets: [KEY]
  sandbox: { image: node }
`;

function stepsOf(
  review: TranslatedReview | undefined,
): readonly (readonly [string, Readonly<Record<string, string>>])[] {
  const steps = review?.translation.workflow.jobs[0]?.steps ?? [];
  return steps.map(({ uses, with: given }) => [
    uses.split('/').at(-1) ?? '',
    (given === undefined ? {} : jsonOf(given)) as Record<string, string>,
  ]);
}

describe('framework_review', () => {
  it('is no task of the file: its workflow stays what it is', () => {
    expect(translate(configOf(file(BLOCK))).workflow.jobs).toEqual(
      translate(configOf(file(BLOCK.replace(/\S.*\n/g, '\n')))).workflow.jobs,
    );
    expect(translateFrameworkReview(configOf(file('')))).toBeUndefined();
  });

  it('is a workflow of its own: the job of a task, with the digest of the run before its command', () => {
    const review = translateFrameworkReview(configOf(file(`${BLOCK}name: nightly\non_finish: tell\nbase: dev`)));
    expect(review?.config).toMatchObject({ name: 'nightly-framework-review', tasks: [{ name: 'framework-review' }] });
    expect(review?.translation.policy).toMatchObject({ base: 'dev' });
    expect(review?.translation.policy).not.toHaveProperty('onFinish');
    expect(review?.translation.workflow.jobs).toHaveLength(1);
    const steps = stepsOf(review);
    expect(steps.map(([name]) => name)).toEqual([
      expect.stringMatching(/^checkout@/),
      'prepare-task',
      'digest-run',
      'run-task',
      'finish-task',
    ]);
    expect(steps[2]?.[1]).toEqual({ run: '${{ github.event.workflow_run.id }}' });
    const given = steps[3]?.[1] ?? {};
    expect(JSON.parse(given['documents'] ?? '')).toEqual(FRAMEWORK_REVIEW_DOCUMENTS);
    expect(given['expect']?.split('\n')).toHaveLength(3);
    expect(given).toMatchObject({
      writable: 'framework-review',
      command: './review.sh',
      prompt: 'review.md',
      secrets: 'KEY',
      environment: 'OF',
    });
  });

  it('takes from the defaults what it has no value for, and nothing that is for tasks alone', () => {
    const defaults = `defaults: { command: d, timeout: 5m, env: { A: 1 }, verify: v, expect: [x], if: always(), continue_on_error: true }`;
    const { frameworkReview } = configOf(file(`${defaults}\nframework_review: { timeout: 9m }`));
    expect(frameworkReview).toMatchObject({ after: 'always', task: { command: 'd', timeout: 540_000, expect: [] } });
    expect(frameworkReview?.task.env.entries).toHaveLength(1);
    for (const key of ['verify', 'if', 'continueOnError']) expect(frameworkReview?.task).not.toHaveProperty(key);
  });

  checkCases([
    ['no command', file('framework_review: ⟦{ after⟧: always }'), 'missing-key', 'must have the key "command"'],
    ['not a mapping', file('framework_review: ⟦./review.sh⟧'), 'bad-value', 'must be a mapping with a command'],
    [
      'another moment',
      file('framework_review: { command: x, after: ⟦success⟧ }'),
      'bad-value',
      'always, failure and never',
    ],
    ['a key of tasks', file('framework_review: { command: x, ⟦verify⟧: y }'), 'unknown-key', 'has no key "verify"'],
    ['a variable of ours', file('framework_review: { command: x, env: { ⟦ORCH_DIGEST⟧: 1 } }'), 'reserved-name'],
    ['two values', file('framework_review: { command: x, secrets: [K], env: { ⟦K⟧: 1 } }'), 'secret-in-env'],
    ['a path outside', file('framework_review: { command: x, working_directory: ⟦../x⟧ }'), 'path-outside'],
    [
      'an expression that is none',
      file('framework_review: { command: x, env: { A: ⟦"${{ nope( }}"⟧ } }'),
      'bad-expression',
    ],
    ['a need', file('framework_review: { command: x, env: { A: ⟦"${{ needs.a.result }}"⟧ } }'), 'unknown-need'],
    ['no time at all', file('framework_review: { command: x, timeout: ⟦0s⟧ }'), 'bad-duration'],
  ]);

  it('has a template for each document, with the sections that are wanted', () => {
    for (const { template, sections } of FRAMEWORK_REVIEW_DOCUMENTS) {
      const headings = [...readFileSync(template, 'utf8').matchAll(/^## (.+)$/gm)].map(([, title]) => title);
      expect(headings).toEqual(sections);
    }
  });

  it('wants its prompt to be there', () => {
    const { diagnostics } = check(file(BLOCK), { probe: () => 'missing' });
    expect(diagnostics.map(({ code }) => code)).toEqual(['prompt-missing']);
  });
});
