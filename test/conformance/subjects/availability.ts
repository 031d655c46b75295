/** Which contexts and functions may be used where. */

import { problems, withJob } from '../../../src/workflow/parse/testing/reading.ts';
import { type Check, type Feature, type Subject, works } from '../rig/feature.ts';
import { problemsOfAction } from '../rig/language.ts';

/** What is tried at each place, by its name: an expression that uses it. */
const TRIED: Readonly<Record<string, string>> = {
  github: 'github.ref',
  inputs: 'inputs.x',
  vars: 'vars.x',
  needs: 'needs.x',
  strategy: 'strategy.job-index',
  matrix: 'matrix.x',
  secrets: 'secrets.x',
  steps: 'steps.x',
  job: 'job.status',
  jobs: 'jobs.x',
  runner: 'runner.os',
  env: 'env.x',
  hashFiles: "hashFiles('x')",
  success: 'success()',
  failure: 'failure()',
  cancelled: 'cancelled()',
  always: 'always()',
};
const STATUS = 'success failure cancelled always';
const LEG = 'github inputs vars needs strategy matrix';
const RUNNING = 'steps job runner env';

interface Place {
  readonly place: string;
  readonly names: string;
  /** The file with the expression in the place of `EXPR`. */
  readonly file: string;
  readonly isAction?: boolean;
}

function allowed({ place, names, file, isAction = false }: Place): Check {
  const told = isAction ? problemsOfAction : problems;
  return {
    what: place,
    actual: () =>
      Object.entries(TRIED)
        .filter(([, expression]) =>
          told(file.replaceAll('EXPR', expression)).every((line) => !/Unrecognized (named-value|function)/.test(line)),
        )
        .map(([name]) => name)
        .join(' '),
    expected: names,
  };
}

/** Places that have the same are one feature. */
function places(
  names: string,
  ...all: readonly (readonly [place: string, file: string, isAction?: boolean])[]
): Feature {
  const list = all.map(([place]) => `\`${place}\``).join(', ');
  const [first, ...more] = all.map(([place, file, isAction]) =>
    allowed({ place, names, file, ...(isAction === undefined ? {} : { isAction }) }),
  );
  if (first === undefined) throw new Error(`no place has ${names}`);
  const usable =
    names === ''
      ? 'nothing'
      : names
          .split(' ')
          .map((name) => `\`${name}\``)
          .join(' ');
  return works(`${list}: ${usable}`, first, ...more);
}

const job = (text: string): string => withJob(text);
const top = (text: string): string => withJob('', text);
const calls = (text: string): string =>
  `on: { workflow_call: ${text} }\njobs: { j: { runs-on: x, steps: [{ run: x }] } }`;
const step = (text: string): string => withJob(`steps: [{ ${text} }]`);
const composite = (text: string, more = ''): string =>
  `name: n\ndescription: d\n${more}runs: { using: composite, steps: [{ shell: sh, ${text} }] }`;

