/** What contexts hold, and what steps find in their environment and on the disk. */
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { artifactAction } from '../../e2e/rig/index.ts';
import { differs, notYet, type Subject, works } from '../rig/feature.ts';
import { reads, readsJob, refusesJob } from '../rig/language.ts';
import { body, shareRun, steps } from '../rig/run.ts';

const GITHUB =
  'actor actor_id api_url event_name event_path graphql_url job ref ref_name ref_protected ref_type repository repository_id repository_owner repository_owner_id retention_days run_attempt run_id run_number server_url sha triggering_actor workflow workflow_ref workflow_sha workspace';
/** Steps see no token and no event there. */
const VARIABLES = GITHUB.split(' ').map((name) => `GITHUB_${name.toUpperCase()}`);
const HOST = { ORCH_CONFORMANCE_HOST: 'mine' };

const run = shareRun({
  top: 'name: Contexts\non: { push: }',
  args: ['--repository', 'octo/hello', '--actor', 'ada', '--var', 'Colour=red', '--env', 'GIVEN=1'],
  env: HOST,
});
const dispatched = shareRun({
  top: 'on: { workflow_dispatch: { inputs: { flag: { type: boolean }, off: { type: boolean }, n: { type: number, default: 2 }, m: { type: number }, t: {} } } }',
  args: ['--event', 'workflow_dispatch', '--input', 'flag=true', '--input', 'n=7', '--secret', 'GITHUB_TOKEN=a-token'],
});

const HOOK = fileURLToPath(new URL('../rig/hook.sh', import.meta.url));
const hooked = shareRun({ env: { ACTIONS_RUNNER_HOOK_JOB_STARTED: HOOK, ACTIONS_RUNNER_HOOK_JOB_COMPLETED: HOOK } });

const COMPARE = GITHUB.split(' ')
  .filter((name) => name !== 'job')
  .map((name) => `test "$GITHUB_${name.toUpperCase()}" = "\${{ github.${name} }}" || echo "= ${name}"`)
  .join('\n');

