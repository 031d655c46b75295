/** Where jobs run. */
import { differs, type Subject, works } from '../rig/feature.ts';
import { readsJob, refusesJob } from '../rig/language.ts';
import { body, shareRun } from '../rig/run.ts';

const run = shareRun({
  args: ['--platform', 'mine=host'],
  served: { 'me/image': { 'action.yml': 'runs: { using: docker, image: docker://alpine }' } },
});
/** Known only when the run is on: one that says so needs an engine before anything starts. */
const IMAGE = "${{ github.nothing || 'alpine' }}";
const incomplete = shareRun();

export const runners: Subject = {
  title: 'Runners and containers',
  features: [
    works(
      '`runs-on`: a label, several, or `group` and `labels`; expressions may give any of these',
      readsJob('runs-on: [self-hosted, linux]'),
      readsJob('runs-on: { group: organization/g, labels: [a] }'),
      refusesJob('runs-on: []', 'names neither a label nor a group'),
      refusesJob("runs-on: ''", "Unexpected value ''"),
      run.job(body('runs-on: ${{ fromJSON(\'["self-hosted", "linux"]\') }}', 'true'), {}),
      run.jobs(
        { each: body('strategy: { matrix: { os: [ubuntu-24.04, windows-2025] } }\nruns-on: ${{ matrix.os }}', 'true') },
        { 'each+ubuntu-24_04': {}, 'each+windows-2025': { ends: 'skipped: unserved' } },
      ),
    ),
    differs(
      'Hosted runners: `ubuntu-*`, `windows-*`, `macos-*`',
      'jobs run on this machine, with what is installed here, when it has the system that the label names, and are skipped and listed when not; `--platform LABEL=host`, or `platforms` of the orchestrator.yaml, serves other labels, and a label that looks mistyped is unknown',
      run.job(body('runs-on: ubuntu-latest', 'echo "= $RUNNER_OS"'), { says: ['Linux'] }),
      run.job(body('runs-on: windows-latest', 'true'), { ends: 'skipped: unserved' }),
      run.job(body('runs-on: mine', 'true'), {}),
    ),
    differs(
      'Self-hosted runners, by their labels and groups',
      '`self-hosted`, `linux` and the name of its processor (`x64`) are this machine; a job with a label that nobody knows is skipped, and the run ends with exit code 4',
      incomplete.job(body('runs-on: [self-hosted, gpu]', 'true'), { ends: 'skipped: unserved' }),
      incomplete.whole('the run is incomplete', ({ exitCode }) => exitCode, 4),
    ),
    works(
      '`container`: a job in a container',
      run.job(body(`container: ${IMAGE}`, 'true'), { ends: 'setup-failed', log: ['container engine'] }),
      refusesJob('container: docker://', 'Container image cannot be empty'),
    ),
    works(
      '`container`: `image`, `env`, `ports`, `volumes`, `options`, `credentials`',
      readsJob(
        'container: { image: i, options: o, env: { A: b }, ports: [80], volumes: [a:b], credentials: { username: u, password: p } }',
      ),
    ),
    works(
      'An image whose name comes to nothing: the job runs on the host, and a service does not start',
      run.job(
        body(
          'container: { image: "${{ github.head_ref }}", options: --init }\nservices: { db: { image: "${{ github.head_ref }}" } }',
          'echo "= on $RUNNER_OS"',
        ),
        {
          says: ['on Linux'],
          log: ["The service 'db' will not be started because the container definition has an empty image."],
        },
      ),
      run.job(body('services: ${{ fromJSON(\'{"db":""}\') }}', 'echo "= on"'), { says: ['on'] }),
    ),
    works(
      '`services`, their health checks and ports; the `job.container` and `job.services` contexts',
      run.job(body(`services: { db: { image: "${IMAGE}" } }`, 'true'), {
        ends: 'setup-failed',
        log: ['container engine'],
      }),
      readsJob('services: { s: { image: i, ports: ["8080:80", 80, "53:53/udp"], entrypoint: e, command: c } }'),
      refusesJob('services: { s: { options: x } }', 'Container image cannot be empty'),
    ),
    differs(
      'Docker actions: a Dockerfile or an image, `entrypoint`, `args`, `env`, `pre-entrypoint`, `post-entrypoint`; `uses: docker://image`',
      "the engine's socket is not mounted",
      run.job('steps: [{ uses: me/image@v1 }]', {
        ends: 'setup-failed',
        log: ['me/image@v1: a container engine'],
      }),
    ),
  ],
};