export const availability: Subject = {
  title: 'Contexts and functions by key',
  features: [
    places(
      'github inputs vars',
      ['run-name', top('run-name: ${{ EXPR }}')],
      ['concurrency', top('concurrency: ${{ EXPR }}')],
      ['on.workflow_call.inputs.<id>.default', calls('{ inputs: { a: { type: string, default: "${{ EXPR }}" } } }')],
    ),
    places('github inputs vars secrets', ['env', top('env: { A: "${{ EXPR }}" }')]),
    places('github inputs vars jobs', [
      'on.workflow_call.outputs.<id>.value',
      calls('{ outputs: { a: { value: "${{ EXPR }}" } } }'),
    ]),
    places(`github inputs vars needs ${STATUS}`, ['jobs.<id>.if', job('if: ${{ EXPR }}')]),
    places(
      'github inputs vars needs',
      ['jobs.<id>.strategy', job('strategy: "${{ EXPR }}"')],
      ['jobs.<id>.strategy.matrix.<key>', job('strategy: { matrix: { a: "${{ EXPR }}" } }')],
    ),
    places(
      LEG,
      ['jobs.<id>.name', job('name: ${{ EXPR }}')],
      ['runs-on', job('runs-on: ${{ EXPR }}')],
      ['timeout-minutes', job('timeout-minutes: ${{ EXPR }}')],
      ['cancel-timeout-minutes', job('cancel-timeout-minutes: ${{ EXPR }}')],
      ['continue-on-error', job('continue-on-error: ${{ EXPR }}')],
      ['container', job('container: ${{ EXPR }}')],
      ['container.image', job('container: { image: "${{ EXPR }}" }')],
      ['services', job('services: ${{ EXPR }}')],
      ['services.<id>.ports', job('services: { s: { image: i, ports: ["${{ EXPR }}"] } }')],
      ['environment', job('environment: ${{ EXPR }}')],
      ['environment.name', job('environment: { name: "${{ EXPR }}" }')],
      ['jobs.<id>.concurrency', job('concurrency: ${{ EXPR }}')],
      ['jobs.<id>.with', job('uses: ./.github/workflows/c.yml\nwith: { a: "${{ EXPR }}" }')],
      ['snapshot.if', job('snapshot: { image-name: i, if: "${{ EXPR }}" }')],
    ),
    places(
      `${LEG} secrets`,
      ['jobs.<id>.env', job('env: { A: "${{ EXPR }}" }')],
      ['jobs.<id>.secrets', job('uses: ./.github/workflows/c.yml\nsecrets: { a: "${{ EXPR }}" }')],
    ),
    places('github inputs vars needs strategy matrix env', [
      'jobs.<id>.defaults.run',
      job('defaults: { run: { shell: "${{ EXPR }}" } }'),
    ]),
    places(
      `${LEG} secrets env`,
      ['container.credentials', job('container: { image: i, credentials: { username: "${{ EXPR }}", password: p } }')],
      [
        'services.<id>.credentials',
        job('services: { s: { image: i, credentials: { username: "${{ EXPR }}", password: p } } }'),
      ],
    ),
    places(
      `${LEG} secrets ${RUNNING}`,
      ['jobs.<id>.outputs', job('outputs: { a: "${{ EXPR }}" }')],
      ['container.env', job('container: { image: i, env: { A: "${{ EXPR }}" } }')],
      ['services.<id>.env', job('services: { s: { image: i, env: { A: "${{ EXPR }}" } } }')],
    ),
    places(`${LEG} ${RUNNING}`, ['environment.url', job('environment: { name: e, url: "${{ EXPR }}" }')]),
    places(
      `${LEG} secrets ${RUNNING} hashFiles`,
      ['steps.run', step('run: "${{ EXPR }}"')],
      ['steps.name', step('run: x, name: "${{ EXPR }}"')],
      ['steps.env', step('run: x, env: { A: "${{ EXPR }}" }')],
      ['steps.with', step('uses: a/b@c, with: { A: "${{ EXPR }}" }')],
      ['steps.timeout-minutes', step('run: x, timeout-minutes: "${{ EXPR }}"')],
      ['steps.continue-on-error', step('run: x, continue-on-error: "${{ EXPR }}"')],
      ['steps.working-directory', step('run: x, working-directory: "${{ EXPR }}"')],
    ),
    places(`${LEG} ${RUNNING} hashFiles ${STATUS}`, ['steps.if', step('run: x, if: "${{ EXPR }}"')]),
    places(
      '',
      ['steps.shell', step('run: x, shell: "${{ EXPR }}"')],
      ['steps.uses', step('uses: "a/b@${{ EXPR }}"')],
      ['steps.id', step('run: x, id: "${{ EXPR }}"')],
      ['jobs.<id>.uses', job('uses: "./.github/workflows/${{ EXPR }}.yml"')],
      ['defaults.run', top('defaults: { run: { shell: "${{ EXPR }}" } }')],
    ),
    places(`github inputs strategy matrix ${RUNNING} hashFiles`, [
      'steps of a composite action',
      composite('run: "${{ EXPR }}"'),
      true,
    ]),
    places(`github inputs strategy matrix ${RUNNING} hashFiles ${STATUS}`, [
      'steps.if of a composite action',
      composite('run: x, if: "${{ EXPR }}"'),
      true,
    ]),
    places('github strategy matrix job runner hashFiles', [
      'inputs.<id>.default of an action',
      composite('run: x', 'inputs: { a: { default: "${{ EXPR }}" } }\n'),
      true,
    ]),
    places(`github inputs strategy matrix ${RUNNING}`, [
      'outputs.<id>.value of a composite action',
      composite('run: x', 'outputs: { a: { value: "${{ EXPR }}" } }\n'),
      true,
    ]),
    places('inputs', [
      'runs.args and runs.env of a Docker action',
      'name: n\ndescription: d\nruns: { using: docker, image: i, args: ["${{ EXPR }}"], env: { A: "${{ EXPR }}" } }',
      true,
    ]),
  ],
};
