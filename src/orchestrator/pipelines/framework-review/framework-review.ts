/** `framework_review` as a workflow of its own: the job of one task, which is given a digest of a run before its command. */

import { type ActionStep, mapping, scalar } from '../../../workflow/index.ts';
import type { Config, FrameworkReview } from '../../config.ts';
import { inputJson } from '../../input-json.ts';
import { type ActionSource, taskActionOf, usesOf } from '../../translate/actions.ts';
import type { TaskJob } from '../../translate/job.ts';
import { type TranslateOptions, type Translation, translate } from '../../translate/translate.ts';
import { FRAMEWORK_REVIEW_DOCUMENTS, REVIEW_FOLDER } from './documents.ts';

/** The run that is reviewed: the one whose end starts the workflow. */
const REVIEWED_RUN = '${{ github.event.workflow_run.id }}';

export interface TranslatedReview {
  /** The file as one that had the review for its only task. */
  readonly config: Config;
  readonly translation: Translation;
}

/** Undefined for a file without `framework_review`. */
export function translateFrameworkReview(config: Config, options: TranslateOptions = {}): TranslatedReview | undefined {
  if (config.frameworkReview === undefined) return undefined;
  const own = configOf(config, config.frameworkReview);
  const { workflow, ...translation } = translate(own, options);
  const jobs = workflow.jobs.map((job) => withDigest(job, options.actions ?? { kind: 'vendored' }));
  return { config: own, translation: { ...translation, workflow: { ...workflow, jobs } } };
}

function configOf(
  { onFinish: _onFinish, frameworkReview: _review, ...config }: Config,
  { task }: FrameworkReview,
): Config {
  const documents = FRAMEWORK_REVIEW_DOCUMENTS.map(({ path }) => path);
  return {
    ...config,
    name: `${config.name}-${task.name}`,
    // Reports of an earlier review may be in the tree: these have to be new.
    tasks: [{ ...task, expect: documents, artifacts: documents }],
  };
}

function withDigest(job: TaskJob, source: ActionSource): TaskJob {
  const digest: ActionStep = {
    kind: 'action',
    uses: usesOf('digest-run', source),
    with: mapping({ run: scalar(REVIEWED_RUN) }),
  };
  const steps = job.steps.flatMap((step) =>
    taskActionOf(step.uses) === 'run-task' ? [digest, withDocuments(step)] : [step],
  );
  return { ...job, steps };
}

function withDocuments(step: ActionStep): ActionStep {
  const own = step.with?.kind === 'mapping' ? step.with.entries : [];
  const { entries } = mapping({
    documents: scalar(inputJson(FRAMEWORK_REVIEW_DOCUMENTS)),
    writable: scalar(REVIEW_FOLDER),
  });
  return { ...step, with: { kind: 'mapping', entries: [...own, ...entries] } };
}
