/** What a job is: conditions, matrices, outputs, limits, environments, permissions. */
import { describe, expect, test } from 'vitest';
import { createRepository, endings, eventsOf, orch } from './rig/index.ts';

const RUN = 'runs-on: ubuntu-latest';

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** What stands above `jobs`. */
  readonly top?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Of the working tree, not committed. */
  readonly loose?: Readonly<Record<string, string>>;
}

async function run(jobs: string, { args = [], top = '', files = {}, loose = {}, ...options }: Given = {}) {
  const text = `on: push\n${top}\njobs:\n${jobs}`;
  const repository = createRepository({ files: { '.github/workflows/w.yml': text, ...files } });
  for (const [path, content] of Object.entries(loose)) repository.write(path, content);
  const result = await orch(repository, ['run', 'w', '--ui', 'plain', ...args], options);
  const log = (leg: string): string => repository.read(`logs/runs/${result.run}/${leg}.log`);
  const summary = (): string => repository.read(`logs/runs/${result.run}/summary.md`);
  return { result, ends: endings(result.events), log, summary };
}

describe('conditions', () => {
  test('status functions look at everything that a job stands on', async () => {
    const { result, ends } = await run(`
  good: { ${RUN}, steps: [{ run: 'true' }] }
  bad: { ${RUN}, steps: [{ run: exit 1 }] }
  allowed: { ${RUN}, continue-on-error: true, steps: [{ run: exit 1 }] }
  off: { ${RUN}, if: false, steps: [{ run: 'true' }] }
  off-matrix: { ${RUN}, if: "github.ref == 'x'", strategy: { matrix: { a: [1, 2] } }, steps: [{ run: 'true' }] }
  after-off: { ${RUN}, needs: off, steps: [{ run: 'true' }] }
  anyway: { ${RUN}, needs: [off, good], if: "always() && needs.off.result == 'skipped'", steps: [{ run: 'true' }] }
  after-anyway: { ${RUN}, needs: anyway, steps: [{ run: 'true' }] }
  not-failed: { ${RUN}, needs: anyway, if: '!failure()', steps: [{ run: 'true' }] }
  after-bad: { ${RUN}, needs: bad, steps: [{ run: 'true' }] }
  on-failure: { ${RUN}, needs: [after-bad], if: failure(), steps: [{ run: 'true' }] }
  named: { ${RUN}, needs: [bad, good], if: "success('good')", steps: [{ run: 'true' }] }
  after-allowed: { ${RUN}, needs: allowed, if: "needs.allowed.result == 'success'", steps: [{ run: 'true' }] }
`);
    expect(result.exitCode).toBe(1);
    expect(ends).toEqual({
      good: 'success',
      bad: 'exit-code',
      allowed: 'success',
      off: 'skipped: condition',
      'off-matrix': 'skipped: condition',
      'after-off': 'skipped: needs',
      anyway: 'success',
      'after-anyway': 'skipped: needs',
      'not-failed': 'success',
      'after-bad': 'skipped: needs',
      'on-failure': 'success',
      named: 'success',
      'after-allowed': 'success',
    });
    const messages = eventsOf(result.events, 'job.skipped').map(({ job, message }) => [job, message]);
    expect(Object.fromEntries(messages)).toMatchObject({
      off: 'its condition is false: false',
      'after-bad': 'bad failed',
      'after-off': 'off was skipped',
      'after-anyway': 'anyway stands on a job that did not succeed',
    });
  });
});

