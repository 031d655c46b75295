/** Whether an event starts a workflow: the event's name, its type, and the filters for branches, tags, paths and names. */
import { matchesFilter } from './filter-pattern.ts';
import type { MappingNode, Node } from './model.ts';
import { entryOf, itemsOf, textOf, textsOf, valueOf } from './nodes.ts';

export interface TriggerEvent {
  readonly name: string;
  /** The activity: `opened`, `closed`; of a `repository_dispatch` the type that its sender chose. */
  readonly type?: string;
  /**
   * The ref that the event is about: for a push the whole `refs/heads/main` or `refs/tags/v1`; for a pull request and a
   * merge group the branch it goes into, for a workflow run the branch it ran on, each without `refs/heads/`.
   */
  readonly ref?: string;
  /** The push took the ref away. */
  readonly deleted?: boolean;
  /** Relative to the repository's root. Absent when they are not known: path filters then let everything pass. */
  readonly changedPaths?: readonly string[];
  /** The name of the workflow that ran, or of the image of an `image_version`. */
  readonly subject?: string;
  /** The version of an `image_version`. */
  readonly version?: string;
  /** The line of the schedule that is due. Absent: any of them. */
  readonly cron?: string;
}

/** The reason is a sentence for people. */
export type TriggerVerdict = { readonly starts: true } | { readonly starts: false; readonly reason: string };

const STARTS: TriggerVerdict = { starts: true };

/** Types that start a workflow which names none; of any other event, all do. */
const DEFAULT_TYPES: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
};

/** `on` is that of a workflow without errors. */
export function judgeTrigger(on: MappingNode, event: TriggerEvent): TriggerVerdict {
  const entry = entryOf(on, event.name);
  if (entry === undefined) return not(`it does not name ${event.name}`);
  const checks = [checkType, event.name === 'push' ? checkPushedRef : checkBranch, checkPaths, checkSubject, checkCron];
  for (const check of checks) {
    const reason = check(entry.value, event);
    if (reason !== undefined) return not(reason);
  }
  return STARTS;
}

/** The types and workflows that a workflow waits for by name, and the lines of its schedule. */
export function readExpectations(on: MappingNode, event: string): Expectations {
  const filters = entryOf(on, event)?.value;
  const crons = event === 'schedule' ? itemsOf(filters).flatMap((item) => textOf(valueOf(item, 'cron')) ?? []) : [];
  return {
    types: textsOf(valueOf(filters, 'types')).map(({ value }) => value),
    crons: crons.map(({ value }) => value),
    workflows: textsOf(valueOf(filters, 'workflows')).map(({ value }) => value),
    onlyTags:
      filters !== undefined &&
      readFilter(filters, 'tags') !== undefined &&
      readFilter(filters, 'branches') === undefined,
  };
}

export interface Expectations {
  readonly types: readonly string[];
  readonly crons: readonly string[];
  /** Those whose runs start it. */
  readonly workflows: readonly string[];
  /** It filters tags and not branches: a push of a branch does not start it. */
  readonly onlyTags: boolean;
}

function not(reason: string): TriggerVerdict {
  return { starts: false, reason };
}

type Check = (filters: Node, event: TriggerEvent) => string | undefined;

const checkType: Check = (filters, { name, type }) => {
  const named = valueOf(filters, 'types');
  const types = named === undefined ? DEFAULT_TYPES[name] : textsOf(named).map(({ value }) => value);
  if (types === undefined || type === undefined || types.includes(type)) return undefined;
  return `the type ${type} is not among ${types.join(', ')}`;
};

const HEADS = 'refs/heads/';
const TAGS = 'refs/tags/';

/** Who filters one kind of ref is not interested in the other. */
const checkPushedRef: Check = (filters, { ref = '', deleted }) => {
  if (deleted === true) return 'a deleted ref starts nothing';
  const [branches, tags] = [readFilter(filters, 'branches'), readFilter(filters, 'tags')];
  const isTag = ref.startsWith(TAGS);
  const [own, other] = isTag ? [tags, branches] : [branches, tags];
  const name = ref.slice(isTag ? TAGS.length : ref.startsWith(HEADS) ? HEADS.length : 0);
  const kind = isTag ? 'tag' : 'branch';
  if (own === undefined) return other === undefined ? undefined : `its filters are not about a ${kind}`;
  return passes(name, own) ? undefined : `the ${kind} ${name} is filtered out`;
};

const checkBranch: Check = (filters, { ref }) => {
  const filter = readFilter(filters, 'branches');
  if (filter === undefined || ref === undefined || passes(ref, filter)) return undefined;
  return `the branch ${ref} is filtered out`;
};

const checkPaths: Check = (filters, { ref, changedPaths }) => {
  const filter = readFilter(filters, 'paths');
  // Tags have no changes of their own.
  if (filter === undefined || changedPaths === undefined || ref?.startsWith(TAGS) === true) return undefined;
  return changedPaths.some((path) => passes(path, filter)) ? undefined : 'the paths that changed are filtered out';
};

const checkSubject: Check = (filters, { subject, version }) => {
  const workflows = valueOf(filters, 'workflows');
  if (workflows !== undefined && subject !== undefined) {
    const isNamed = textsOf(workflows).some(({ value }) => value === subject);
    if (!isNamed) return `the workflow ${subject} is not among those that it names`;
  }
  const filtered = [
    ['names', subject],
    ['versions', version],
  ] as const;
  for (const [key, text] of filtered) {
    const filter = readFilter(filters, key);
    if (filter !== undefined && text !== undefined && !passes(text, filter)) return `${text} is filtered out`;
  }
  return undefined;
};

const checkCron: Check = (filters, { name, cron }) => {
  if (name !== 'schedule' || cron === undefined) return undefined;
  const isDue = itemsOf(filters).some((item) => textOf(valueOf(item, 'cron'))?.value === cron);
  return isDue ? undefined : `it has no schedule ${cron}`;
};

interface Filter {
  readonly patterns: readonly string[];
  /** The patterns say what is left out. */
  readonly ignores: boolean;
}

function readFilter(filters: Node, name: string): Filter | undefined {
  const only = valueOf(filters, name);
  const node = only ?? valueOf(filters, `${name}-ignore`);
  if (node === undefined) return undefined;
  return { patterns: textsOf(node).map(({ value }) => value), ignores: only === undefined };
}

function passes(text: string, { patterns, ignores }: Filter): boolean {
  return matchesFilter(text, patterns) !== ignores;
}
