// What orch holds in memory over a long run. The repository is small: only the number of tasks counts.
import { measuredNode } from './command.mjs';
import { makeRepository, smallTasks } from './repository.mjs';

const TASKS = 500;
const AIM = 150;

/** The rows, and the repository with the run in it. */
export async function benchMemory(place) {
  const repository = makeRepository(place, { files: 3, config: smallTasks(TASKS) });
  const argv = [place.orch, 'run', '--ui', 'plain', '--max-parallel', '4'];
  const { mb, ms } = await measuredNode(place, argv, { cwd: repository.root });
  const rows =
    mb === undefined
      ? []
      : [
          {
            what: `memory (MB) of orch over ${TASKS} tasks`,
            raw: `${AIM} MB`,
            aim: 1,
            ratio: mb / AIM,
            times: `${Math.round(mb)} MB`,
            notes: [`${(ms / 1000).toFixed(0)} s for the run, ${Math.round(ms / TASKS)} ms a task`],
          },
        ];
  return { rows, repository, tasks: TASKS };
}
