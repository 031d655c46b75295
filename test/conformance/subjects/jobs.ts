/** Jobs: their order, conditions, results, outputs and limits. */
import { expect } from 'vitest';
import { eventsOf, warningsOf } from '../../e2e/rig/index.ts';
import { differs, type Subject, works } from '../rig/feature.ts';
import { readsJob, refuses, refusesJob } from '../rig/language.ts';
import { body, shareRun, steps } from '../rig/run.ts';

const run = shareRun({
  args: '--secret S=some-secret --secret production:KEY=production-key --var PLACE=here --var production:PLACE=there'.split(
    ' ',
  ),
});
const ONE = 'runs-on: x, steps: [{ run: x }]';
const OK = steps('true');
const FAILS = steps('exit 1');

export const jobs: Subject = {
  title: 'Jobs',
  features: [
    works(
      'Ids: letters, digits, `_` and `-`, at most 99, not the same twice whatever the letter case',
      refuses(`on: push\njobs: { 1a: { ${ONE} } }`, "The identifier '1a' is invalid"),
      refuses(`on: push\njobs: { __a: { ${ONE} } }`, "The identifier '__a' is invalid"),
      refuses(`on: push\njobs: { ${'a'.repeat(100)}: { ${ONE} } }`, 'less than 100 characters'),
      refuses(`on: push\njobs: { a: { ${ONE} }, A: { ${ONE} } }`, "'A' is already defined"),
    ),
    works(
      'A job has steps, or calls a workflow; each kind has keys of its own',
      refusesJob('steps: []', 'No steps defined in `steps`'),
      refusesJob('uses: ./.github/workflows/c.yml\nenv: {}', "Unexpected value 'env'"),
      refusesJob('uses: ./.github/workflows/c.yml\ntimeout-minutes: 5', "Unexpected value 'timeout-minutes'"),
      readsJob(
        'uses: ./.github/workflows/c.yml\nwith: {}\nsecrets: inherit\nif: true\npermissions: {}\nconcurrency: g',
      ),
    ),
    works(
      '`needs`: one job or several; unknown ones and cycles are errors',
      refuses(`on: push\njobs: { a: { needs: x, ${ONE} } }`, "Job 'a' depends on unknown job 'x'."),
      refuses(`on: push\njobs: { z: { ${ONE} }, a: { needs: b, ${ONE} }, b: { needs: a, ${ONE} } }`, 'cycle'),
      refuses(`on: push\njobs: { a: { needs: a, ${ONE} } }`, 'at least one job with no dependencies'),
      run.jobs(
        { first: OK, second: body('needs: [FIRST]', 'echo "= ${{ needs.first.result }}"') },
        { second: { says: ['success'] } },
      ),
    ),
    works(
      'The `needs` context has the jobs that are named, and not those that they need',
      run.jobs(
        {
          one: OK,
          two: body('needs: one', 'true'),
          three: body('needs: two', 'echo "= ${{ join(needs.*.result) }} [${{ needs.one }}]"'),
        },
        { three: { says: ['success []'] } },
      ),
    ),
    works(
      '`if`: without one, and around one that asks for no status, stands `success()`; a job whose need was skipped is skipped',
      run.jobs(
        {
          broken: FAILS,
          'after-broken': body('needs: broken', 'true'),
          'true-after-broken': body('needs: broken\nif: true', 'true'),
          'after-after': body('needs: after-broken', 'true'),
          rescue: body('needs: broken\nif: failure()', 'true'),
          'rescue-later': body('needs: after-after\nif: ${{ failure() }}', 'true'),
          whatever: body('needs: after-after\nif: always()', 'echo "= ${{ needs.after-after.result }}"'),
          'not-cancelled': body('needs: broken\nif: ${{ !cancelled() }}', 'true'),
        },
        {
          broken: { ends: 'exit-code' },
          'after-broken': { ends: 'skipped: needs' },
          'true-after-broken': { ends: 'skipped: needs' },
          'after-after': { ends: 'skipped: needs' },
          rescue: {},
          'rescue-later': {},
          whatever: { says: ['skipped'] },
          'not-cancelled': {},
        },
      ),
    ),
    works(
      '`if` is decided before the matrix is known: no `matrix`, no `secrets`, no `env`; when it is false the job is skipped as one',
      refusesJob('if: matrix.x', "Unrecognized named-value: 'matrix'"),
      run.jobs(
        { never: body("if: github.ref == 'x'\nstrategy: { matrix: { v: [1, 2] } }", 'true') },
        { never: { ends: 'skipped: condition' } },
      ),
    ),
    works(
      "`success('a', 'b')` and `failure('a')` of a job ask for those jobs",
      run.jobs(
        {
          good: OK,
          bad: FAILS,
          'for-good': body("needs: [good, bad]\nif: success('good')", 'true'),
          'for-bad': body("needs: [good, bad]\nif: success('good', 'bad')", 'true'),
          'of-bad': body("needs: [good, bad]\nif: failure('bad')", 'true'),
        },
        { 'for-good': {}, 'for-bad': { ends: 'skipped: needs' }, 'of-bad': {} },
      ),
    ),
    works(
      'A job that fails with `continue-on-error` counts as success for those that need it, and for the run',
      run.jobs(
        {
          forgiven: body('continue-on-error: true', 'exit 1'),
          'after-forgiven': body('needs: forgiven', 'echo "= ${{ needs.forgiven.result }}"'),
        },
        { forgiven: {}, 'after-forgiven': { says: ['success'] } },
      ),
    ),
    works(
      '`name`, with expressions; more than 100 characters are cut',
      run.jobs(
        { named: body('name: of ${{ github.event_name }}', 'true'), long: body(`name: ${'x'.repeat(120)}`, 'true') },
        { named: { name: 'of push' }, long: { name: `${'x'.repeat(97)}...` } },
      ),
    ),
    works(
      '`outputs` are texts, taken at the end of the job, also when it has failed; empty ones are left out',
      run.jobs(
        {
          giver: body(
            "outputs: { a: '${{ steps.s.outputs.a }}', both: '${{ steps.s.outputs.a }}-${{ job.status }}', none: '${{ steps.x.outputs.y }}' }",
            '- id: s\n  run: echo "a=1" >> "$GITHUB_OUTPUT"; exit 1',
          ),
          taker: body('needs: giver\nif: always()', 'echo "= ${{ toJSON(needs.giver) }}"'),
        },
        {
          giver: { ends: 'exit-code' },
          taker: { log: ['"a": "1"', '"both": "1-failure"', '"result": "failure"'], without: ['"none"'] },
        },
      ),
    ),
    works(
      'An output with a secret in it is dropped, with a warning',
      run.jobs(
        {
          leaking: body(
            "outputs: { secret: 'is ${{ steps.s.outputs.v }}', open: yes }",
            '- id: s\n  run: echo "v=some-secret" >> "$GITHUB_OUTPUT"',
          ),
          receiving: body(
            'needs: leaking',
            'echo "= [${{ needs.leaking.outputs.secret }}] ${{ needs.leaking.outputs.open }}"',
          ),
        },
        { receiving: { says: ['[] yes'] } },
      ),
      run.whole('the warning', ({ events }) => warningsOf(events, 'output-dropped'), [
        "Skip output 'secret' since it may contain secret.",
      ]),
    ),
    works(
      '`timeout-minutes` of a job (360): when they are over the job is cancelled, and steps with `always()` still run',
      run.job(
        body(
          "timeout-minutes: ${{ fromJSON('0.01') }}",
          'exec sleep 60',
          '- if: always()\n  run: echo "= ${{ job.status }}"',
          'echo "= never"',
        ),
        { ends: 'cancelled', says: ['cancelled'] },
      ),
      run.whole(
        'the sentence',
        ({ events }) =>
          eventsOf(events, 'job.finished').some(
            ({ failure }) => failure?.message === 'The job has exceeded the maximum execution time of 600ms',
          ),
        true,
      ),
    ),
    works(
      '`cancel-timeout-minutes` (5): how long a cancelled job may take for its end; then nothing of it goes on',
      refusesJob('cancel-timeout-minutes: long', "Unexpected value 'long'"),
      run.job(
        body(
          "timeout-minutes: ${{ fromJSON('0.005') }}\ncancel-timeout-minutes: ${{ fromJSON('0.02') }}",
          'exec sleep 60',
          '- if: always()\n  run: echo "= tidying"; exec sleep 60',
          '- if: always()\n  run: echo "= never"',
        ),
        { ends: 'cancelled', says: ['tidying'] },
      ),
    ),
    works(
      '`environment`: a name, or `name`, `url` and `deployment`',
      readsJob('environment: ${{ vars.e }}'),
      readsJob('environment: { name: e, url: "${{ steps.x.outputs.y }}", deployment: false }'),
      refusesJob('environment: { url: u }', 'Required property is missing: name'),
      run.job(body('environment: ${{ github.head_ref }}', 'echo "= ${{ vars.PLACE }}"'), {
        says: ['here'],
        without: ['protection rules'],
      }),
      run.job(
        body(
          "environment: { name: leaky, url: 'https://example.com/${{ steps.s.outputs.v }}' }",
          '- id: s\n  run: echo "v=some-secret" >> "$GITHUB_OUTPUT"',
        ),
        {},
      ),
      run.whole(
        'a url with a secret in it',
        ({ events }) => warningsOf(events).filter((message) => message.includes('url')),
        [expect.stringContaining('the url of the environment leaky is left out')],
      ),
    ),
    differs(
      'Secrets and variables of an environment, over those of the repository',
      'they are given as `--secret ENVIRONMENT:NAME` and `--var ENVIRONMENT:NAME=VALUE`, or in files; nobody approves a job',
      run.job(
        body(
          'environment: { name: Production, url: "https://example.com" }',
          'echo "= ${{ vars.PLACE }} [${{ secrets.KEY }}]"',
        ),
        { says: ['there [***]'], log: ['protection rules'] },
      ),
      run.job(steps('echo "= ${{ vars.PLACE }} [${{ secrets.KEY }}]"'), { says: ['here []'] }),
    ),
    works(
      '`concurrency` of jobs: one of a group runs and one waits; a newer one takes the place of the one that waits',
      run.jobs(
        {
          'c-1': body('concurrency: one-at-a-time', 'true'),
          'c-2': body('concurrency: One-At-A-Time', 'true'),
          'c-3': body('concurrency: one-at-a-time', 'true'),
        },
        { 'c-1': {}, 'c-2': { ends: 'cancelled: concurrency' }, 'c-3': {} },
      ),
    ),
    works(
      '`queue: max`: all of them wait, and run in their order',
      run.jobs(
        {
          'q-1': body('concurrency: { group: queue, queue: max }', 'true'),
          'q-2': body('concurrency: { group: queue, queue: max }', 'true'),
          'q-3': body('concurrency: { group: queue, queue: max }', 'true'),
        },
        { 'q-1': {}, 'q-2': {}, 'q-3': {} },
      ),
    ),
    works(
      '`cancel-in-progress` cancels the one that runs',
      run.jobs(
        {
          holder: body('concurrency: taken', 'touch "$RUNNER_TOOL_CACHE/holds"\nexec sleep 60'),
          witness: steps('until [ -e "$RUNNER_TOOL_CACHE/holds" ]; do sleep 0.05; done'),
          newcomer: body('needs: witness\nconcurrency: { group: taken, cancel-in-progress: true }', 'true'),
        },
        { holder: { ends: 'cancelled' }, newcomer: {} },
      ),
    ),
    works(
      'An empty name of a group is an error when the job is reached',
      run.job(body("concurrency: ${{ github.head_ref || '' }}", 'true'), { ends: 'expression' }),
    ),
    differs(
      '`snapshot`',
      "it is checked, and no image is made: this machine is none of GitHub's to copy",
      readsJob('snapshot: { image-name: i, version: 2.*, if: github.ref }'),
      refusesJob('snapshot: { image-name: i, version: 1.2 }', "Expected format '{major-version}.*'"),
    ),
    works(
      'Outputs of more than 1 MB for a job, or 50 MB for a run, are an error',
      run.job(
        body(
          "outputs: { large: '${{ steps.s.outputs.large }}' }",
          `- id: s\n  run: printf 'large=%600000s\\n' x >> "$GITHUB_OUTPUT"`,
        ),
        { ends: 'output-invalid' },
      ),
    ),
  ],
};