export const contexts: Subject = {
  title: 'Contexts and default environment',
  features: [
    works(
      'The `github` context, and GITHUB_… in the environment, with the same values',
      run.job(steps(`${COMPARE}\necho "= done"`), { says: ['done'] }),
      run.job(
        steps(`for name in ${VARIABLES.join(' ')}; do test -n "\${!name+x}" || echo "= $name"; done\necho "= done"`),
        {
          says: ['done'],
        },
      ),
      run.job(
        steps(
          'echo "= $GITHUB_REPOSITORY $GITHUB_REPOSITORY_OWNER $GITHUB_ACTOR $GITHUB_EVENT_NAME $GITHUB_REF $GITHUB_REF_NAME $GITHUB_REF_TYPE"',
        ),
        {
          says: ['octo/hello octo ada push refs/heads/main main branch'],
        },
      ),
    ),
    works(
      '`github.event` is the payload, and GITHUB_EVENT_PATH the file with it',
      run.job(
        steps(
          'node -e \'const e = JSON.parse(require("fs").readFileSync(process.env.GITHUB_EVENT_PATH)); console.log("=", e.ref, e.repository.full_name)\'\necho "= ${{ github.event.ref }} ${{ github.event.repository.full_name }}"',
        ),
        {
          says: ['refs/heads/main octo/hello', 'refs/heads/main octo/hello'],
        },
      ),
    ),
    works(
      '`github.token` and `secrets.GITHUB_TOKEN` are not in the environment',
      run.job(steps('echo "= [$GITHUB_TOKEN] [$GITHUB_EVENT]"'), { says: ['[] []'] }),
    ),
    works(
      '`vars`, whatever the letter case',
      run.job(steps('echo "= ${{ vars.COLOUR }} ${{ vars.colour }} [${{ vars.nope }}]"'), { says: ['red red []'] }),
    ),
    works(
      '`inputs` have their types, `github.event.inputs` are texts; those that nobody gives are false, 0 or empty',
      dispatched.job(
        steps(
          'echo "= ${{ inputs.flag == true }} ${{ inputs.n == 7 }}"\necho "= ${{ github.event.inputs.flag == \'true\' }} [${{ inputs.t }}] ${{ inputs.off }} ${{ inputs.m }}"',
        ),
        { says: ['true true', 'true [] false 0'] },
      ),
      run.job(steps('echo "= [${{ inputs.flag }}]"'), { says: ['[]'] }),
    ),
    works(
      '`job.status`, `job.workflow_ref`, `job.workflow_sha`, `job.workflow_repository`, `job.workflow_file_path`',
      run.job(
        steps(
          'echo "= ${{ job.status }} ${{ job.workflow_repository }} ${{ job.workflow_file_path }} ${{ job.workflow_ref }}"',
        ),
        {
          says: [
            'success octo/hello .github/workflows/check.yml octo/hello/.github/workflows/check.yml@refs/heads/main',
          ],
        },
      ),
    ),
    differs(
      '`job.check_run_id`',
      'it is null: no check run stands for a job',
      run.job(steps('echo "= [${{ job.check_run_id }}]"'), { says: ['[]'] }),
    ),
    differs(
      'Ids and numbers: `github.run_number`, `run_attempt`, `repository_id`, `repository_owner_id`, `actor_id`',
      'they are 1, since only GitHub counts these; `run_id` is made of the time of the run',
      run.job(
        steps(
          'echo "= $GITHUB_RUN_NUMBER $GITHUB_RUN_ATTEMPT $GITHUB_REPOSITORY_ID $GITHUB_REPOSITORY_OWNER_ID $GITHUB_ACTOR_ID"\ntest "$GITHUB_RUN_ID" -gt 20000000000000 && echo "= id"',
        ),
        { says: ['1 1 1 1 1', 'id'] },
      ),
    ),
    works(
      'Members of `github` that are no variables: `repositoryUrl`, `secret_source`, `event`, `token`',
      run.job(
        steps(
          'echo "= ${{ github.repositoryUrl }} ${{ github.secret_source }} [$GITHUB_REPOSITORYURL$GITHUB_SECRET_SOURCE]"',
        ),
        { says: ['git://github.com/octo/hello.git Actions []'] },
      ),
    ),
    works(
      '`runner`: name, os, arch, temp, tool_cache, workspace, environment, and RUNNER_…',
      run.job(
        steps(
          'test "$RUNNER_OS $RUNNER_ARCH $RUNNER_TEMP $RUNNER_TOOL_CACHE $RUNNER_WORKSPACE $RUNNER_NAME $RUNNER_ENVIRONMENT" = "${{ runner.os }} ${{ runner.arch }} ${{ runner.temp }} ${{ runner.tool_cache }} ${{ runner.workspace }} ${{ runner.name }} ${{ runner.environment }}" && echo "= $RUNNER_OS $RUNNER_ENVIRONMENT [$RUNNER_DEBUG]"',
        ),
        {
          says: ['Linux self-hosted []'],
        },
      ),
    ),
    works(
      'A member that is not there is null; a context that is not there is an error when the file is read',
      run.job(steps('echo "= [${{ github.nope.deeper }}] [${{ steps.a.outputs.b }}] [${{ matrix.x }}]"'), {
        says: ['[] [] []'],
      }),
    ),
    works(
      'GITHUB_ACTIONS and CI are true; CI may be set, GITHUB_… may not',
      run.job(
        body(
          'env: { CI: "false", GITHUB_SHA: mine }',
          'echo "= $GITHUB_ACTIONS $CI"\ntest "$GITHUB_SHA" != mine && echo "= kept"',
        ),
        {
          says: ['true false', 'kept'],
        },
      ),
      run.job(steps('echo "= $CI"'), { says: ['true'] }),
    ),
    differs(
      'RUNNER_TRACKING_ID marks what a job has started; who empties it has a process that outlives the job',
      'it is not set, and nothing outlives its job',
      run.job(steps('echo "= [$RUNNER_TRACKING_ID]"'), { says: ['[]'] }),
    ),
    differs(
      'Steps start from the environment of the runner',
      'they start from PATH, HOME and a few others of this machine, so that nothing of yours is in them unasked; `--env` adds to them',
      run.job(steps('echo "= [$ORCH_CONFORMANCE_HOST] $GIVEN [${HOME:+home}]"'), { says: ['[] 1 [home]'] }),
    ),
    works(
      'Scripts have no ACTIONS_RUNTIME_TOKEN and no ACTIONS_RESULTS_URL',
      run.job(steps('echo "= [$ACTIONS_RUNTIME_TOKEN] [$ACTIONS_RESULTS_URL]"'), { says: ['[] []'] }),
    ),
    works(
      'GITHUB_WORKSPACE is a directory of the job, named after the repository, and where steps run',
      run.job(
        steps(
          'test "$PWD" -ef "$GITHUB_WORKSPACE" && echo "= $(basename "$PWD") $(basename "$(dirname "$PWD")")"\ntest "$(dirname "$PWD")" -ef "$RUNNER_WORKSPACE" && echo "= above"',
        ),
        {
          says: ['hello hello', 'above'],
        },
      ),
    ),
    differs(
      'The workspace is empty until `actions/checkout` has run',
      'it holds the working tree from the start, with what is not committed, so that what you have just written is what runs; that a job checks nothing out shows on GitHub only',
      run.job(steps('test -e README.md && git rev-parse --is-inside-work-tree | sed "s/^/= /"'), { says: ['true'] }),
    ),
    works(
      'RUNNER_TEMP is empty when the job starts, and gone when it has ended; RUNNER_TOOL_CACHE stays for other jobs',
      run.jobs(
        {
          writes: steps(
            'ls "$RUNNER_TEMP" | grep -v "^_" | sed "s/^/= /"\ntouch "$RUNNER_TEMP/mine" "$RUNNER_TOOL_CACHE/shared"',
          ),
          looks: body(
            'needs: writes',
            'ls "$RUNNER_TEMP" | grep -v "^_\\|\\.sh$" | sed "s/^/= /"\ntest -e "$RUNNER_TOOL_CACHE/shared" && echo "= shared"',
          ),
        },
        { writes: {}, looks: { says: ['shared'] } },
      ),
    ),
    differs(
      '`github.token` and `secrets.GITHUB_TOKEN`',
      'they are what `--secret GITHUB_TOKEN` gives, or empty; `permissions` do not narrow them',
      run.job(steps('echo "= [${{ github.token }}] [${{ secrets.GITHUB_TOKEN }}]"'), { says: ['[] []'] }),
      dispatched.job(steps('echo "= ${{ github.token && github.token == secrets.GITHUB_TOKEN }}"'), { says: ['true'] }),
    ),
  ],
};

