/** What nektos/act makes of the exported workflow, where it is installed. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../../engine/index.ts';
import { compareWithAct, lastWordsOfAct, legsOf, readActLog } from '../../parity/index.ts';
import { plural } from '../../reports/index.ts';
import { which } from '../../runner/environments/index.ts';
import { makeSelfContained } from '../../runner/workspaces/index.ts';
import { formatDuration } from '../../shared/quantity.ts';
import { UsageError } from '../explain.ts';
import type { ParityCheck } from './check.ts';
import { runChild } from './child.ts';
import { diagnose, type Running } from './run-checks.ts';
import { wordsForWorkflow } from './words.ts';

/** Throws `UsageError` where there is no act. */
export function requireAct(): string {
  const act = which('act', process.env);
  if (act !== undefined) return act;
  throw new UsageError('--with act: there is no program act in the PATH', {
    hint: 'install it (https://nektosact.com), or leave --with act out',
  });
}

const LEGS =
  'act knows no "strategy.job-index": of a matrix, the commits and files of one leg take the place of those of another';

/** act has no clock for a run. It pulls images, and what is under way at once here may come one after the other there. */
const FACTOR = 10;
const MARGIN = 30 * 60_000;
/** In milliseconds, to take its containers away. */
const GRACE = 60_000;

function limitOf(events: readonly RunEvent[]): number {
  const [first, last] = [events[0], events.at(-1)];
  const took = first === undefined || last === undefined ? 0 : Date.parse(last.time) - Date.parse(first.time);
  return FACTOR * took + MARGIN;
}

function overdue(limit: number): ParityCheck {
  return {
    name: 'act',
    state: 'bad',
    seen: `act did not end within ${formatDuration(limit)}, and was stopped`,
    hint: 'run the exported workflow with act itself to see where it stands',
    diagnostics: [],
  };
}

/** What act makes of the exported workflow, against how the tasks ended. */
export async function checkAct(running: Running, act: string, events: readonly RunEvent[]): Promise<ParityCheck> {
  const { place, commit, workflow, event, stop, loaded, options } = running;
  const clone = await place.clone('act', commit);
  // act copies it to where nothing else of this machine is.
  await makeSelfContained(clone.repository);
  const artifacts = join(place.temporary, 'act-artifacts');
  // Its service of artifacts lists the folder of the run, which it calls 1, whether there is one or not.
  await mkdir(join(artifacts, '1'), { recursive: true });
  // It has the same options for values, and would take a push for granted.
  const values = wordsForWorkflow(options, loaded.config);
  const args = [event, '--workflows', workflow, '--json', '--rm', '--artifact-server-path', artifacts, ...values];
  const patience = { limit: limitOf(events), grace: GRACE };
  const keep = (line: string): boolean => line.includes('"jobResult"');
  const child = { program: act, args, cwd: clone.repository.root, stop, keep, patience };
  const { stdout, stderr, exitCode, isOverdue } = await runChild(child);
  const results = readActLog(`${stdout}\n${stderr}`);
  if (isOverdue) return overdue(patience.limit);
  if (results.size === 0) {
    const message = lastWordsOfAct(stderr);
    return {
      name: 'act',
      state: 'bad',
      seen: `act ran no job, and ended with ${exitCode ?? 'a signal'}${message === '' ? '' : `: ${message}`}`,
      hint: 'act wants a container engine, and lines such as "-P ubuntu-latest=IMAGE" in an .actrc of the repository or of yours',
      diagnostics: [],
    };
  }
  const legs = legsOf(events);
  const differences = compareWithAct(legs, results);
  if (differences.length === 0)
    return {
      name: 'act',
      state: 'good',
      seen: `${plural(results.size, 'job')} ended with act as here`,
      diagnostics: [],
    };
  return {
    name: 'act',
    state: 'bad',
    seen: `${plural(differences.length, 'job')} ended otherwise with act`,
    ...(legs.some(({ isMatrix }) => isMatrix) ? { hint: LEGS } : {}),
    diagnostics: diagnose(loaded, differences, 'act-differs'),
  };
}
