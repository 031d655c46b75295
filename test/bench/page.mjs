// docs/benchmarks.md: the figures, what they were measured on and how.

/** A row is `{ what, raw, aim?, ratio, low?, high?, rounds?, times, notes? }`, or `{ what, skipped }` with the reason. */
export function renderPage(rows, { machine, load, date, seconds }) {
  const lines = [
    '# Benchmarks',
    '',
    '`npm run bench` measures orch against the raw thing it stands for, on your machine, and writes this page. Each',
    'figure is a ratio: the two sides take turns, and their medians are compared, so that a slow or busy machine slows',
    'both. An aim that is missed by more than a tenth fails the command.',
    '',
    `| what | to | aim | ratio | lowest to highest round | for orientation |`,
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(renderRow),
    '',
    ...rows.filter((row) => row.notes?.length > 0).map((row) => `- ${row.what}: ${row.notes.join('; ')}.`),
    '',
    `Measured on ${date} in ${seconds} seconds: ${machine.cores} cores (${machine.cpu}), ${machine.memory}, ${machine.system},`,
    `Node ${machine.node}, git ${machine.git}, ${machine.files}. Load before and after: ${load.before} and ${load.after}. The row "noise" compares a`,
    'program with itself: what it differs from 1 is the machine, not orch.',
    '',
    '## How it is measured',
    '',
    '- **Start**: `node dist/orch.js --version`, `validate` and `plan` against `node -e 0`, wall time. The program is as the',
    '  build leaves it: compiled ahead, for the Node that built it. An installed package is not; a row shows what that',
    '  costs.',
    '- **Tasks**: `test/bench/raw/worktrees.sh` does with git and bash what orch does for each task: add a worktree on a',
    '  new branch, run the command, add, commit, remove the worktree; adding and removing under one lock. Orch, beyond',
    '  that, keeps a journal, a log and a summary, contains the processes of each task, and looks after each task whether',
    '  the main checkout was touched. Processes are counted by strace in a run of their own; a program is one that was',
    '  executed.',
    '- **Workflows**: the steps of one job, from the start of the first to the end of the last one as the journal has',
    '  them, against `test/bench/raw/steps.mjs`, a bare Node program that starts the same shell with the same arguments as',
    '  often, one after the other, its output into a file, as any runner on Node would have to; its own start and end do',
    '  not count either. For orientation, without an aim: the whole run to the same program, and the steps to',
    '  `test/bench/raw/steps.sh`, a loop in bash, which forks a small process where Node forks a large one. The jobs are',
    '  whole runs against `test/bench/raw/jobs.sh`, which has `xargs` make a clone with shared objects, start the shell and remove the',
    '  clone for each; orch, beyond that, starts, journals, masks, and contains the processes of each job in a namespace.',
    '- **Containers**: `test/bench/containers.mjs` asks the engine for the same over the API, with nothing around it: an',
    '  exec of a shell for each step, created, started, read to its end and asked for its exit code; a network of its own,',
    '  and a container with a shell in it, created, attached to and started. The steps are timed as above, the start of a',
    '  job from the moment that it is asked for to its first step, its working tree included. Without a supervisor means',
    '  an image in which it does not start. Without an engine none of it is measured, and the table says so.',
    '- **Output**: one task that prints 200 MB, from the moment that orch takes it up to the moment that it is done with',
    '  it, worktree, log with its sha256 and commit included, against the whole of `test/bench/raw/pass-through.mjs`, which',
    '  pipes the same command into a file. The next row adds what `orch run` takes to start and to end.',
    '- **Engine**: whole runs of `decide` and `evolve` alone, from the plan to the last event, in CPU time a job, the',
    '  garbage collector included; a quarter of the jobs have conditions; in the random layers 2 % fail.',
    "- **Memory**: the kernel's `VmHWM` of the orch process, read as it exits.",
    '',
  ];
  return lines.join('\n');
}

export function isMissed({ aim, ratio }) {
  return aim !== undefined && ratio > aim * 1.1;
}

function renderRow({ what, raw, aim, ratio, low, high, times, skipped }) {
  if (skipped !== undefined) return `| ${what} |  |  | not measured |  | ${skipped} |`;
  const range = low === undefined ? '' : `${low.toFixed(2)} to ${high.toFixed(2)}`;
  const cells = [what, raw, aim === undefined ? '' : aim.toFixed(1), ratio.toFixed(2), range, times];
  return `| ${cells.join(' | ')} |`;
}

/** One line for the terminal. */
export function renderLine(row) {
  if (row.skipped !== undefined) return `      –  ${row.what}: not measured, ${row.skipped}`;
  const verdict = row.aim === undefined ? '' : isMissed(row) ? `  MISSED: aim ${row.aim}` : `  aim ${row.aim}`;
  const notes = (row.notes ?? []).map((note) => `\n         ${note}`).join('');
  return `${row.ratio.toFixed(2).padStart(7)}  ${row.what} to ${row.raw}: ${row.times}${verdict}${notes}`;
}
