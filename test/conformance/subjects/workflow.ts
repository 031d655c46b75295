/** The keys beside `jobs`. */
import { expect } from 'vitest';
import { eventsOf, orch, startOrch } from '../../e2e/rig/index.ts';
import { differs, type Subject, works } from '../rig/feature.ts';
import { readsJob, refusesJob } from '../rig/language.ts';
import { body, scenario, shareRun, steps } from '../rig/run.ts';

const JOB = 'jobs: { j: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }';

const ACTION = 'runs: { using: composite, steps: [{ shell: bash, run: \'test -d sub && echo "= at the top"\' }] }';
const run = shareRun({
  top: [
    'name: Levels',
    'run-name: of ${{ github.actor }}',
    'env: { W: workflow, BOTH: workflow, FROM: "${{ github.event_name }} ${{ vars.V }} ${{ secrets.S }}" }',
    'defaults: { run: { shell: "bash -e {0}", working-directory: sub } }',
    'permissions: { contents: read }',
  ].join('\n'),
  files: { 'sub/file.txt': 'here\n', 'act/action.yml': ACTION },
  args: ['--var', 'V=variable', '--secret', 'S=some-secret'],
});
const untitled = shareRun();
const GROUPED = `
on: push
concurrency: deploy
jobs: { work: { runs-on: ubuntu-latest, steps: [{ run: tell started; exec await-note end }] } }
`;

