// How long a person waits for a command that does next to nothing.
import { join } from 'node:path';
import { timed } from './command.mjs';
import { compare, medianOf, takeTurns } from './measure.mjs';
import { makeRepository, smallTasks } from './repository.mjs';

export async function benchStartup(place) {
  const { orch } = place;
  const node = () => timed(place, [process.execPath, '-e', '0']);
  const quick = await takeTurns(
    { node, again: node, version: () => timed(place, [process.execPath, orch, '--version']) },
    { least: 15, most: 40, budget: 12_000 },
  );
  const { root } = makeRepository(place, { files: 20, config: smallTasks(100) });
  const command = (...args) => timed(place, [process.execPath, orch, ...args], { cwd: root });
  const file = await takeTurns(
    { node, validate: () => command('validate'), plan: () => command('plan') },
    { least: 7, most: 15, budget: 8_000 },
  );
  const row = (what, aim, samples, raw) => ({
    what,
    raw: '`node -e 0`',
    aim,
    ...compare(samples, raw),
    times: `${ms(samples)} to ${ms(raw)}`,
  });
  return [
    row('noise: `node -e 0`', undefined, quick.again, quick.node),
    row('`orch --version`', 1.5, quick.version, quick.node),
    row('`orch validate`, 100 tasks', undefined, file.validate, file.node),
    row('`orch plan`, 100 tasks', undefined, file.plan, file.node),
  ];
}

function ms(samples) {
  return `${Math.round(medianOf(samples))} ms`;
}

/** `orch report` on the largest run there is, which `repository` holds. */
export async function benchReport(place, repository, tasks) {
  const taken = await takeTurns(
    {
      node: () => timed(place, [process.execPath, '-e', '0']),
      report: () => timed(place, [process.execPath, join(place.orch), 'report'], { cwd: repository.root }),
    },
    { least: 5, most: 9, budget: 6_000 },
  );
  return [
    {
      what: `\`orch report\` of ${tasks} tasks`,
      raw: '`node -e 0`',
      ...compare(taken.report, taken.node),
      times: `${ms(taken.report)} to ${ms(taken.node)}`,
    },
  ];
}
