/** What the sandboxes of tasks need of this machine: said before anything starts, where it is missing. */
import { requireEngine, sweepContainers, whyNoBoxes } from '../../runner/environments/index.ts';
import { findReplaceable, findSandboxFaults, type SandboxGround, takeBackFiles } from '../../runner/sandboxes/index.ts';
import { listLoans, worktreeRoot } from '../../runner/workspaces/index.ts';
import { hostPath } from '../../shared/brand.ts';
import { findRun } from '../../store/index.ts';
import { UsageError } from '../explain.ts';
import type { Loaded } from '../load.ts';
import type { Project } from '../project.ts';
import { cacheDirectory } from '../workflow/cache-directory.ts';

export function sandboxGround({ repository }: Project, { config }: Loaded): SandboxGround {
  return {
    env: process.env,
    checkout: repository.root,
    gitDir: repository.commonDir,
    own: [hostPath(worktreeRoot(repository, config.worktrees.root)), hostPath(cacheDirectory())],
  };
}

/** Throws `UsageError` for what tasks mount and is not there or not for them, `MachineError` without an engine. */
export async function requireSandboxes(project: Project, loaded: Loaded): Promise<void> {
  const ground = sandboxGround(project, loaded);
  const boxed = loaded.config.tasks.flatMap(({ name, sandbox, at }) =>
    sandbox === undefined ? [] : [{ place: `${name} (${loaded.file}:${at.start.line})`, sandbox }],
  );
  const needs = boxed.map(({ place, sandbox }) => `${place}: the sandbox of ${sandbox.settings.image}`);
  await requireEngine(process.env, needs, whyNoBoxes);
  const faults = await Promise.all(
    boxed.map(async ({ place, sandbox }) =>
      (await findSandboxFaults(sandbox.settings, ground)).map((fault) => `${place}: ${fault}`),
    ),
  );
  const replaceable = await findReplaceable(
    boxed.map(({ sandbox }) => sandbox.settings),
    ground,
  );
  const [first, ...more] = [...faults.flat(), ...replaceable];
  if (first !== undefined) throw new UsageError([`nothing was started: ${first}`, ...more].join('\norch: '));
}

/** Files that root had lent to the boxes of a run which was killed. Nothing of those boxes may work on them any more. */
export async function takeBackLoans({ repository, layout }: Project): Promise<void> {
  for (const loan of await listLoans(repository)) {
    // Of another stream.
    if (findRun(layout, loan.run)?.state === 'running') continue;
    await sweepContainers(loan.run, process.env);
    await takeBackFiles(loan.path, loan.uid);
    await loan.forget();
  }
}