export const workflow: Subject = {
  title: 'Workflow keys',
  features: [
    works(
      '`name`, which becomes `github.workflow`',
      run.job('steps: [{ run: \'echo "= ${{ github.workflow }}, $GITHUB_WORKFLOW"\' }]', { says: ['Levels, Levels'] }),
    ),
    works(
      'Without a `name` the workflow is called by its path',
      untitled.job(steps('echo "= ${{ github.workflow }}"'), { says: ['.github/workflows/check.yml'] }),
    ),
    works(
      'Workflows are the `.yml` and `.yaml` files in `.github/workflows` itself',
      scenario(
        'the list',
        {
          '.github/workflows/a.yml': `name: First\non: push\n${JOB}`,
          '.github/workflows/b.yaml': `name: Second\non: push\n${JOB}`,
          '.github/workflows/c.txt': `name: Third\non: push\n${JOB}`,
          '.github/workflows/deep/d.yml': `name: Fourth\non: push\n${JOB}`,
          '.github/workflows/e.yml': `name: Fifth\non: issues\n${JOB}`,
        },
        async (repository) => {
          const { stdout } = await orch(repository, ['run', '--event', 'push', '--list']);
          return ['First', 'Second', 'Third', 'Fourth', 'Fifth'].filter((name) => stdout.includes(name));
        },
        ['First', 'Second'],
      ),
    ),
    works(
      'A run is called by `run-name`, else by the commit that is pushed or the title of the pull request',
      run.whole('run-name', ({ events }) => eventsOf(events, 'run.started')[0]?.title, expect.stringContaining('of ')),
      untitled.whole('none', ({ events }) => eventsOf(events, 'run.started')[0]?.title, 'first'),
    ),
    works(
      '`description`, which nothing is made of',
      readsJob('', 'description: what this is for'),
      refusesJob('', 'A mapping was not expected', 'description: {}'),
    ),
    works(
      '`run-name` may use `github`, `inputs` and `vars`',
      readsJob('', 'run-name: by ${{ github.actor }} ${{ inputs.x }} ${{ vars.y }}'),
      refusesJob('', "Unrecognized named-value: 'secrets'", 'run-name: ${{ secrets.x }}'),
    ),
    works(
      '`env` of workflow, job and step: the innermost counts; values become texts',
      run.job(
        [
          'env: { J: job, BOTH: job, N: 1.10, T: True, Z: null }',
          'steps:',
          '  - env: { BOTH: step, S: step }',
          '    run: |',
          '      echo "= $W $J $S $BOTH [$N] [$T] [$Z]"',
          '      echo "= ${{ env.W }} ${{ env.J }} ${{ env.S }} ${{ env.BOTH }}"',
          '  - run: echo "= $BOTH ${{ env.BOTH }} [$S]"',
        ].join('\n'),
        { says: ['workflow job step step [1.1] [true] []', 'workflow job step step', 'job job []'] },
      ),
    ),
    works(
      "The workflow's `env` may use `github`, `inputs`, `vars` and `secrets`",
      run.job('steps: [{ run: \'echo "= $FROM"\' }]', { says: ['push variable ***'] }),
    ),
    works(
      'What is no text becomes one: `1.10` is 1.1, `0x10` 16, `1e3` 1000, `010` 10, `True` true, `yes` yes, nothing empty',
      run.job(
        body(
          'env: { A: 1.10, B: 0x10, C: 1e3, D: 010, E: True, F: yes, G: , H: 2001-01-01 }',
          'echo "= $A $B $C $D $E $F [$G] $H"',
        ),
        { says: ['1.1 16 1000 10 true yes [] 2001-01-01'] },
      ),
    ),
    works(
      'A value that is an expression alone keeps its kind; with text beside it, it is a text',
      run.job(
        body(
          "strategy: { fail-fast: \"${{ github.event_name == 'tag' }}\" }\nenv: { BESIDE: 'is ${{ 1.50 }} {0}' }",
          'echo "= ${{ toJSON(strategy.fail-fast) }} ${{ env.BESIDE }}"',
        ),
        { says: ['false is 1.5 {0}'] },
      ),
    ),
    works(
      'An `env` does not see its own other entries',
      run.job(
        ['steps:', '  - env: { BOTH: new, SEEN: "${{ env.BOTH }} ${{ env.SEEN }}" }', '    run: echo "= $SEEN."'].join(
          '\n',
        ),
        { says: ['workflow .'] },
      ),
      refusesJob('env: { A: "${{ env.B }}" }', "Unrecognized named-value: 'env'"),
      refusesJob('', "Unrecognized named-value: 'env'", 'env: { A: "${{ env.B }}" }'),
    ),
    works(
      'The `env` context knows letter case, where the system does',
      run.job(
        ['env: { Foo: a }', 'steps:', '  - run: echo "= ${{ env.Foo }} ${{ env.FOO }} ${{ env.foo }}."'].join('\n'),
        { says: ['a  .'] },
      ),
    ),
    works(
      '`defaults.run`: `shell` and `working-directory` of `run` steps',
      run.job('steps: [{ run: \'echo "= $(basename "$PWD") $(cat file.txt)"\' }]', { says: ['sub here'] }),
    ),
    works(
      "A job's `defaults.run` takes the place of the workflow's, key and all; composite actions have neither",
      run.job(
        ['defaults: { run: { shell: bash } }', 'steps: [{ run: \'test -d sub && echo "= at the top"\' }]'].join('\n'),
        { says: ['at the top'] },
      ),
      run.jobs(
        {
          'own-defaults': [
            'strategy: { matrix: { dir: [sub] } }',
            'env: { NAME: bash }',
            'defaults: { run: { shell: "${{ env.NAME }}", working-directory: "${{ matrix.dir }}" } }',
            'steps: [{ run: \'echo "= $(basename "$PWD") $(shopt -qo pipefail && echo piped)"\' }]',
          ].join('\n'),
        },
        { 'own-defaults+sub': { says: ['sub piped'] } },
      ),
      run.job(steps('- uses: ./act'), { says: ['at the top'] }),
      refusesJob('', 'A template expression is not allowed', 'defaults: { run: { shell: "a ${{ \'x\' }}" } }'),
    ),
    differs(
      '`permissions`: `read-all`, `write-all`, a mapping of scopes; a job that has its own has no others',
      'they are read, checked and shown; no token is made for them, since only GitHub can issue one',
      readsJob(
        'permissions: { models: read, id-token: write, copilot-requests: none, drives: read }',
        'permissions: {}',
      ),
      readsJob('permissions: read-all', 'permissions: write-all'),
      refusesJob('permissions: { contents: admin }', "Unexpected value 'admin'"),
      refusesJob('permissions: { id-token: read }', "Unexpected value 'read'"),
      refusesJob('permissions: { models: write }', "Unexpected value 'write'"),
      refusesJob('permissions: { nothing: read }', "Unexpected value 'nothing'"),
    ),
    works(
      '`concurrency`: a name, or `group` with `cancel-in-progress` and `queue`; at most 400 characters',
      readsJob('concurrency: ${{ github.ref }}', 'concurrency: { group: a, cancel-in-progress: true, queue: single }'),
      readsJob('concurrency: { group: g, queue: max, cancel-in-progress: false }'),
      refusesJob(`concurrency: ${'g'.repeat(401)}`, 'Concurrency group name must be less than 400 characters'),
      refusesJob('concurrency: { cancel-in-progress: true }', 'Required property is missing: group'),
    ),
    works(
      'One run of a group goes on and one waits, whoever started them; a newer one takes the place of the one that waits',
      scenario(
        'three runs',
        { '.github/workflows/deploy.yml': GROUPED },
        async (repository) => {
          const args = ['run', 'deploy', '--ui', 'plain'];
          const first = startOrch(repository, args);
          await repository.heard('started');
          const second = startOrch(repository, args);
          await second.said('waits for');
          const third = startOrch(repository, args);
          const displaced = await second.ended;
          repository.tell('end');
          return [(await first.ended).exitCode, displaced.exitCode, (await third.ended).exitCode];
        },
        [0, 130, 0],
      ),
    ),
    works(
      '`queue: max` together with `cancel-in-progress: true` is an error',
      refusesJob('concurrency: { group: g, queue: max, cancel-in-progress: true }', "'queue: max' cannot be combined"),
    ),
    works(
      'A group of the workflow that one of its jobs asks for again, in whatever letter case, is a deadlock, and an error',
      refusesJob('concurrency: { group: g }', 'This will cause a deadlock', 'concurrency: g'),
      refusesJob('concurrency: G', 'This will cause a deadlock', 'concurrency: { group: g }'),
    ),
  ],
};
