/** The contours that `orch init --contour` can add: what each writes into an orchestrator.yaml, and what to do then. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from '../../orchestrator/index.ts';
import { beside } from '../program-files.ts';
import type { ContourName } from './contour-names.ts';
import { ORCHESTRATOR_YAML } from './first-files.ts';

export interface Contour {
  /** As the option names it; the folder of its prompts and templates is called the same. */
  readonly name: ContourName;
  readonly block: Block;
  /** Tasks for an orchestrator.yaml that is made with it, as entries of `tasks`. */
  readonly tasks?: string;
  /** Pages of these tasks, made with it too: path and text. */
  readonly pages?: readonly (readonly [string, string])[];
  /** What is left to do in an orchestrator.yaml that was there: commands or keys, and what for. */
  readonly next: readonly (readonly [string, string])[];
}

const REVIEWED_PAGE = 'docs/tasks/reviewed-change.md';

const CONTOURS: Readonly<Record<ContourName, Contour>> = {
  review: {
    name: 'review',
    block: {
      key: 'review',
      text: `# How the work of tasks is reviewed, by somebody who sees nothing but the change. A task asks for it by review: true.
review:
  prompt: framework/review/prompts/review.md
  # Any agent that goes on without asking. It has an empty home, so it is given its key; another one, for instance:
  #   command: claude -p "$(cat "$ORCH_PROMPT")" --permission-mode acceptEdits
  command: codex exec --json -s workspace-write "$(cat "$ORCH_PROMPT")"
  secrets: [CODEX_API_KEY]
  # The second round looks at what the task has made of the first one's findings.
  max_rounds: 2
  timeout: 30m
`,
    },
    tasks: `
  - name: reviewed-change
    description: Does what its page says, and is reviewed
    prompt: ${REVIEWED_PAGE}
    # What the reviewer is given is said in a page of its own: add it to the pages of all tasks that are reviewed.
    command: codex exec --json -s workspace-write "$(cat "$ORCH_PROMPT" framework/review/prompts/handoff.md)"
    changes: required
    timeout: 30m
    review: true
`,
    pages: [
      [
        REVIEWED_PAGE,
        `# A change that is reviewed

Say here what is to be done, and how one can tell that it is done. For instance:

Add a section "Getting started" to \`README.md\`: what has to be installed, and the commands that build and test the project. Try each command before you write it down.

Change nothing else, and do not commit: orch puts what changed on the branch of this task.
`,
      ],
    ],
    next: [['review: true', 'in a task whose work is to be reviewed; it has to leave review/handoff.md']],
  },
  'framework-review': {
    name: 'framework-review',
    block: {
      key: 'framework_review',
      text: `# What looks at a run once it is over, and says how the next one would go better.
framework_review:
  prompt: framework/framework-review/prompts/framework-review.md
  command: codex exec --json -s workspace-write "$(cat "$ORCH_PROMPT")"
  # Or always; or never: then only when somebody asks for it by orch framework-review.
  after: failure
  timeout: 30m
`,
    },
    next: [['orch framework-review', 'after a run: what could be learned from it']],
  },
  migration: {
    name: 'migration',
    block: {
      key: 'migration',
      text: `# What is found out and proposed before anything is changed. These tasks may write to migration/ alone; what depends on
# "migration" starts when somebody has approved what they left: orch approve migration --by NAME
migration:
  # On this machine a task can reach more than its worktree. What you do not trust goes into a sandbox:
  #   sandbox: { image: node:22-bookworm, network: [api.openai.com] }
  tasks:
    - name: legacy-survey
      description: Describes the system as it is
      prompt: framework/migration/prompts/survey.md
      command: codex exec --json -s workspace-write "$(cat "$ORCH_PROMPT")"
      timeout: 1h
    - name: legacy-plan
      description: Proposes the migration, and the way back
      depends_on: [legacy-survey]
      prompt: framework/migration/prompts/plan.md
      command: codex exec --json -s workspace-write "$(cat "$ORCH_PROMPT")"
      timeout: 1h
`,
    },
    next: [
      ['depends_on: [migration]', 'in a task that is to start when the migration was approved'],
      ['orch approve migration --by NAME', 'when you have read what it proposes'],
    ],
  },
};

export function contourOf(name: ContourName): Contour {
  return CONTOURS[name];
}

/** A first orchestrator.yaml with these contours, and tasks that use them. */
export function configWith(contours: readonly Contour[]): string {
  const tasks = contours.map((contour) => contour.tasks ?? '').join('');
  const blocks = contours.map(({ block }) => `\n${block.text}`).join('');
  return `${ORCHESTRATOR_YAML}${tasks}${blocks}`;
}

/** The prompts and templates that come with a contour: path in the repository, and text. */
export function kitOf({ name }: Contour): readonly (readonly [string, string])[] {
  const folder = join(beside('framework'), name);
  const paths = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return paths.map((path) => [`framework/${name}${path.slice(folder.length)}`, readFileSync(path, 'utf8')] as const);
}
