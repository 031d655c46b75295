/** Actions. */
import { expect } from 'vitest';
import { differs, type Subject, works } from '../rig/feature.ts';
import { readsAction, readsJob, refusesAction, refusesJob } from '../rig/language.ts';
import { shareRun, steps } from '../rig/run.ts';

const NODE = `
name: node
description: d
inputs:
  who: { default: "of \${{ github.event_name }}" }
  need: { required: true }
  old: { deprecationMessage: use who }
outputs: { said: { description: d } }
runs: { using: node20, pre: pre.js, main: main.js, post: post.js }
`;
const stage = (text: string): string => `const fs = require('fs');\nconst {env} = process;\n${text}\n`;
const NODE_FILES = {
  'pre.js': stage("console.log('= pre'); fs.appendFileSync(env.GITHUB_STATE, 'a=1\\n');"),
  'main.js': stage(
    "console.log('= main', env.INPUT_WHO, env.STATE_a); fs.appendFileSync(env.GITHUB_STATE, `who=${env.INPUT_WHO}\\n`); fs.appendFileSync(env.GITHUB_OUTPUT, `said=${env.INPUT_WHO}\\n`);",
  ),
  'post.js': stage("console.log('= post', env.STATE_who);"),
};
const IF_FILES = {
  'action.yml':
    'runs: { using: node24, pre: x.js, pre-if: "runner.os == \'none\'", main: x.js, post: x.js, post-if: failure() }',
  'x.js': "console.log('= stage');\n",
};
const COMPOSITE = `
inputs: { greeting: {}, preset: { default: p } }
outputs: { both: { value: "\${{ steps.in.outputs.v }}-\${{ inputs.preset }}" } }
runs:
  using: composite
  steps:
    - id: in
      shell: bash
      env: { OWN: "\${{ inputs.greeting }}" }
      run: |
        echo "= $OWN [$INPUT_GREETING] $(basename "$GITHUB_ACTION_PATH") \${{ github.action_path != '' }}"
        echo "v=\${{ inputs.greeting }}" >> "$GITHUB_OUTPUT"
        echo "INSIDE=yes" >> "$GITHUB_ENV"
    - uses: ./node
      with: { who: inner }
    - shell: bash
      run: echo "= $INSIDE \${{ steps.in.outputs.v }} [\${{ steps.outer.outcome }}]"
`;
const FAILING = `
outputs: { o: { value: "\${{ steps.a.outputs.o }}" } }
runs:
  using: composite
  steps:
    - { id: a, shell: bash, run: 'echo "o=1" >> "$GITHUB_OUTPUT"; exit 1' }
    - { shell: bash, run: echo "= never" }
    - { if: failure(), shell: bash, run: echo "= rescue" }
`;
const STATUS = `
inputs: { fail: { default: '' } }
runs:
  using: composite
  steps:
    - { shell: bash, run: 'echo "= success() \${{ job.status }}"; test -z "\${{ inputs.fail }}"' }
    - { if: failure(), shell: bash, run: 'echo "= failure() \${{ job.status }}"' }
    - uses: ./ends
`;
const LENIENT = `
outputs: { o: { value: "\${{ steps.f.outcome }} \${{ steps.f.conclusion }} \${{ steps.s.outcome }}" } }
runs:
  using: composite
  steps:
    - { id: f, continue-on-error: true, shell: bash, run: exit 3 }
    - { id: s, if: false, shell: bash, run: exit 3 }
`;
const UNDECIDED = `
runs:
  using: composite
  steps:
    - { if: fromJSON('x'), continue-on-error: true, shell: bash, run: exit 3 }
    - { if: always(), shell: bash, run: echo "= never" }
`;
const LOOP = 'runs: { using: composite, steps: [{ uses: ./loop }] }';

function below(folder: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
}