describe('matrices and outputs', () => {
  test('come from outputs of other jobs; the leg that ends last gives the output, and secrets are no outputs', async () => {
    const matrix = {
      os: ['linux', 'mac'],
      n: [1, 2],
      exclude: [{ os: 'LINUX', n: '2' }],
      include: [
        { os: 'linux', extra: 'x' },
        { os: 'bsd', n: 9 },
      ],
    };
    const { result, ends, log } = await run(
      `
  plan:
    ${RUN}
    outputs: { matrix: "\${{ steps.p.outputs.matrix }}", secret: "\${{ steps.p.outputs.secret }}" }
    steps:
      - id: p
        run: |
          echo 'matrix=${JSON.stringify(matrix)}' >> "$GITHUB_OUTPUT"
          echo "secret=a \${{ secrets.TOKEN }}" >> "$GITHUB_OUTPUT"
  legs:
    needs: plan
    ${RUN}
    strategy:
      matrix: \${{ fromJSON(needs.plan.outputs.matrix) }}
      fail-fast: false
      max-parallel: \${{ fromJSON('1') }}
    continue-on-error: \${{ matrix.n == 9 }}
    outputs: { last: "\${{ steps.o.outputs.last }}" }
    steps:
      - id: o
        env: { LEG: "\${{ matrix.os }}\${{ matrix.n }}\${{ matrix.extra }} \${{ strategy.job-index }}/\${{ strategy.job-total }}" }
        run: echo "last=$LEG" >> "$GITHUB_OUTPUT"; test \${{ matrix.n }} != 9
  done:
    needs: [plan, legs]
    ${RUN}
    name: done \${{ needs.legs.result }}
    steps:
      - run: echo "last [\${{ needs.legs.outputs.last }}] secret [\${{ needs.plan.outputs.secret }}]"
`,
      { args: ['--secret', 'TOKEN'], env: { TOKEN: 'very-secret' } },
    );
    expect(result.exitCode).toBe(0);
    expect(ends).toMatchObject({ 'legs+linux_1': 'success', 'legs+mac_1': 'success', 'legs+bsd_9': 'success' });
    expect(log('done')).toContain('last [bsd9 3/4] secret []');
    const names = eventsOf(result.events, 'job.expanded').flatMap(({ legs }) => legs.map(({ name }) => name));
    expect(names).toEqual([
      'plan',
      'legs (linux, 1)',
      'legs (mac, 1)',
      'legs (mac, 2)',
      'legs (bsd, 9)',
      'done success',
    ]);
    expect(eventsOf(result.events, 'warning').map(({ message }) => message)).toEqual([
      "Skip output 'secret' since it may contain secret.",
    ]);
  });

  test.each<[string, string]>([
    ['matrix: { n: "${{ fromJSON(needs.first.outputs.many) }}" }', '256'],
    [
      'matrix: { n: [1], exclude: [{ m: "${{ 1 }}" }] }',
      "Matrix exclude key 'm' does not match any key within the matrix",
    ],
    ['matrix: { n: [1] }, max-parallel: "${{ fromJSON(0) }}"', 'max-parallel must be 1 or more'],
    ['matrix: { n: [1] }, fail-fast: "${{ github.ref }}"', 'fail-fast'],
    ['matrix: "${{ fromJSON(needs.first.outputs.none) }}"', 'Error parsing fromJson'],
  ])('%s fails the job with a sentence', async (strategy, message) => {
    const { result, ends } = await run(`
  first:
    ${RUN}
    outputs: { many: "\${{ steps.a.outputs.many }}" }
    steps: [{ id: a, run: 'echo "many=[$(seq -s, 257)]" >> "$GITHUB_OUTPUT"' }]
  legs: { needs: first, ${RUN}, strategy: { ${strategy} }, steps: [{ run: 'true' }] }
  after: { needs: legs, if: failure(), ${RUN}, steps: [{ run: 'true' }] }
`);
    expect(result.exitCode).toBe(1);
    expect(ends).toEqual({ first: 'success', legs: 'expression', after: 'success' });
    expect(result.stdout).toContain(message);
  });

  test('fail-fast cancels the legs that run and those that wait', async () => {
    const { ends } = await run(`
  legs:
    ${RUN}
    strategy: { matrix: { n: [1, 2, 3] }, max-parallel: 2 }
    steps:
      - run: |
          if [ \${{ matrix.n }} = 1 ]; then await-note second; exit 1; fi
          tell second; exec await-note never
`);
    expect(ends).toEqual({ 'legs+_1': 'exit-code', 'legs+_2': 'cancelled', 'legs+_3': 'cancelled: fail-fast' });
  });
});

