// Measures the built command and writes docs/benchmarks.md; exit code 1 when an aim is missed. Options:
// `--report-only` never fails; `--only NAME` runs one benchmark and writes no page.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchContainers } from './containers.mjs';
import { benchEngine } from './engine.mjs';
import { describeMachine, load } from './machine.mjs';
import { benchMemory } from './memory.mjs';
import { benchOutput } from './output.mjs';
import { isMissed, renderLine, renderPage } from './page.mjs';
import { openPlace } from './place.mjs';
import { benchReport, benchStartup } from './startup.mjs';
import { benchTasks } from './tasks.mjs';
import { benchWorkflows } from './workflows.mjs';

const BENCHMARKS = {
  startup: benchStartup,
  tasks: benchTasks,
  workflows: benchWorkflows,
  containers: benchContainers,
  output: benchOutput,
  engine: benchEngine,
  memory: async (place) => {
    const { rows, repository, tasks } = await benchMemory(place);
    return [...rows, ...(await benchReport(place, repository, tasks))];
  },
};

const { values } = parseArgs({ options: { 'report-only': { type: 'boolean' }, only: { type: 'string' } } });
if (values.only !== undefined && !Object.hasOwn(BENCHMARKS, values.only)) {
  console.error(`bench: there is no ${values.only}; there are ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}
const place = openPlace(fileURLToPath(new URL('../../dist', import.meta.url)));
const before = load();
const started = performance.now();
const rows = [];
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (values.only !== undefined && values.only !== name) continue;
  console.log(`${name}:`);
  for (const row of await bench(place)) {
    rows.push(row);
    console.log(renderLine(row));
  }
}
if (values.only === undefined) {
  const page = renderPage(rows, {
    machine: { ...describeMachine(), files: place.inMemory ? 'files in memory (tmpfs)' : 'files on disk' },
    load: { before, after: load() },
    date: new Date().toISOString().slice(0, 10),
    seconds: Math.round((performance.now() - started) / 1000),
  });
  writeFileSync(fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url)), page);
}
if (rows.some(isMissed) && !values['report-only']) process.exitCode = 1;
