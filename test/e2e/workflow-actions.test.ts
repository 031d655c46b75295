import { beforeAll, describe, expect, test } from 'vitest';
import {
  bundledAction,
  createRepository,
  createServer,
  endings,
  eventsOf,
  type OrchResult,
  orch,
  type Repository,
} from './rig/index.ts';

const CI = '.github/workflows/ci.yml';
function logOf(repository: Repository, { run }: OrchResult, leg = 'a'): string {
  return repository.read(`logs/runs/${run}/${leg}.log`);
}

/** What the steps themselves said, without the headings and orch's own lines. */
function saidIn(log: string): readonly string[] {
  const bare = log.replaceAll(/^##\[group\](Pre |Post )?Run [^]*?^##\[endgroup\]\n/gm, '');
  return bare.split('\n').filter((line) => line !== '' && !/^(Download action |\[orch\] )/.test(line));
}

describe('published packages, unmodified', () => {
  const actions: Record<string, Readonly<Record<string, string>>> = {};
  beforeAll(() => {
    const inputs = '{ who: { default: world }, lines: {}, flag: { default: "False" }, path: {}, fail: {} }';
    actions['core'] = bundledAction('core', ['pre', 'main', 'post'], `name: Core\ninputs: ${inputs}`);
    actions['files'] = bundledAction('files', ['main'], 'name: Files\ninputs: { patterns: {} }');
    const token = '{ token: { default: "${{ github.token }}" } }';
    actions['github'] = bundledAction('github', ['main'], `name: GitHub\ninputs: ${token}`);
  });

  function setUp(name: string, workflow: string, files: Readonly<Record<string, string>> = {}) {
    const repository = createRepository({ files: { ...files, [CI]: workflow } });
    const server = createServer(repository);
    server.repository(`me/${name}`, actions[name]).git('tag', 'v1');
    return { repository, server };
  }

  test('@actions/core: state over three stages, outputs, variables, masks, annotations and a summary', async () => {
    const { repository, server } = setUp(
      'core',
      `
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    outputs: { text: "\${{ steps.core.outputs.text }}" }
    steps:
      - run: mkdir bin && printf '#!/bin/sh\\necho the tool' > bin/tool && chmod +x bin/tool
      - uses: me/core@v1
        id: core
        with: { who: Ada, lines: "x\\n\\n y ", path: "\${{ github.workspace }}/bin" }
      - run: tool; echo "$FROM_ACTION"; echo 'again tops3cret'
      - run: echo '\${{ steps.core.outputs.object }}' '\${{ fromJSON(steps.core.outputs.object).flag }}' "\${{ steps.core.outputs.long }}"
  b:
    needs: a
    runs-on: ubuntu-latest
    steps:
      - run: echo "\${{ needs.a.outputs.text }}"
      - uses: me/core@v1
        with: { fail: it went wrong }
`,
    );
    const result = await orch(repository, ['run', 'ci', '--action-source', server.source]);
    expect(endings(result.events)).toEqual({ a: 'success', b: 'exit-code' });
    const log = logOf(repository, result);
    expect(saidIn(log)).toEqual([
      'pre of Ada',
      'state: in pre',
      'the secret is ***',
      '##[notice]take note',
      '##[warning]look here',
      '##[error]with 100% odd: characters, and a',
      'second line',
      '##[group]inside a group',
      'grouped',
      '##[endgroup]',
      'no token: Error message: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable',
      'the tool',
      'value',
      'of two lines',
      'again ***',
      '{"flag":false,"lines":["x","y"]} false one',
      'two',
      'post: in pre, ["x","y"], 18',
    ]);
    expect(log).toMatch(/^Download action repository 'me\/core@v1' \(SHA:[0-9a-f]{40}\)$/m);
    const told = eventsOf(result.events, 'annotation').filter(({ job }) => job === 'a');
    expect(told).toMatchObject([
      { level: 'notice', message: 'take note' },
      { level: 'warning', title: 'Careful', file: 'README.md', line: 1, endLine: 1, column: 2 },
      { level: 'error', title: 'a:b,c%', message: 'with 100% odd: characters, and a\nsecond line' },
    ]);
    const [summary] = eventsOf(result.events, 'step.summary');
    expect(summary?.markdown).toBe('<h1>Report</h1>\n<table><tr><th>name</th></tr><tr><td>***</td></tr></table>\n');
    const failed = logOf(repository, result, 'b');
    expect(failed).toContain('hello Ada\n');
    expect(failed).toContain('##[error]it went wrong\n');
    expect(failed.trimEnd().split('\n').at(-1)).toBe('post: in pre, [], 18');
  });

  test('@actions/exec, io and glob: what they run, move and find, and hashFiles as the workflow has it', async () => {
    const patterns = 'src/**/*.txt\\n!**/b.txt';
    const { repository, server } = setUp(
      'files',
      `
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: me/files@v1
        id: files
        with: { patterns: "${patterns}" }
      - run: |
          echo '\${{ toJSON(steps.files.outputs) }}'
          test '\${{ steps.files.outputs.hash }}' = '\${{ hashFiles('src/**/*.txt', '!**/b.txt') }}' && echo the same
`,
      { 'src/a.txt': 'a', 'src/b.txt': 'b', 'src/c/d.txt': 'd', 'src/c/e.md': 'e' },
    );
    const result = await orch(repository, ['run', 'ci', '--action-source', server.source]);
    expect(result.exitCode).toBe(0);
    const log = logOf(repository, result);
    const outputs: unknown = JSON.parse(/^\{\n[^]*?^\}$/m.exec(log)?.[0] ?? '');
    expect(outputs).toEqual({
      heard: JSON.stringify({ code: 3, out: ['hi from input'], err: ['bad'] }),
      quoted: 'a b|c|',
      complaint: expect.stringMatching(/false failed with exit code 1$/) as unknown,
      which: 'true',
      copied: 'x',
      gone: 'true',
      found: 'src/a.txt src/c/d.txt',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
    expect(log).toContain('the same\n');
  });

  test('@actions/github: the context is what orch gives, and a client can be made', async () => {
    const { repository, server } = setUp(
      'github',
      `
on: pull_request
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: me/github@v1
        id: it
      - run: |
          cat <<'END'
          {"github": \${{ toJSON(github) }}, "seen": \${{ steps.it.outputs.context }}, "id": "it",
           "repo": \${{ steps.it.outputs.repo }}, "issue": \${{ steps.it.outputs.issue }}, "request": \${{ steps.it.outputs.request }}}
          END
`,
    );
    const args = ['run', 'ci', '--action-source', server.source, '--repository', 'ada/engine', '--actor', 'ada'];
    const result = await orch(repository, [...args, '--secret', 'GITHUB_TOKEN=ghp_abc']);
    expect(result.exitCode).toBe(0);
    const log = logOf(repository, result);
    const { github, seen, repo, issue, request } = JSON.parse(/^\{"github":[^]*^ "repo".*\}\}$/m.exec(log)?.[0] ?? '');
    expect(seen).toEqual({
      payload: github.event,
      eventName: 'pull_request',
      sha: github.sha,
      ref: github.ref,
      workflow: github.workflow,
      action: 'it',
      actor: 'ada',
      job: 'a',
      runAttempt: Number(github.run_attempt),
      runNumber: Number(github.run_number),
      runId: Number(github.run_id),
      apiUrl: 'https://api.github.com',
      serverUrl: 'https://github.com',
      graphqlUrl: 'https://api.github.com/graphql',
    });
    expect(Number.isSafeInteger(seen.runId) && seen.runId > 0).toBe(true);
    expect(repo).toEqual({ owner: 'ada', repo: 'engine' });
    expect(issue).toEqual({ ...repo, number: github.event.number });
    expect(request.url).toBe('https://api.github.com/repos/ada/engine');
    expect(request.methods).toBe('function');
    expect(log).not.toContain('ghp_abc');
  });
});

/** A Node action that says its name and who it is for in each of its stages. */
function speaker(name: string, stages: readonly ('pre' | 'main' | 'post')[]): Readonly<Record<string, string>> {
  const files = stages.map((stage) => [
    `${stage}.js`,
    `console.log('${name} ${stage}', process.env.INPUT_FOR, process.env.STATE_x ?? '');
     require('node:fs').appendFileSync(process.env.GITHUB_STATE, 'x=${stage}\\n');`,
  ]);
  const entries = stages.map((stage) => `${stage}: ${stage}.js`).join(', ');
  const manifest = `inputs: { for: { default: nobody } }\nruns: { using: node20, ${entries} }\n`;
  return { ...Object.fromEntries(files), 'action.yml': manifest };
}

function below(directory: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${directory}/${path}`, text]));
}

describe('composite actions', () => {
  test('nest: stages before in order, stages after backwards, inputs, outputs, paths and conditions', async () => {
    const repository = createRepository({
      files: {
        [CI]: `
on: push
env: { LEVEL: workflow }
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: me/kit/outer@v1
        id: outer
        with: { who: Ada }
      - uses: me/kit/one@v1
        with: { for: the job }
      - uses: $/own
      - run: rm -rf own
      - uses: $/own
      - uses: ./late
      - run: echo 'job sees \${{ toJSON(steps.outer.outputs) }}' "$ADDED"
`,
        'own/action.yml': 'runs: { using: composite, steps: [{ run: echo own, shell: sh }] }\n',
        'late/action.yml': `
runs:
  using: composite
  steps:
    - run: echo "late, \${{ github.action_path == format('{0}/late', github.workspace) }}"
      shell: sh
    - uses: me/kit/two@v1
      with: { for: late }
`,
      },
    });
    const server = createServer(repository);
    const kit = server.repository('me/kit', {
      ...below('one', speaker('one', ['pre', 'main', 'post'])),
      ...below('two', speaker('two', ['pre', 'main', 'post'])),
      'outer/action.yml': `
inputs:
  who: { required: true }
  greeting: { default: "hello from \${{ github.action_path != '' && 'there' }}" }
outputs:
  said: { value: "\${{ steps.inner.outputs.said }}" }
  failed: { value: "\${{ steps.bad.outcome }}/\${{ steps.bad.conclusion }}" }
runs:
  using: composite
  steps:
    - uses: $/one
      with: { for: "\${{ inputs.who }}" }
    - id: inner
      uses: me/kit/inner@v1
      with: { text: "\${{ inputs.greeting }}, \${{ inputs.who }}" }
    - id: bad
      run: exit 3
      shell: bash
      continue-on-error: true
    - if: failure()
      run: echo never
      shell: bash
    - if: inputs.who == 'Ada' && env.LEVEL == 'workflow'
      run: echo "ADDED=by outer" >> "$GITHUB_ENV"; echo "$GITHUB_ACTION_REPOSITORY@$GITHUB_ACTION_REF \${GITHUB_ACTION_PATH##*/}"
      shell: bash
`,
      'inner/action.yaml': `
inputs: { text: {} }
outputs: { said: { value: "\${{ steps.say.outputs.said }}" } }
runs:
  using: composite
  steps:
    - uses: $/two
      with: { for: inner }
    - id: say
      run: echo "said=$(cat "$GITHUB_ACTION_PATH/../shared.txt") \${{ inputs.text }}" >> "$GITHUB_OUTPUT"
      shell: sh
`,
      'shared.txt': 'well:',
    });
    kit.git('tag', 'v1');
    const result = await orch(repository, ['run', 'ci', '--action-source', server.source]);
    expect(result.exitCode).toBe(0);
    const said = saidIn(logOf(repository, result));
    expect(said.filter((line) => !line.startsWith('##['))).toEqual([
      'one pre Ada ',
      'two pre inner ',
      'one pre the job ',
      'one main Ada pre',
      'two main inner pre',
      'me/kit@v1 outer',
      'one main the job pre',
      'own',
      'own',
      'late, true',
      'two main late ',
      'job sees {',
      '  "said": "well: hello from there, Ada",',
      '  "failed": "failure/success"',
      '} by outer',
      'two post late main',
      'one post the job main',
      'two post inner main',
      'one post Ada main',
    ]);
    expect(said).toContain("##[warning]`pre` execution is not supported for local action from './late'");
  });

  test('that use themselves end at a depth, and many levels of many do not hang', async () => {
    const repository = createRepository({
      files: { [CI]: 'on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ uses: me/loop@v1 }] } }\n' },
    });
    const server = createServer(repository);
    const steps = Array.from({ length: 30 }, () => '{ uses: $/ }').join(', ');
    const loop = server.repository('me/loop', { 'action.yml': `runs: { using: composite, steps: [${steps}] }` });
    loop.git('tag', 'v1');
    const result = await orch(repository, ['run', 'ci', '--action-source', server.source]);
    expect(result.exitCode).toBe(1);
    expect(logOf(repository, result)).toContain('##[error]Composite action depth exceeded max depth 9');
  });
});
