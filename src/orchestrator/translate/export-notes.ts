/** Where a run on GitHub would differ from one on this machine: an export that has none of these gives equal results. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { SandboxSettings } from '../../shared/sandbox.ts';
import type { SourceRange } from '../../shared/source.ts';
import type { Config, Task } from '../config.ts';
import { keyText } from '../nodes.ts';
import { joinWords, quote } from '../wording.ts';
import { limitsOf } from './limits.ts';

/** Minutes that GitHub gives a job at most, and inputs that a dispatched workflow may have. */
const LONGEST_JOB = 360;
const MOST_INPUTS = 25;
/** Jobs that may be in a concurrency group: one that holds it, and those that wait. */
const MOST_IN_GROUP = 101;

/** Variables by which programs start otherwise, or go elsewhere: those that Node.js, git and the loader look for. */
const HEARD = /^(PATH|NODE_OPTIONS|(LD|DYLD)_\w+|GIT_(?!AUTHOR_|COMMITTER_)\w+|(https?|all|no)_proxy)$/i;

const GIBIBYTE = 1024 ** 3;
/** What GitHub's standard Linux runners have. */
const RUNNER = { cpus: 4, memory: 16 * GIBIBYTE };

export function exportNotes(config: Config): readonly Diagnostic[] {
  const reviews = config.frameworkReview === undefined ? [] : [config.frameworkReview.task];
  return [
    ...fileNotes(config),
    ...mutexNotes(config),
    ...[...config.tasks, ...reviews].flatMap((task) => taskNotes(task, config)),
  ];
}

function fileNotes(config: Config): readonly Diagnostic[] {
  const { worktrees, maxParallel, inputs } = config;
  const heard = heardVariables(config);
  const preparing = (['copy', 'link'] as const).filter((key) => worktrees[key].length > 0);
  const notes: readonly (readonly [applies: boolean, key: string, message: string])[] = [
    [
      maxParallel !== undefined,
      'max_parallel',
      `on GitHub as many jobs run at once as there are runners, not ${maxParallel}; to keep tasks apart, give them a "mutex"`,
    ],
    [
      config.onFailure !== 'continue',
      'on_failure',
      `on GitHub unrelated jobs go on after a failure, as with "continue"`,
    ],
    [config.base !== 'HEAD', 'base', 'on GitHub tasks start from the commit that the workflow runs on'],
    [
      preparing.length > 0,
      'worktrees',
      `a runner has nothing of this machine for ${joinWords(preparing.map((key) => quote(`worktrees.${key}`)))}; "worktrees.setup" runs there too`,
    ],
    [
      config.migration !== undefined,
      'migration',
      `on GitHub the migration is approved in the run itself, by the required reviewers of the environment ${quote(config.migration?.environment ?? '')}, which has to be given some; a new run proposes anew`,
    ],
    [
      heard.length > 0,
      'env',
      `on GitHub the actions around a command have its variables too, and ${joinWords(heard)} may change what they do`,
    ],
    [config.onFinish !== undefined, 'on_finish', 'on GitHub nothing runs "on_finish"'],
    [
      Object.keys(config.vars).length > 0,
      'vars',
      'on GitHub "vars" are the variables of the repository; set them there',
    ],
    [
      Object.keys(inputs).length > MOST_INPUTS,
      'inputs',
      `a workflow on GitHub takes at most ${MOST_INPUTS} inputs, not ${Object.keys(inputs).length}`,
    ],
  ];
  return notes.flatMap(([applies, key, message]) => (applies ? note(config, message, config.keys?.[key]) : []));
}

/** Legs of a matrix come on top; how many is not known here. */
function mutexNotes(config: Config): readonly Diagnostic[] {
  const groups = new Map<string, Task[]>();
  for (const task of config.tasks) {
    if (task.mutex === undefined) continue;
    const name = task.mutex.toLowerCase();
    groups.set(name, [...(groups.get(name) ?? []), task]);
  }
  return [...groups.values()].flatMap((tasks) => {
    const beyond = tasks[MOST_IN_GROUP];
    const message = `on GitHub at most ${MOST_IN_GROUP - 1} jobs wait for the "mutex" ${quote(beyond?.mutex ?? '')}, and who comes later is cancelled; ${tasks.length} tasks have it`;
    return beyond === undefined ? [] : note(config, message, beyond.at);
  });
}

function heardVariables({ tasks }: Config): readonly string[] {
  const names = tasks.flatMap(({ env }) => env.entries.map(({ key }) => keyText(key)));
  return [...new Set(names)].filter((name) => HEARD.test(name));
}

function taskNotes(task: Task, config: Config): readonly Diagnostic[] {
  const { job } = limitsOf(task, config);
  const notes = [
    ...(job > LONGEST_JOB
      ? [`may take ${job} minutes with all of its attempts; GitHub ends a job after ${LONGEST_JOB}`]
      : []),
    ...(task.envFrom.length > 0
      ? [`takes ${joinWords(task.envFrom)} from the machine; on GitHub a runner may lack them`]
      : []),
    ...(task.sandbox === undefined ? [] : sandboxNotes(task.sandbox.settings)),
  ];
  return notes.flatMap((text) => note(config, `${quote(task.name)} ${text}`, task.at));
}

/** What goes on behind the name of the task. */
function sandboxNotes({ mounts, memory, cpus, ca }: SandboxSettings): readonly string[] {
  const sources = mounts.map(({ source }) => source).filter((source) => /^[~/]/.test(source));
  const isLarge = memory > RUNNER.memory || cpus > RUNNER.cpus;
  return [
    ...(sources.length > 0 ? [`mounts ${joinWords(sources)} of this machine; on GitHub a runner may lack them`] : []),
    ...(isLarge ? ['has a sandbox larger than GitHub’s standard runners, which have 4 CPUs and 16 GiB'] : []),
    ...(ca === 'host' ? ['trusts the authorities of the machine, which on GitHub are those of the runner'] : []),
  ];
}

function note({ file }: Config, message: string, range: SourceRange | undefined): readonly Diagnostic[] {
  const at = range === undefined ? { file } : { file, range };
  return [{ severity: 'warning', code: 'differs-on-github', message, at }];
}
