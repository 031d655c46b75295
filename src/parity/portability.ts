/** What works on this machine and would not on GitHub's, as far as files show it; nothing here is certain, all of it worth a look. */
import type { Diagnostic, Severity } from '../shared/diagnostic.ts';
import type { SourceLocation } from '../shared/source.ts';
import { meantRunnerLabel, type Node, readRunnerLabel, type ScalarNode, type Workflow } from '../workflow/index.ts';
import { calledPrograms, mayInstall } from './called-programs.ts';
import { isOnHostedImage } from './hosted-image.ts';

export interface Script {
  /** What it belongs to, such as `task "api"`. */
  readonly of: string;
  readonly text: string;
  readonly at: SourceLocation;
  /** Where it runs: on the runner, if nothing else is said. In a container other programs and paths are there. */
  readonly inContainer?: boolean;
  /** Where it starts, from the root of the repository. */
  readonly directory?: string;
  /** Runs on the runner before the others. */
  readonly isSetup?: boolean;
}

export interface Portable {
  /** The exported workflow, and its file as the user would name it. */
  readonly workflow: Workflow;
  readonly text: string;
  readonly file: string;
  /** Commands that a shell reads. */
  readonly scripts: readonly Script[];
  /** Other texts in which a path may stand, such as values of variables. */
  readonly values: readonly Script[];
  /** Of the commit: path to git's mode, such as `100755`. */
  readonly modes: ReadonlyMap<string, string>;
}

/** In the order of the checks; places within a file are for who shows them to sort. */
export function checkPortability(portable: Portable): readonly Diagnostic[] {
  return [
    ...earlyActions(portable),
    ...labels(portable),
    ...missingPrograms(portable),
    ...wanted(portable),
    ...hostPaths(portable),
    ...missingBits(portable),
    ...sameButForCase(portable),
  ];
}

function say(severity: Severity, code: string, message: string, more: Pick<Diagnostic, 'at' | 'hint'>): Diagnostic {
  return { severity, code, message, ...more };
}

function place(file: string, { at }: Pick<Node, 'at'>): SourceLocation {
  return at === undefined ? { file } : { file, range: at };
}

/** Here a job begins with the files; there with an empty directory. */
function earlyActions({ workflow, file }: Portable): readonly Diagnostic[] {
  return workflow.jobs.flatMap((job) => {
    if (job.kind !== 'steps') return [];
    const uses = job.steps.flatMap((step) => (step.kind === 'action' ? [step] : []));
    const checkout = uses.findIndex((step) => /^actions\/checkout@/i.test(step.uses));
    const early = uses.slice(0, checkout < 0 ? undefined : checkout).filter((step) => step.uses.startsWith('./'));
    return early.map((step) =>
      say('warning', 'action-before-checkout', `"${job.id}" uses ${step.uses} before anything is checked out`, {
        at: place(file, step),
        hint: 'put actions/checkout before it',
      }),
    );
  });
}

function labelsOf(workflow: Workflow): readonly ScalarNode[] {
  const all = workflow.jobs.flatMap((job) => (job.kind === 'steps' ? scalarsOf(job.runsOn) : []));
  return [...new Map(all.map((label) => [String(label.value).toLowerCase(), label])).values()];
}

function scalarsOf(node: Node): readonly ScalarNode[] {
  switch (node.kind) {
    case 'scalar':
      return [node];
    case 'sequence':
      return node.items.flatMap(scalarsOf);
    case 'mapping':
      return node.entries.flatMap(({ key, value }) => (key.value === 'labels' ? scalarsOf(value) : []));
  }
}

function labels({ workflow, file }: Portable): readonly Diagnostic[] {
  return labelsOf(workflow).flatMap((node) => {
    const label = String(node.value);
    if (label.includes('${{')) return [];
    const { kind } = readRunnerLabel(label);
    const at = place(file, node);
    if (kind === 'self-hosted')
      return [say('notice', 'own-runner', 'the jobs wait for a runner of your own', { at, hint: OWN_RUNNER })];
    if (kind !== 'unknown') return [];
    const meant = meantRunnerLabel(label);
    const hint = meant === undefined ? OWN_RUNNER : `did you mean "${meant}"?`;
    return [say('warning', 'no-such-runner', `GitHub has no runner with the label "${label}"`, { at, hint })];
  });
}

const OWN_RUNNER = 'a runner of your own must have this label, or the jobs wait for a day and fail';

