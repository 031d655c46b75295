// Workflows: what a step costs, what a job costs, and how long a person waits before anything runs.
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measured, measuredNode, run, timed } from './command.mjs';
import { compare, medianOf, takeTurns } from './measure.mjs';
import { makeRepository } from './repository.mjs';

const STEPS = 100;
const JOBS = 100;
const PARALLEL = 2;
const FILES = 500;

const STEP = "      - run: 'true'\n        shell: bash\n";
const JOB = `    runs-on: ubuntu-latest\n    steps:\n`;

const rawScript = (name) => fileURLToPath(new URL(`./raw/${name}`, import.meta.url));

export async function benchWorkflows(place) {
  const { root } = makeRepository(place, {
    files: FILES,
    more: {
      '.github/workflows/one.yml': `on: push\njobs:\n  a:\n${JOB}${STEP}`,
      '.github/workflows/steps.yml': `on: push\njobs:\n  a:\n${JOB}${STEP.repeat(STEPS)}`,
      '.github/workflows/jobs.yml': `on: push\njobs:\n${Array.from({ length: JOBS }, (_, i) => `  j${i}:\n${JOB}${STEP}`).join('')}`,
      '.github/workflows/long.yml': longWorkflow(),
    },
  });
  return [...(await benchSteps(place, root)), ...(await benchJobs(place, root)), ...(await benchStart(place, root))];
}

function runArgs(workflow) {
  return ['run', workflow, '--ui', 'quiet', '--max-parallel', String(PARALLEL)];
}

async function benchSteps(place, root) {
  const taken = await takeTurns(
    {
      node: () => selfTimed(place, [process.execPath, rawScript('steps.mjs'), String(STEPS)]),
      bash: () => timed(place, ['bash', rawScript('steps.sh'), String(STEPS)]),
      orch: async () => {
        rmSync(join(root, 'logs'), { recursive: true, force: true });
        const whole = await measuredNode(place, [place.orch, ...runArgs('steps')], { cwd: root });
        return { ...whole, steps: stepTime(root, STEPS) };
      },
    },
    { least: 5, most: 15, budget: 10_000 },
  );
  const memory = taken.orch[0].mb === undefined ? [] : [`most memory ${Math.round(medianOf(taken.orch, 'mb'))} MB`];
  const row = (what, raw, field, more) => ({
    what,
    raw: raw === taken.node ? 'Node starting the same shell' : 'a loop in bash that starts the same shell',
    ...compare(taken.orch, raw, field, 'ms'),
    times: `${ms(taken.orch, field)} to ${ms(raw)}`,
    ...more,
  });
  const steps = `${STEPS} steps \`true\` of one job`;
  return [
    row(steps, taken.node, 'steps', { aim: 1.3, notes: memory }),
    row(`the whole run of those ${STEPS} steps`, taken.node, 'ms'),
    row(steps, taken.bash, 'steps'),
  ];
}

/** The milliseconds that the program itself prints: without its own start and end. */
async function selfTimed(place, argv) {
  await run(place, argv);
  return { ms: Number(readFileSync(join(place.top, 'output'), 'utf8')) };
}

/** From the start of the first of so many steps to the end of the last one, in milliseconds. */
export function stepTime(root, count) {
  const events = eventsOf(root).filter(({ type }) => type.startsWith('step.'));
  if (events.length !== 2 * count) throw new Error(`${events.length} events of steps, not ${2 * count}`);
  return Date.parse(events.at(-1).time) - Date.parse(events[0].time);
}

