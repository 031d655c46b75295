/** Where a run on GitHub would differ from one on this machine: an export that has none of these gives equal results. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { SourceRange } from '../../shared/source.ts';
import type { Config, Task } from '../config.ts';
import { joinWords, quote } from '../wording.ts';
import { limitsOf } from './limits.ts';

/** Minutes that GitHub gives a job at most, and inputs that a dispatched workflow may have. */
const LONGEST_JOB = 360;
const MOST_INPUTS = 25;

export function exportNotes(config: Config): readonly Diagnostic[] {
  return [...fileNotes(config), ...config.tasks.flatMap((task) => taskNotes(task, config))];
}

function fileNotes(config: Config): readonly Diagnostic[] {
  const { worktrees } = config;
  const at = (key: string) => config.keys?.[key];
  const preparing = (['copy', 'link', 'setup'] as const).filter((key) => (worktrees[key]?.length ?? 0) > 0);
  const notes: readonly (readonly [applies: boolean, key: string, message: string])[] = [
    [
      config.onFailure !== 'continue',
      'on_failure',
      `on GitHub unrelated jobs go on after a failure, as with "continue"`,
    ],
    [config.base !== 'HEAD', 'base', 'on GitHub tasks start from the commit that the workflow runs on'],
    [
      preparing.length > 0,
      'worktrees',
      `${joinWords(preparing.map((key) => quote(`worktrees.${key}`)))} prepare a worktree on this machine alone`,
    ],
    [config.onFinish !== undefined, 'on_finish', 'on GitHub nothing runs "on_finish"'],
    [
      Object.keys(config.vars).length > 0,
      'vars',
      'on GitHub these are the variables of the repository; set them there',
    ],
    [
      Object.keys(config.inputs).length > MOST_INPUTS,
      'inputs',
      `a workflow on GitHub takes at most ${MOST_INPUTS} inputs`,
    ],
  ];
  return notes.flatMap(([applies, key, message]) => (applies ? note(config, message, at(key)) : []));
}

function taskNotes(task: Task, config: Config): readonly Diagnostic[] {
  const { job } = limitsOf(task, config);
  const messages = [
    ...(job > LONGEST_JOB
      ? [`${quote(task.name)} may take ${job} minutes; GitHub ends a job after ${LONGEST_JOB}`]
      : []),
    ...(task.envFrom.length > 0
      ? [`${quote(task.name)} takes ${joinWords(task.envFrom)} from the machine; on GitHub a runner may lack them`]
      : []),
  ];
  return messages.flatMap((message) => note(config, message, task.at));
}

function note({ file }: Config, message: string, range: SourceRange | undefined): readonly Diagnostic[] {
  const at = range === undefined ? { file } : { file, range };
  return [{ severity: 'warning', code: 'differs-on-github', message, at }];
}
