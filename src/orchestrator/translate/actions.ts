/** What the steps of a task's job are called, and which of our actions such a name means. */

/** Those that the steps of a task's job use. */
const TASK_ACTIONS = ['prepare-task', 'digest-run', 'run-task', 'finish-task', 'conclude-review'] as const;

export type TaskActionName = (typeof TASK_ACTIONS)[number];

/** All that a translated or exported workflow may use. */
export type ActionName = TaskActionName | 'summarize-tasks' | typeof APPROVAL_ACTION;

/** Comes in exports alone: there is nobody here for it to ask. */
const APPROVAL_ACTION = 'await-approval';

/** Pinned, since a tag may be moved. */
export const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1';

const RELEASES: ReadonlyMap<string, string> = new Map([[CHECKOUT, 'v7.0.1']]);

/** Where the actions are found: copied into the repository, or in one of their own at a ref. */
export type ActionSource =
  | { readonly kind: 'vendored' }
  /** `release`: which one that is, for people. */
  | { readonly kind: 'repository'; readonly repository: string; readonly ref: string; readonly release?: string };

export function usesOf(action: ActionName, source: ActionSource): string {
  if (source.kind === 'vendored') return `./.github/actions/${action}`;
  return `${source.repository}/action-templates/${action}@${source.ref}`;
}

/** Which release a reference is, to be told behind it. */
export function releasesOf(source: ActionSource): ReadonlyMap<string, string> {
  if (source.kind === 'vendored' || source.release === undefined) return RELEASES;
  const { release } = source;
  return new Map([...RELEASES, ...ACTIONS.map((name) => [usesOf(name, source), release] as const)]);
}

const ACTIONS: readonly ActionName[] = [...TASK_ACTIONS, 'summarize-tasks', APPROVAL_ACTION];

const OURS = /^(?:\.\/\.github\/actions|[\w.-]+\/[\w.-]+\/action-templates)\/([\w-]+)(?:@[^@\s]+)?$/;

/** Whether a step waits for an approval on GitHub. */
export function isApprovalAction(uses: string): boolean {
  return OURS.exec(uses)?.[1] === APPROVAL_ACTION;
}

/** The action of ours that a step of a translated workflow uses; undefined for every other. */
export function taskActionOf(uses: string): TaskActionName | undefined {
  const found = OURS.exec(uses)?.[1];
  const name = TASK_ACTIONS.find((action) => action === found);
  if (name === undefined) return undefined;
  // A copy in the repository has no version, and a reference to another repository must have one.
  return uses.startsWith('./') === uses.includes('@') ? undefined : name;
}