/** The journal of the only run. */
export function eventsOf(root) {
  const runs = join(root, 'logs/runs');
  const run = readdirSync(runs).find((name) => !name.startsWith('.'));
  const lines = readFileSync(join(runs, run, 'events.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line));
}

async function benchJobs(place, root) {
  const taken = await takeTurns(
    {
      raw: () => measured(place, ['bash', rawScript('jobs.sh'), root, String(JOBS), String(PARALLEL)]),
      orch: () => measuredNode(place, [place.orch, ...runArgs('jobs')], { cwd: root }),
    },
    { least: 2, most: 5, budget: 25_000, warmUp: false },
  );
  const memory = taken.orch[0].mb === undefined ? [] : [`most memory ${Math.round(medianOf(taken.orch, 'mb'))} MB`];
  return [
    {
      what: `${JOBS} jobs of one step, ${PARALLEL} at once, ${FILES} files`,
      raw: '`xargs -P`, git and bash',
      aim: 1.5,
      ...compare(taken.orch, taken.raw),
      times: `${seconds(taken.orch)} to ${seconds(taken.raw)}`,
      notes: [`CPU time ${compare(taken.orch, taken.raw, 'cpu').ratio.toFixed(2)}`, ...memory],
    },
  ];
}

async function benchStart(place, root) {
  const command = (...args) => timed(place, [process.execPath, ...args], { cwd: root });
  const validate = ['validate', '.github/workflows/long.yml'];
  const installed = installedCopy(place);
  const taken = await takeTurns(
    {
      node: () => timed(place, [process.execPath, '-e', '0']),
      validate: () => command(place.orch, ...validate),
      installed: () => command(installed, ...validate),
      one: () => command(place.orch, ...runArgs('one')),
    },
    { least: 7, most: 15, budget: 10_000 },
  );
  const row = (what, samples, aim) => ({
    what,
    raw: '`node -e 0`',
    aim,
    ...compare(samples, taken.node),
    times: `${ms(samples)} to ${ms(taken.node)}`,
  });
  return [
    row(`\`orch validate\` of a workflow of ${longWorkflow().split('\n').length - 1} lines`, taken.validate, 4),
    row('the same, nothing compiled ahead, as in an installed package', taken.installed, 4),
    row('a whole run of one job with one step', taken.one),
  ];
}

/** The program as a package has it: compiled code is for the Node of the machine that built it alone. */
function installedCopy(place) {
  const copy = join(place.top, 'installed');
  cpSync(dirname(place.orch), copy, { recursive: true, filter: (path) => basename(path) !== 'compiled' });
  return join(copy, basename(place.orch));
}

/** As people write them: matrices, conditions, expressions, scripts. */
function longWorkflow() {
  const job = (i) => `  job-${i}:
    name: Job ${i} on \${{ matrix.os }}
    needs: [${i > 0 ? `job-${i - 1}` : ''}]
    if: github.event_name == 'push' || contains(github.ref, 'main')
    runs-on: \${{ matrix.os }}
    timeout-minutes: 30
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-latest, macos-latest]
        node: [20, 22, 24]
        exclude:
          - { os: macos-latest, node: 20 }
    env:
      CACHE_KEY: build-\${{ matrix.node }}
    outputs:
      version: \${{ steps.version.outputs.version }}
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-node@v4
        with:
          node-version: \${{ matrix.node }}
          cache: npm
      - name: Install
        run: npm ci
      - id: version
        name: Version
        run: |
          version=$(node -p "require('./package.json').version")
          echo "version=$version" >> "$GITHUB_OUTPUT"
      - name: Test
        if: \${{ !cancelled() && matrix.node != 20 }}
        run: npm test -- --shard \${{ strategy.job-index }}/\${{ strategy.job-total }}
        env:
          TOKEN: \${{ secrets.TOKEN }}
          LOCK: \${{ hashFiles('package-lock.json') }}
`;
  return `name: Long\non:\n  push:\n    branches: [main]\n  pull_request:\njobs:\n${Array.from({ length: 9 }, (_, i) => job(i)).join('')}`;
}

function ms(samples, field = 'ms') {
  return `${Math.round(medianOf(samples, field))} ms`;
}

function seconds(samples) {
  return `${(medianOf(samples) / 1000).toFixed(2)} s`;
}