export const lifeCycle: Subject = {
  title: 'The course of a job',
  features: [
    works(
      'Steps run in their order; `pre` of all actions before them, `post` behind them in reverse; a job fails with its first step that does',
      run.job(
        steps('echo "= one"', 'echo "= two"; exit 2', '- if: always()\n  run: echo "= three"', 'echo "= never"'),
        {
          ends: 'exit-code',
          says: ['one', 'two', 'three'],
          steps: [
            'Run echo "= one" success',
            'Run echo "= two"; exit 2 failure',
            'Run echo "= three" success',
            'Run echo "= never" skipped',
          ],
        },
      ),
    ),
    works(
      'A step that is cancelled gets SIGINT, after 7.5 seconds SIGTERM, and is killed 2.5 seconds later; the steps behind it are asked',
      run.job(
        body(
          "timeout-minutes: ${{ fromJSON('0.01') }}",
          'trap \'echo "= asked"; exit 1\' INT\nwhile :; do sleep 0.05; done',
          '- if: cancelled()\n  run: echo "= tidy ${{ job.status }}"',
        ),
        { ends: 'cancelled', says: ['asked', 'tidy cancelled'] },
      ),
      run.job(
        body(
          "timeout-minutes: ${{ fromJSON('0.005') }}",
          'trap \'echo "= asked"\' INT\ntrap \'echo "= told"\' TERM\nwhile :; do sleep 0.05; done',
          '- if: cancelled()\n  run: echo "= tidy"',
        ),
        { ends: 'cancelled', says: ['asked', 'told', 'tidy'] },
      ),
    ),
    works(
      'A step whose `if` holds after the cancellation goes on',
      run.job(
        body("timeout-minutes: ${{ fromJSON('0.005') }}", '- if: always()\n  run: sleep 0.6; echo "= to its end"'),
        {
          ends: expect.stringMatching(/cancelled|success/) as string,
          says: ['to its end'],
        },
      ),
    ),
    works(
      'Hooks of a self-hosted runner (ACTIONS_RUNNER_HOOK_JOB_STARTED and _COMPLETED): scripts around each job',
      hooked.job(steps('echo "= $HOOKED"; exit 3'), {
        ends: 'exit-code',
        says: ['hook of job-0', 'yes', 'hook of job-0'],
        steps: ['Set up runner success', 'Run echo "= $HOOKED"; exit 3 failure', 'Complete runner success'],
      }),
    ),
  ],
};

