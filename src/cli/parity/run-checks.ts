/** What `orch parity` finds out by running: the tasks and the exported workflow, each in a clone of its own. */
import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { RunEvent } from '../../engine/index.ts';
import { compareRuns, type Difference, legsOf } from '../../parity/index.ts';
import { plural } from '../../reports/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import type { SourceLocation } from '../../shared/source.ts';
import { UsageError } from '../explain.ts';
import type { Loaded } from '../load.ts';
import type { Project } from '../project.ts';
import type { ParityCheck } from './check.ts';
import { runOrch, type StopSignal } from './child.ts';
import { eventsOfClone, factsOfExport, factsOfTasks } from './facts.ts';
import type { ParityPlace } from './place.ts';
import { type ValueOptions, wordsForTasks, wordsForWorkflow } from './words.ts';

export interface Running {
  readonly place: ParityPlace;
  /** Where the config is read from. */
  readonly root: string;
  /** What both start from. */
  readonly commit: string;
  readonly loaded: Loaded;
  /** The exported workflow, from the root. */
  readonly workflow: string;
  /** What starts it. */
  readonly event: string;
  readonly options: ValueOptions;
  readonly stop: StopSignal;
}

export interface Compared {
  readonly check: ParityCheck;
  /** Of the run of tasks. */
  readonly events: readonly RunEvent[];
}

/** Undefined when somebody wants no more of it. Throws `UsageError` when the tasks cannot be run as they are. */
export async function checkRuns(running: Running): Promise<Compared | undefined> {
  const { place, commit, loaded, root, workflow, options, stop } = running;
  const config = relative(root, resolve(loaded.file));
  const tasks = await place.clone('tasks', commit);
  const here = await runIn(
    tasks,
    ['run', '--config', config, '--no-framework-review', ...wordsForTasks(options)],
    stop,
  );
  if (here === undefined) return undefined;
  const { events } = here;
  if (events === undefined)
    throw new UsageError('the tasks do not start in a clone', {
      hint: here.said.join('\n  '),
      exitCode: here.exitCode,
    });
  const exported = await place.clone('export', commit);
  await takeAway(exported, config);
  const there = await runIn(exported, ['run', workflow, ...wordsForWorkflow(options, loaded.config)], stop);
  if (there === undefined) return undefined;
  if (there.events === undefined) return { check: notStarted(workflow, there.said[0] ?? ''), events };
  const differences = compareRuns(
    await factsOfTasks(tasks, events),
    await factsOfExport(exported, there.events, place.temporary),
  );
  return { check: differences.length === 0 ? alike(events) : unlike(loaded, differences), events };
}

function alike(events: readonly RunEvent[]): ParityCheck {
  const legs = legsOf(events);
  const without = legs.filter(({ result }) => result !== 'success').length;
  const ended = `${plural(legs.length, 'task')} ${legs.length === 1 ? 'ends' : 'end'} alike`;
  const how = without === 0 ? '' : `; ${without} without success`;
  const seen = `${ended} as tasks and as the exported workflow: results, trees and files${how}`;
  return { name: 'runs', state: 'good', seen, diagnostics: [] };
}

function unlike(loaded: Loaded, differences: readonly Difference[]): ParityCheck {
  return {
    name: 'runs',
    state: 'bad',
    seen: `${plural(differences.length, 'difference')} between the tasks and the exported workflow`,
    hint: 'what takes the time, chance or the directory into a file differs by itself from run to run',
    diagnostics: diagnose(loaded, differences, 'runs-differ'),
  };
}

function notStarted(workflow: string, said: string): ParityCheck {
  return {
    name: 'runs',
    state: 'bad',
    seen: `not compared: ${workflow} does not start here`,
    hint: said,
    diagnostics: [],
  };
}

/** The clone's own git takes the file for unchanged: the run starts from the commit, with nothing of orch's beside it. */
async function takeAway({ repository: { git, root, gitDir } }: Project, path: string): Promise<void> {
  await git.run(['update-index', '--skip-worktree', '--', path], { workTree: root, index: join(gitDir, 'index') });
  await rm(join(root, path));
}

interface Ran {
  /** Undefined when no run has begun. */
  readonly events: readonly RunEvent[] | undefined;
  readonly exitCode: number;
  /** What orch said, by line. */
  readonly said: readonly string[];
}

async function runIn(clone: Project, words: readonly string[], stop: StopSignal): Promise<Ran | undefined> {
  const { stderr, exitCode } = await runOrch([...words, '--ui', 'quiet'], clone.repository.root, stop);
  if (stop.asked() > 0) return undefined;
  const said = stderr
    .trim()
    .split('\n')
    .map((line) => line.replace(/^orch: /, ''));
  return { events: await eventsOfClone(clone), exitCode: exitCode ?? EXIT.failed, said };
}

/** Each at the task that it is about. */
export function diagnose(
  { config }: Loaded,
  differences: readonly Difference[],
  code: string,
): ParityCheck['diagnostics'] {
  const places = new Map(
    config.tasks.map((task): readonly [string, SourceLocation] => [
      task.name.toLowerCase(),
      { file: config.file, range: task.at },
    ]),
  );
  return differences.map(({ job, message }) => ({
    severity: 'error',
    code,
    message,
    at: places.get(job.toLowerCase()) ?? { file: config.file },
  }));
}