const run = shareRun({
  files: {
    ...below('node', { ...NODE_FILES, 'action.yml': NODE }),
    ...below('conditional', IF_FILES),
    'composite/action.yaml': COMPOSITE,
    'failing/action.yml': FAILING,
    'loop/action.yml': LOOP,
    'status/action.yml': STATUS,
    'lenient/action.yml': LENIENT,
    'undecided/action.yml': UNDECIDED,
    'ends/action.yml': 'runs: { using: node24, main: main.js, post: post.js, post-if: failure() }',
    'ends/main.js': "console.log('= ends');\n",
    'ends/post.js': "console.log('= posted');\n",
    'inputs/action.yml': 'inputs: { two words: { default: a b }, more-words: {} }\nruns: { using: node24, main: x.js }',
    'explains/action.yml': 'runs: { using: node24, main: x.js }',
    'explains/x.js': "console.log('::error::this is why');\nprocess.exitCode = 1;\n",
    'asks/action.yml': 'runs: { using: node24, main: x.js }',
    'asks/x.js':
      "const { ACTIONS_RUNTIME_URL: a, ACTIONS_RUNTIME_TOKEN: b, ACTIONS_RESULTS_URL: c } = process.env;\nconsole.log('=', typeof a, typeof b, typeof c);\n",
    'inputs/x.js': "console.log('=', process.env.INPUT_TWO_WORDS, process.env['INPUT_MORE-WORDS']);\n",
    ...below('old', { ...IF_FILES, 'action.yml': 'runs: { using: node16, main: x.js }' }),
    'breaks/action.yml': 'runs: { using: node24, pre: fail.js, main: main.js }',
    'breaks/fail.js': 'process.exit(3);\n',
    'breaks/main.js': "console.log('= main');\n",
  },
  args: ['--action', 'far/away@v1=node', '--action', 'far/choosy@v1=conditional', '--action', 'far/breaks@v1=breaks'],
});
const fetched = shareRun({
  served: {
    'octo/act': {
      'action.yml':
        'runs: { using: composite, steps: [{ shell: bash, run: echo "= whole $GITHUB_ACTION_REPOSITORY $GITHUB_ACTION_REF" }] }',
      'deep/outer/action.yml': 'runs: { using: composite, steps: [{ uses: octo/none@v1 }] }',
      'deep/one/action.yml': 'runs: { using: composite, steps: [{ shell: bash, run: echo "= deep" }] }',
    },
  },
});

