// A task that prints a lot, to a bare Node program that passes the same output to a file.
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measuredNode } from './command.mjs';
import { compare, medianOf, takeTurns } from './measure.mjs';
import { makeRepository } from './repository.mjs';

const RAW = fileURLToPath(new URL('./raw/pass-through.mjs', import.meta.url));
const BYTES = 200_000_000;
const LINE = 'a line of output as a build tool prints it, with some text and a number 12345678';

/** Near enough to the secrets that people have: tokens, a connection string, a key of many lines. */
const SECRETS = {
  API_TOKEN: 'tok_9f8e7d6c5b4a39281706f5e4d3c2b1a0',
  DATABASE_URL: 'postgres://admin:s3cr3t-pass@db.internal:5432/app',
  NPM_TOKEN: 'npm_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5',
  PASSWORD: 'correct horse battery staple',
  SIGNING_KEY: Array.from(
    { length: 24 },
    (_, i) => `MIIEpAIBAAKCAQEA${String(i).padStart(4, '0')}qL7vXyZ+/kd8s0fJ3hG1mNbV`,
  ).join('\n'),
};

export async function benchOutput(place) {
  const command = (bytes) => `(yes "${LINE}" || true) | head -c ${bytes}`;
  const config = (bytes, secrets = '') =>
    `version: 1\ntasks:\n  - name: talk\n    command: ${JSON.stringify(command(bytes))}\n${secrets}`;
  const repository = makeRepository(place, { files: 20, config: config(BYTES) });
  const masked = makeRepository(place, {
    files: 20,
    config: config(BYTES, `    secrets: [${Object.keys(SECRETS).join(', ')}]\n`),
  });
  const little = makeRepository(place, { files: 20, config: config(BYTES / 100) });
  const passed = join(place.top, 'passed');
  // Each writes into memory or disk that the one before it has given back: what was never used before costs more.
  const pass = () => {
    rmSync(passed, { force: true });
    return measuredNode(place, [RAW, command(BYTES), passed]);
  };
  const orch = async ({ root }, env = {}) => {
    rmSync(join(root, 'logs'), { recursive: true, force: true });
    const run = await measuredNode(place, [place.orch, 'run', '--ui', 'plain'], { cwd: root, env });
    return { ...run, task: taskTime(root) };
  };
  const taken = await takeTurns(
    {
      raw: pass,
      orch: () => orch(repository),
      masked: () => orch(masked, SECRETS),
      little: () => orch(little),
    },
    { least: 4, most: 9, budget: 30_000 },
  );
  for (const file of [passed, join(repository.root, 'logs/talk.log'), join(masked.root, 'logs/talk.log')]) {
    if (statSync(file).size < BYTES) throw new Error(`${file} is not whole`);
  }
  const row = (what, samples, { aim, field = 'task', notes }) => ({
    what,
    raw: 'Node pass-through',
    aim,
    ...compare(samples, taken.raw, field, 'ms'),
    times: `${seconds(samples, field)} to ${seconds(taken.raw)}`,
    notes,
  });
  const cpu = `CPU time of the run ${compare(taken.orch, taken.raw, 'cpu').ratio.toFixed(2)}`;
  return [
    row('a task that prints 200 MB', taken.orch, { aim: 1.5, notes: peakNotes(taken) }),
    row('the whole run of that task', taken.orch, { field: 'ms', notes: [cpu] }),
    row(`the task with ${Object.keys(SECRETS).length} secrets`, taken.masked, {}),
  ];
}

/** From the moment that orch takes the task up to the moment that it is done with it, in milliseconds. */
function taskTime(root) {
  const journal = readFileSync(join(root, 'logs/framework-run.jsonl'), 'utf8').trim().split('\n');
  return journal.map((line) => JSON.parse(line)).find(({ type }) => type === 'job.finished').duration;
}

function peakNotes({ orch, little, raw }) {
  if (orch[0].mb === undefined) return [];
  const mb = (samples) => `${Math.round(medianOf(samples, 'mb'))} MB`;
  return [`most memory ${mb(orch)}; with 2 MB of output ${mb(little)}; the pass-through ${mb(raw)}`];
}

function seconds(samples, field = 'ms') {
  return `${(medianOf(samples, field) / 1000).toFixed(2)} s`;
}