describe('what surrounds the steps', () => {
  test('env of workflow, job and step; the defaults of a job replace those of the workflow', async () => {
    const { result, log } = await run(
      `
  own:
    ${RUN}
    env: { A: job, C: job }
    defaults: { run: { shell: "bash -e {0}" } }
    steps:
      - run: echo "$A $B $C in $(basename "$PWD"), \${{ env.A }} \${{ env.C }}"
        env: { C: "step \${{ env.C }}" }
  inherited: { ${RUN}, steps: [{ run: 'echo "$A in $(basename "$PWD")"' }] }
  by-env:
    ${RUN}
    env: { DIRECTORY: sub }
    defaults: { run: { working-directory: "\${{ env.DIRECTORY }}" } }
    steps: [{ run: 'echo "in $(basename "$PWD")"' }]
`,
      {
        top: 'env: { A: workflow, B: workflow }\ndefaults: { run: { working-directory: sub/deep } }',
        files: { 'sub/deep/a': '' },
      },
    );
    expect(result.exitCode).toBe(0);
    expect(log('own')).toContain('job workflow step job in repo, job step job');
    expect(log('inherited')).toContain('workflow in deep');
    expect(log('by-env')).toContain('in sub');
  });

  test('an environment brings its secrets and variables, and says where it is reached', async () => {
    const { result, log, summary } = await run(
      `
  plain:
    ${RUN}
    steps: [{ run: 'echo "[\${{ secrets.TOKEN }}] [\${{ vars.WHERE }}] [\${{ secrets.ONLY }}]" | tr a-z A-Z' }]
  deploy:
    ${RUN}
    strategy: { matrix: { to: [Production, staging] } }
    environment: { name: "\${{ matrix.to }}", url: "https://\${{ steps.d.outputs.host }}/\${{ vars.WHERE }}" }
    steps:
      - id: d
        run: |
          echo "[\${{ secrets.TOKEN }}] [\${{ secrets.ONLY }}] [\${{ vars.WHERE }}]" | tr a-z A-Z
          echo "host=\${{ matrix.to == 'staging' && secrets.TOKEN || 'example.org' }}" >> "$GITHUB_OUTPUT"
`,
      {
        args: ['--secret', 'TOKEN', '--secret', 'staging:TOKEN', '--var', 'WHERE=all', '--var', 'PRODUCTION:WHERE=a:b'],
        env: { TOKEN: 'general' },
        loose: { '.secrets.production': 'token=productive\nONLY=other\n', '.vars.staging': 'WHERE=stage\n' },
      },
    );
    expect(result.exitCode).toBe(0);
    expect(log('plain')).toContain('[GENERAL] [ALL] []');
    expect(log('deploy+Production')).toContain('[PRODUCTIVE] [OTHER] [A:B]');
    expect(log('deploy+Production')).toContain('its protection rules are not applied here');
    expect(log('deploy+staging')).toContain('[GENERAL] [] [STAGE]');
    expect(summary()).toMatch(
      /\| Production +\| deploy \(Production\) \| `https:\/\/example\.org\/a:b` \|\n\| staging +\| deploy \(staging\) +\| +\|/,
    );
    expect(result.stdout).toContain('the url of the environment staging is left out: it may hold a secret');
  });

  test('permissions are told, and no id token is made up', async () => {
    const { result, log } = await run(
      `
  reads: { ${RUN}, steps: [{ run: 'echo "[\${{ github.token }}] [\${{ secrets.GITHUB_TOKEN }}]"' }] }
  writes:
    ${RUN}
    permissions: { id-token: write, contents: read }
    steps: [{ run: 'echo "url [$ACTIONS_ID_TOKEN_REQUEST_URL]"' }]
`,
      { top: 'permissions: read-all' },
    );
    expect(result.exitCode).toBe(0);
    expect(log('reads')).toContain('contents: read');
    expect(log('reads')).toContain('there is no token: --secret GITHUB_TOKEN gives one');
    expect(log('reads')).toContain('[] []');
    expect(log('writes')).toMatch(/contents: read\n.*id-token: write\n.*metadata: read/);
    expect(log('writes')).toContain('nobody here issues id tokens');
    expect(log('writes')).toContain('url []');
  });
});

describe('machines', () => {
  test.each<[string, readonly string[], number, Readonly<Record<string, string>>]>([
    ['[]', [], 4, { own: 'success', grouped: 'skipped: unserved', mac: 'skipped: unserved', odd: 'skipped: unserved' }],
    [
      '--platform',
      ['--platform', 'ODD=host', '--platform', 'big=host'],
      0,
      { own: 'success', grouped: 'success', mac: 'skipped: unserved', odd: 'success' },
    ],
    [
      '--strict',
      ['--strict', '--platform', 'odd=host', '--platform', 'big=host'],
      4,
      { own: 'success', grouped: 'success', mac: 'skipped: unserved', odd: 'success' },
    ],
    [
      '--allow-unserved',
      ['--allow-unserved'],
      0,
      { own: 'success', grouped: 'skipped: unserved', mac: 'skipped: unserved', odd: 'skipped: unserved' },
    ],
  ])('runs-on with %s', async (_, args, exitCode, expected) => {
    const { result, ends } = await run(
      `
  own: { runs-on: "\${{ fromJSON('[\\"self-hosted\\", \\"Linux\\"]') }}", steps: [{ run: 'true' }] }
  grouped: { runs-on: { group: large, labels: [big] }, steps: [{ run: 'true' }] }
  mac: { runs-on: macos-latest, steps: [{ run: 'true' }] }
  odd: { runs-on: [self-hosted, "\${{ github.event_name == 'push' && 'odd' }}"], steps: [{ run: 'true' }] }
`,
      { args },
    );
    expect(result.exitCode).toBe(exitCode);
    expect(ends).toEqual(expected);
  });
});

describe('limits', () => {
  test('a job that takes too long is cancelled; what always runs still does', async () => {
    const { result, ends, log } = await run(`
  slow:
    ${RUN}
    timeout-minutes: \${{ fromJSON('0.02') }}
    steps:
      - run: exec await-note never
      - run: echo not this one
      - if: always()
        run: echo this one in any case
  stubborn:
    ${RUN}
    timeout-minutes: 0.02
    cancel-timeout-minutes: 0.02
    steps:
      - run: exec await-note never
      - { if: always(), run: exec await-note never-either }
      - { if: always(), run: echo too late }
  after: { needs: slow, if: "!cancelled() && needs.slow.result == 'cancelled'", ${RUN}, steps: [{ run: 'true' }] }
`);
    expect(result.exitCode).toBe(1);
    expect(ends).toEqual({ slow: 'cancelled', stubborn: 'cancelled', after: 'success' });
    expect(result.stdout).toContain('took longer than its 0.02 minutes');
    expect(log('slow')).toContain('this one in any case');
    expect(log('slow')).not.toContain('not this one');
    expect(log('stubborn')).not.toMatch(/^too late/m);
  });
});