export const actions: Subject = {
  title: 'Actions',
  features: [
    works(
      '`uses`: `owner/repo[/path]@ref`, `./path` at the time the step runs, `docker://image`, `$/path`; anything else is an error',
      readsJob('steps: [{ uses: ./a }, { uses: "$/a" }, { uses: docker://i }, { uses: o/r/p@v1 }]'),
      refusesJob('steps: [{ uses: a/b }]', "Expected format {org}/{repo}[/path]@ref. Actual 'a/b'"),
      run.job(
        steps(
          'mkdir made\necho "runs: { using: composite, steps: [{ run: echo = made, shell: bash }] }" > made/action.yml',
          '- uses: ./made',
        ),
        {
          says: ['made'],
        },
      ),
      run.job(steps('rm -r composite', '- uses: $/composite\n  with: { greeting: hi }'), {
        log: ['= hi [] composite true'],
      }),
      run.job(steps('- uses: ./nowhere'), {
        ends: 'action-not-found',
        log: ["Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under"],
      }),
    ),
    works(
      'JavaScript actions: inputs as INPUT_…, outputs, `pre`, `main`, `post`, and state from one to the next',
      run.job(
        steps(
          'echo "= first"',
          '- id: a\n  uses: far/away@v1',
          '- uses: far/away@v1\n  with: { WHO: second }',
          'echo "= ${{ steps.a.outputs.said }}"',
        ),
        {
          says: ['pre', 'pre', 'first', 'main of push 1', 'main second 1', 'of push', 'post second', 'post of push'],
        },
      ),
    ),
    works(
      'INPUT_ and the name in capitals, with `_` for blanks',
      run.job(steps('- uses: ./inputs\n  with: { more-words: x }'), { says: ['a b x'] }),
    ),
    works(
      'Actions in the workspace have no `pre`; their `post` runs',
      run.job(steps('- uses: ./node'), { says: ['main of push undefined', 'post of push'] }),
    ),
    works(
      'An action that was skipped has no `post`',
      run.job(steps('- if: false\n  uses: ./node', '- uses: ./node'), {
        says: ['main of push undefined', 'post of push'],
      }),
    ),
    works(
      'Actions of other repositories are there before the first step runs, those inside of composite ones too',
      fetched.job(steps('echo "= never"', '- uses: octo/none@v1'), {
        ends: 'action-not-found',
        log: ['octo/none'],
        says: [],
      }),
      fetched.job(steps('echo "= never"', '- uses: octo/act/deep/outer@v1'), {
        ends: 'action-not-found',
        log: ['octo/none'],
        says: [],
      }),
    ),
    works(
      'JavaScript actions have ACTIONS_RUNTIME_URL, ACTIONS_RUNTIME_TOKEN and ACTIONS_RESULTS_URL',
      run.job(steps('- uses: ./asks'), { says: ['string string string'] }),
    ),
    works(
      'An action that fails has said why: nothing is added to its own errors',
      run.job(steps('- uses: ./explains'), {
        ends: 'exit-code',
        log: ['##[error]this is why'],
        without: ['completed with exit code'],
        annotations: ['error this is why'],
      }),
    ),
    works(
      '`pre-if` and `post-if`',
      run.job(steps('- uses: far/choosy@v1'), { says: ['stage'] }),
      run.job(steps('- uses: far/choosy@v1', 'exit 1'), { ends: 'exit-code', says: ['stage', 'stage'] }),
    ),
    works(
      'An input that nobody knows is a warning, and so is one with a `deprecationMessage`; a missing one is none',
      run.job(steps('- uses: ./node\n  with: { stray: 1, old: x }'), {
        annotations: expect.arrayContaining([
          "warning Unexpected input(s) 'stray', valid inputs are ['who', 'need', 'old']",
          expect.stringContaining('use who'),
        ]) as unknown[],
      }),
    ),
    works(
      'Composite actions: inputs in `inputs` alone, steps and outputs of their own, GITHUB_ENV for the whole job',
      run.job(
        steps(
          '- id: outer\n  uses: ./composite\n  with: { greeting: hello }',
          'echo "= ${{ steps.outer.outputs.both }} $INSIDE [${{ steps.in.outputs.v }}]"',
        ),
        { says: ['hello [] composite true', 'main inner undefined', 'yes hello []', 'hello-p yes []', 'post inner'] },
      ),
    ),
    works(
      'A composite action fails with its first step; outputs are there all the same, `if: failure()` runs',
      run.job(
        steps(
          '- id: f\n  continue-on-error: true\n  uses: ./failing',
          'echo "= ${{ steps.f.outcome }} ${{ steps.f.outputs.o }}"',
        ),
        {
          says: ['rescue', 'failure 1'],
        },
      ),
    ),
    works(
      "Inside of a composite action `job.status` is the job's; so is what `success()` and `failure()` ask for in `post-if`, while in its steps it is that of the action",
      run.job(steps('exit 1', '- if: always()\n  uses: ./status'), {
        ends: 'exit-code',
        says: ['success() failure', 'ends', 'posted'],
      }),
      run.job(steps('- continue-on-error: true\n  uses: ./status\n  with: { fail: 1 }', 'echo "= on"'), {
        says: ['success() success', 'failure() success', 'on'],
      }),
      run.job(steps('- uses: ./status', 'exit 1'), {
        ends: 'exit-code',
        says: ['success() success', 'ends', 'posted'],
      }),
    ),
    works(
      'A composite step that may fail: `outcome` and `conclusion` are told inside, and the action succeeds',
      run.job(steps('- id: o\n  uses: ./lenient', 'echo "= ${{ steps.o.outcome }} ${{ steps.o.outputs.o }}"'), {
        says: ['success failure success skipped'],
      }),
      run.job(steps('- id: o\n  continue-on-error: true\n  uses: ./undecided', 'echo "= ${{ steps.o.outcome }}"'), {
        says: ['failure'],
      }),
    ),
    works(
      'A `pre` that fails fails the job; the steps see that',
      run.job(steps('- uses: far/breaks@v1', '- if: failure()\n  run: echo "= seen"'), {
        ends: expect.anything() as string,
        says: ['seen'],
      }),
    ),
    works(
      'A composite step with `run` names its `shell`; `timeout-minutes` is none of its keys',
      refusesAction('name: n\ndescription: d\nruns: { using: composite, steps: [{ run: x }] }', 'shell'),
      refusesAction(
        'name: n\ndescription: d\nruns: { using: composite, steps: [{ run: x, shell: bash, timeout-minutes: 1 }] }',
        'timeout-minutes',
      ),
    ),
    works(
      'Composite actions in each other, ten levels',
      run.job(steps('- uses: ./loop'), {
        ends: expect.anything() as string,
        log: ['Composite action depth exceeded max depth 9'],
      }),
    ),
    works(
      '`action.yml`, `action.yaml`; unknown keys are passed over',
      readsAction(
        'name: n\ndescription: d\nbranding: { icon: x, color: blue }\nauthor: me\nruns: { using: node24, main: m.js }',
      ),
      readsAction('name: n\ndescription: d\nruns: { using: composite, steps: [{ run: x, shell: bash }] }'),
    ),
    differs(
      '`using: node12` to `node24`',
      'all run on the Node that runs orch: none is downloaded for them',
      run.job(steps('- uses: ./conditional', '- uses: ./old'), { says: ['stage', 'stage'] }),
    ),
    differs(
      '`actions/checkout`',
      'of this repository at the commit that runs it is answered at once, with what the working tree holds; any other is run',
      run.job(
        steps(
          '- id: c\n  uses: actions/checkout@v4',
          'test "${{ steps.c.outputs.commit }}" = "$GITHUB_SHA" && cat node/post.js > /dev/null && echo "= here"',
        ),
        {
          says: ['here'],
        },
      ),
    ),
    differs(
      'Actions of other repositories, by branch, tag or commit',
      'they are fetched by git into a cache, from GitHub or from where `--action-source` says; `--action` puts a folder in their place, `--offline` fetches nothing',
      run.job(steps('- uses: far/away@v1'), { log: ['= main of push 1'] }),
      fetched.job(steps('- uses: octo/act@main', '- uses: octo/act@v1', '- uses: octo/act/deep/one@v1'), {
        says: ['whole octo/act main', 'whole octo/act v1', 'deep'],
      }),
      fetched.job(steps('- uses: octo/act@nowhere'), { ends: 'action-not-found' }),
    ),
  ],
};