const artifacts = shareRun({
  served: {
    // Made when it runs, and not for whoever reads the table.
    get 'me/artifact'() {
      return artifactAction('artifact');
    },
    get 'actions/download-artifact'() {
      return artifactAction('artifact');
    },
  },
});
const use = (id: string, inputs: string): string => `- uses: me/artifact@v1\n  id: ${id}\n  with: { ${inputs} }`;
const take = (id: string, run: string, token: string): string =>
  `- uses: actions/download-artifact@v1\n  id: ${id}\n  with: { do: download, name: by-id, path: ${id}, run-id: "${run}", github-token: "${token}" }`;

export const services: Subject = {
  title: 'Services of GitHub',
  features: [
    works(
      'Artifacts, with the client of `upload-artifact` and `download-artifact`: from job to job, by name and pattern, with id and digest',
      artifacts.jobs(
        {
          up: `outputs: { digest: '\${{ steps.u.outputs.artifact-digest }}' }\n${steps(
            'echo one > a; echo two > b',
            use('u', 'do: upload, name: part-a, path: a'),
            use('v', 'do: upload, name: part-b, path: b'),
          )}`,
          down: body(
            'needs: up',
            use('d', 'do: download, pattern: part-*, path: got, merge-multiple: true'),
            'echo "= $(cat got/a got/b | xargs) ${{ needs.up.outputs.digest != \'\' }}"',
          ),
        },
        { up: {}, down: { says: ['one two true'] } },
      ),
    ),
    works(
      'Artifacts: one of a name in a run, `overwrite`, listing, deletion',
      artifacts.job(
        steps(
          'echo one > a',
          use('u', 'do: upload, name: own, path: a'),
          `${use('again', 'do: upload, name: own, path: a')}\n  continue-on-error: true`,
          'echo "= ${{ steps.again.outcome }}"; echo three > a',
          use('over', 'do: upload, name: own, path: a, overwrite: true'),
          use('d', 'do: download, name: own, path: got'),
          'echo "= $(cat got/a)"',
          use('x', 'do: delete, name: own'),
          `${use('gone', 'do: download, name: own')}\n  continue-on-error: true`,
          'echo "= ${{ steps.gone.outcome }}"',
        ),
        { says: ['failure', 'three', 'failure'] },
      ),
    ),
    differs(
      'Artifacts of other runs, by `run-id` and `github-token` of `download-artifact`',
      'of runs here that are over; for any other GitHub is asked, and without a token the step fails',
      artifacts.job(
        steps(
          'echo one > a',
          use('u', 'do: upload, name: by-id, path: a'),
          take('own', '${{ github.run_id }}', 'any'),
          'echo "= $(cat own/a)"',
          `${take('none', '12', '')}\n  continue-on-error: true`,
          'echo "= $(ls none)"',
        ),
        { says: ['one', ''] },
      ),
    ),
    notYet(
      'Caches: `actions/cache`, and what `setup-*` actions keep',
      'there is no such service yet; those actions go on without',
    ),
    differs(
      '`cache-mode`: `read`, `write`, `write-only` or `none`, of a workflow, of a job in its place, and for a call',
      'it is read and checked, and changes nothing, since there is no cache service; a called workflow may ask for more than its caller',
      readsJob('cache-mode: write-only', 'cache-mode: read'),
      readsJob('cache-mode: none', 'cache-mode: write'),
      reads('{ on: push, jobs: { j: { uses: ./.github/workflows/x.yml, cache-mode: none } } }'),
      refusesJob('cache-mode: readonly', "Unexpected value 'readonly'"),
      refusesJob('', "Unexpected value 'all'", 'cache-mode: all'),
      refusesJob('', 'Unexpected value', 'cache-mode: ${{ vars.X }}'),
      run.job(body('cache-mode: none', 'echo "= ran"'), { says: ['ran'] }),
    ),
    notYet('Caches: `restore-keys`, and what other branches may see', 'there is no such service yet'),
    notYet(
      'OpenID Connect tokens, with `permissions: { id-token: write }`',
      'there is no such service; `core.getIDToken` fails',
      run.job(body('permissions: { id-token: write }', 'echo "= [$ACTIONS_ID_TOKEN_REQUEST_URL]"'), { says: ['[]'] }),
    ),
    differs(
      'The API of GitHub',
      'requests go to github.com, with a token when you give one',
      run.job(steps('echo "= $GITHUB_API_URL $GITHUB_SERVER_URL $GITHUB_GRAPHQL_URL"'), {
        says: ['https://api.github.com https://github.com https://api.github.com/graphql'],
      }),
    ),
  ],
};