/** Of other systems, and of runners that are somebody's own, nobody knows here what they have. */
function missingPrograms({ workflow, scripts }: Portable): readonly Diagnostic[] {
  if (!labelsOf(workflow).every(({ value }) => /^ubuntu-(?!slim)/i.test(String(value)))) return [];
  const isInstalled = scripts.some(({ isSetup, text }) => isSetup === true && mayInstall(text));
  const there = scripts.filter(({ inContainer, isSetup }) => !inContainer && (isSetup === true || !isInstalled));
  return there.flatMap(({ of, text, at }) => {
    const missing = calledPrograms(text).filter((word) => !word.includes('/') && !isOnHostedImage(word));
    return missing.map((word) =>
      say('warning', 'not-on-the-image', `${of} calls ${word}, which GitHub's Ubuntu image does not have`, {
        at,
        hint: 'install it in the command or in "worktrees.setup", or run the jobs on a runner that has it (--runs-on)',
      }),
    );
  });
}

/** The token is there without anybody's doing. */
const GIVEN = new Set(['GITHUB_TOKEN', 'ACTIONS_RUNNER_DEBUG', 'ACTIONS_STEP_DEBUG']);

/** Told once each, where it is first asked for. */
function wanted({ text, file }: Portable): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*#/.test(line)) continue;
    for (const match of line.matchAll(/\b(secrets|vars)\.([A-Za-z_]\w*)/g)) {
      const [whole, kind, name = ''] = match;
      if (found.has(whole) || GIVEN.has(name.toUpperCase())) continue;
      const start = { line: index + 1, column: match.index + 1 };
      const range = { start, end: { ...start, column: start.column + whole.length } };
      const word = kind === 'vars' ? 'variable' : 'secret';
      const hint = `gh ${word} set ${name}`;
      const message = `the ${word} ${name} has to be set on GitHub`;
      found.set(whole, say('notice', `needs-${word}`, message, { at: { file, range }, hint }));
    }
  }
  return [...found.values()];
}

/** Behind a colon it may be of another machine, or of a container. Programs that are installed keep some folders in a home. */
const HOST_PATH =
  /(?:^|[\s"'=;(,<>])((?:\/home\/(?!runner\b)|\/Users\/(?!runner\b)|\/root\/|\/Volumes\/|~\/(?!\.(?:cache|cargo|local|npm)\b)|[A-Za-z]:\\(?=\w))[^\s"';)]*)/g;
const COMMENT = /^\s*#.*$/gm;

function hostPaths({ scripts, values }: Portable): readonly Diagnostic[] {
  return [...scripts.filter(({ inContainer }) => !inContainer), ...values].flatMap(({ of, text, at }) => {
    const paths = [...new Set([...text.replace(COMMENT, '').matchAll(HOST_PATH)].map(([, path = '']) => path))];
    return paths.map((path) =>
      say('warning', 'host-path', `${of} names ${path}, a path of this machine`, {
        at,
        hint: 'keep what it needs in the repository, or make it in the command',
      }),
    );
  });
}

/** Git carries the bit; a file system without it, or `core.fileMode=false`, may have hidden that it is missing. */
function missingBits({ scripts, modes }: Portable): readonly Diagnostic[] {
  return scripts.flatMap(({ of, text, at, directory = '' }) => {
    const paths = calledPrograms(text).filter((word) => word.includes('/'));
    return paths.flatMap((word) => {
      const path = [...directory.split('/'), ...word.split('/')].filter((part) => !['', '.'].includes(part)).join('/');
      if (modes.get(path) !== '100644') return [];
      return [
        say('warning', 'not-executable', `${of} starts ${path}, which git has as not executable`, {
          at,
          hint: `git update-index --chmod=+x ${path}`,
        }),
      ];
    });
  });
}

/** Linux keeps both; who clones it on a Mac or on Windows has one of them. */
function sameButForCase({ modes }: Portable): readonly Diagnostic[] {
  const byLowerCase = new Map<string, Set<string>>();
  for (const path of modes.keys()) {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      const name = parts.slice(0, depth).join('/');
      const key = name.toLowerCase();
      byLowerCase.set(key, (byLowerCase.get(key) ?? new Set()).add(name));
    }
  }
  return [...byLowerCase.values()].flatMap((names) => {
    const [first = '', ...others] = [...names].toSorted();
    // Below a folder that is two already, everything is.
    const parents = new Set([...names].map((name) => name.slice(0, name.lastIndexOf('/') + 1)));
    if (others.length === 0 || parents.size > 1) return [];
    return [
      say('warning', 'case-only', `${[first, ...others].join(' and ')} differ by case alone`, {
        at: { file: first },
        hint: 'macOS and Windows keep one of them; rename the other',
      }),
    ];
  });
}
