// Many trivial tasks, each in a worktree of its own with a commit, to a script of the same git commands.
import { fileURLToPath } from 'node:url';
import { measured, measuredNode } from './command.mjs';
import { compare, medianOf, takeTurns } from './measure.mjs';
import { countProcesses } from './processes.mjs';
import { makeRepository, smallTasks } from './repository.mjs';

const SCRIPT = fileURLToPath(new URL('./raw/worktrees.sh', import.meta.url));
/** As many and as large as those of orch itself. */
const FILES = 500;
const TASKS = 100;
const PARALLEL = 2;

export async function benchTasks(place) {
  const repository = makeRepository(place, { files: FILES, config: smallTasks(TASKS) });
  const { root, configure } = repository;
  let round = 0;
  const raw = (tasks) => ['bash', SCRIPT, root, String(tasks), String(PARALLEL), `round-${++round}`];
  const orch = ['run', '--ui', 'plain', '--max-parallel', String(PARALLEL)];
  const sides = (tasks) => ({
    raw: () => measured(place, raw(tasks), { cwd: root }),
    orch: () => measuredNode(place, [place.orch, ...orch], { cwd: root }),
  });
  const many = await takeTurns(sides(TASKS), { least: 2, most: 5, budget: 80_000, warmUp: false });
  check(repository, TASKS, many.orch.length);

  const argv = [process.execPath, place.orch, ...orch];
  const processes = await countProcesses(place, repository, {
    of: (tasks) => configure(smallTasks(tasks)),
    raw: (tasks) => raw(tasks),
    orch: () => argv,
  });
  configure(smallTasks(1));
  const one = await takeTurns(sides(1), { least: 5, most: 9, budget: 8_000 });
  return [
    {
      what: `${TASKS} tasks with worktrees and commits, ${PARALLEL} at once, ${FILES} files`,
      raw: 'git and bash',
      aim: 1.5,
      ...compare(many.orch, many.raw),
      times: `${seconds(many.orch)} to ${seconds(many.raw)}`,
      notes: [
        `CPU time ${compare(many.orch, many.raw, 'cpu').ratio.toFixed(2)} (${seconds(many.orch, 'cpu')} to ${seconds(many.raw, 'cpu')})`,
        ...processes,
      ],
    },
    {
      what: 'one such task',
      raw: 'git and bash',
      ...compare(one.orch, one.raw),
      times: `${seconds(one.orch)} to ${seconds(one.raw)}`,
    },
  ];
}

/** Both sides have done the work: as many branches, one commit ahead, and no worktree left. */
function check({ git }, tasks, rounds) {
  for (const side of ['raw', 'orch']) {
    const ahead = git('rev-list', '--count', `--branches=${side}/*`, '^main');
    if (Number(ahead) !== tasks * rounds) throw new Error(`${side} made ${ahead} commits, not ${tasks * rounds}`);
  }
  const trees = git('worktree', 'list').split('\n').length;
  if (trees !== 1) throw new Error(`${trees - 1} worktrees are left`);
}

function seconds(samples, field = 'ms') {
  return `${(medianOf(samples, field) / 1000).toFixed(2)} s`;
}
