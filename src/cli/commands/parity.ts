/** `orch parity`: whether the tasks, the exported workflow and what runs here are the same, and would be on GitHub. */
import { EXPORT_MARK, loadConfig } from '../../orchestrator/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { inspectFile } from '../../store/index.ts';
import { renderChecks, renderDiagnostics, safeJson } from '../../ui/index.ts';
import { openDisplay } from '../display.ts';
import { UsageError } from '../explain.ts';
import { exportOf } from '../export/exported.ts';
import type { ExportCommandOptions } from '../export/request.ts';
import { type Loaded, loadProject } from '../load.ts';
import { checkAct, requireAct } from '../parity/act.ts';
import type { ParityCheck } from '../parity/check.ts';
import { treeOf } from '../parity/facts.ts';
import { openParityPlace } from '../parity/place.ts';
import { checkRuns, type Running } from '../parity/run-checks.ts';
import { checkDrift, checkGithub, checkRoundTrip } from '../parity/static-checks.ts';
import { listenForWishes } from '../parity/wishes.ts';
import type { ValueOptions } from '../parity/words.ts';
import { type Project, withProject } from '../project.ts';
import { showDiagnostics } from '../show-diagnostics.ts';
import { likelyEvent } from '../workflow/choose.ts';
import { takeTree } from '../workflow/tree.ts';

export interface ParityOptions extends ExportCommandOptions, ValueOptions {
  readonly static?: boolean;
  readonly with?: 'act';
  readonly format: 'text' | 'json';
}

export async function parity(options: ParityOptions): Promise<number> {
  if (options.static === true && options.with !== undefined)
    throw new UsageError('--with act compares runs, and --static leaves them out');
  return withProject(async (project) => {
    const given = loadProject(project, options);
    const loaded = given && asWritten(project, given);
    if (loaded === undefined) return EXIT.badInput;
    const act = options.with === undefined ? undefined : requireAct();
    const { checks, stopped } = await check(project, { loaded, options, act });
    if (stopped) return EXIT.cancelled;
    show(checks, loaded, options);
    return checks.some(({ state }) => state === 'bad') ? EXIT.failed : EXIT.success;
  });
}

/** An export knows nothing of the values that a run is given. */
function asWritten({ repository: { root } }: Project, given: Loaded): Loaded | undefined {
  const { result, diagnostics } = loadConfig({ file: given.file, root });
  if (result.ok) return { ...given, config: result.value };
  showDiagnostics(diagnostics, new Map([[given.file, given.text]]));
  return undefined;
}

interface Checking {
  readonly loaded: Loaded;
  readonly options: ParityOptions;
  readonly act: string | undefined;
}

interface Checked {
  readonly checks: readonly ParityCheck[];
  /** Somebody wants no more of this. */
  readonly stopped: boolean;
}

async function check(project: Project, { loaded, options, act }: Checking): Promise<Checked> {
  const { root } = project.repository;
  const exported = exportOf(root, loaded, options);
  const { workflow, made } = exported;
  const { commit } = await takeTree(project);
  const standing = inspectFile(root, workflow.path, EXPORT_MARK);
  const written = standing.kind === 'ours' ? { ...workflow, text: standing.text } : undefined;
  const tree = await treeOf(project.repository, commit);
  requireTracked(tree, exported.request.source);
  const first = [checkDrift(root, exported, tree), checkRoundTrip(made)];
  const last = checkGithub({ loaded, exported: written ?? workflow, notes: made.notes, tree });
  const around = (run: readonly ParityCheck[]): readonly ParityCheck[] => [...first, ...run, last];
  if (options.static === true) return { checks: around([]), stopped: false };
  if (written === undefined || !tree.has(workflow.path))
    return { checks: around([notThere(workflow.path)]), stopped: false };
  if (exported.request.transport === 'branches') return { checks: around([PUSHES]), stopped: false };
  const place = await openParityPlace(project.repository);
  const wishes = listenForWishes();
  try {
    const event = likelyEvent(made.workflow, (options.input ?? []).length > 0);
    const running = { place, root, commit, loaded, workflow: workflow.path, event, options, stop: wishes };
    return { checks: around(await runAll(running, act)), stopped: wishes.asked() > 0 };
  } finally {
    await place.dispose();
    wishes.stopListening();
  }
}

/** Without the config in git, neither a clone nor GitHub has it. */
function requireTracked(tree: ReadonlyMap<string, string>, source: string): void {
  if (tree.has(source)) return;
  throw new UsageError(`git ignores ${source}`, { hint: `take it out of .gitignore, or: git add --force ${source}` });
}

/** The tasks, the exported workflow, and where it is asked for the same with act; until somebody wants no more. */
async function runAll(running: Running, act: string | undefined): Promise<readonly ParityCheck[]> {
  const compared = await checkRuns(running);
  if (compared === undefined) return [];
  const { check: runs, events } = compared;
  return act === undefined ? [runs] : [runs, await checkAct(running, act, events)];
}

function notThere(path: string): ParityCheck {
  return {
    name: 'runs',
    state: 'bad',
    seen: `not compared: ${path} is not there, was not written by an export, or is ignored by git`,
    hint: 'orch export-gha writes it',
    diagnostics: [],
  };
}

/** Whoever compares wants nothing published. */
const PUSHES: ParityCheck = {
  name: 'runs',
  state: 'note',
  seen: 'not compared: the exported workflow pushes the branches of its tasks',
  hint: 'an export with --transport artifacts can be compared',
  diagnostics: [],
};

function show(checks: readonly ParityCheck[], { config, text }: Loaded, { format }: ParityOptions): void {
  const { terminal, look, columns } = openDisplay();
  const { chalk } = look;
  const bad = checks.filter(({ state }) => state === 'bad');
  if (format === 'json') {
    terminal.write(`${safeJson({ result: bad.length === 0 ? 'same' : 'different', checks })}\n`);
    return;
  }
  terminal.write(renderChecks(checks, look, columns));
  const diagnostics = checks.flatMap((one) => one.diagnostics);
  const sources = new Map([[config.file, text]]);
  if (diagnostics.length > 0)
    terminal.write(`\n${renderDiagnostics(diagnostics, 'text', { sources, chalk, columns })}`);
  terminal.write(`\n${chalk.bold(verdictOf(checks, bad))}\n`);
}

function verdictOf(checks: readonly ParityCheck[], bad: readonly ParityCheck[]): string {
  if (bad.length > 0) return `Not the same: ${bad.map(({ name }) => name).join(', ')}.`;
  const ran = checks.some(({ name, state }) => name === 'runs' && state === 'good');
  return ran
    ? 'The tasks and the exported workflow are the same.'
    : 'The same, as far as it shows without running them.';
}
