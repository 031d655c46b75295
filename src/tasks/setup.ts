/** Makes a fresh working tree fit for work by the user's `setup` command. */
import type { Failure } from '../shared/failure.ts';
import { formatDuration } from '../shared/quantity.ts';
import type { Containment } from '../shared/verdict.ts';
import { endingFailure } from './clocks.ts';
import { runCommand, UNCONTAINED } from './command.ts';
import { exitFailure } from './exit.ts';
import { countOf, firstLine, listSome } from './messages.ts';
import type { TaskPorts } from './ports.ts';
import type { WorkTree } from './repository-port.ts';
import { shellArguments } from './shell.ts';
import { note, type Warn, warnOfAlive } from './warnings.ts';

/** A command that makes a fresh working tree fit for work, and its limit in milliseconds. */
export interface Setup {
  readonly command: string;
  readonly timeout: number;
}

export interface SetupRequest {
  readonly setup: Setup | undefined;
  readonly tree: WorkTree;
  readonly start: string;
  /** Without secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly warn: Warn;
}

export interface SetupEnd {
  readonly failure?: Failure;
  /**
   * What the task's own changes are measured against. Files that `setup` changed (a lock file, say) are not the
   * task's: they are no evidence, and alone they make no commit. But a task that changes something has worked on
   * them, so its commit is the whole tree.
   */
  readonly baseline: string;
  readonly contained: Containment;
}

/** Fails as `setup-failed`, `disk-full`, or as `cancelled`. */
export async function runSetup(ports: TaskPorts, request: SetupRequest): Promise<SetupEnd> {
  const { setup, tree, start } = request;
  if (setup === undefined) return { baseline: start, contained: UNCONTAINED };
  const call = await shellArguments(ports.files, 'bash', setup.command);
  if (!call.ok) return { failure: call.error, baseline: start, contained: UNCONTAINED };
  note(ports, `setup: ${firstLine(setup.command)}`);
  const end = await runCommand(ports, {
    argv: call.value.argv,
    cwd: tree.path,
    env: request.env,
    limits: { whole: setup.timeout },
    disks: [tree.path],
  });
  warnOfAlive(request.warn, 'setup', end.contained);
  note(ports, `setup ended after ${formatDuration(end.duration)}`);
  const reason = end.ended ? endingFailure(end.ended, 'setup') : exitFailure(end.exit, 'setup');
  if (reason !== undefined) {
    const isOwn = reason.code === 'cancelled' || reason.code === 'disk-full';
    const failure: Failure = isOwn ? reason : { code: 'setup-failed', message: reason.message };
    return { failure, baseline: start, contained: end.contained };
  }
  return { baseline: await captureBaseline(request), contained: end.contained };
}

async function captureBaseline({ tree, start, warn }: SetupRequest): Promise<string> {
  const capture = await tree.capture();
  for (const problem of capture.problems) warn(problem.code, `after setup: ${problem.message}`);
  const changes = await tree.changes(start, capture.tree);
  if (changes.length === 0) return start;
  const paths = changes.map(({ path }) => path);
  warn(
    'setup-changed-files',
    `setup changed ${countOf(paths.length, 'file')} that git does not ignore: ${listSome(paths, 5)}`,
  );
  return capture.tree;
}
