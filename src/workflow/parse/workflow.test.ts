import { describe, expect, it } from 'vitest';
import { parseWorkflow } from './index.ts';
import { plain, problems, withJob, workflowOf } from './testing/reading.ts';

const NO_VALUE = (name: string, place: string, more = ''): string =>
  `${place} Unrecognized named-value: '${name}'. Located at position 1 within expression: ${name}${more}`;

describe('the model', () => {
  it('holds every key of a job with steps (R1, J2, K1, K2, S2)', () => {
    const text = [
      'name: n',
      'description: d',
      'run-name: r ${{ github.actor }}',
      'on: { push: }',
      'env: { A: 1 }',
      'defaults: { run: { shell: bash, working-directory: w } }',
      'permissions: read-all',
      'concurrency: { group: g, cancel-in-progress: true, queue: single }',
      'jobs:',
      '  a: { runs-on: x, steps: [{ run: x }] }',
      '  b:',
      '    name: B',
      '    needs: a',
      '    if: always()',
      '    runs-on: { group: g, labels: [l] }',
      '    strategy: { fail-fast: false, max-parallel: 2, matrix: { v: [1] } }',
      '    timeout-minutes: 5',
      '    cancel-timeout-minutes: 1',
      '    continue-on-error: ${{ matrix.v == 1 }}',
      '    container: { image: i, options: o, env: { A: b }, ports: [80], volumes: [a:b], credentials: { username: u, password: p } }',
      '    services: { s: { image: i, entrypoint: e, command: c } }',
      '    env: { B: 2 }',
      '    environment: { name: e, url: u, deployment: false }',
      '    permissions: { contents: write }',
      '    cache-mode: read',
      '    concurrency: h',
      '    outputs: { o: v }',
      '    defaults: { run: { shell: sh } }',
      '    snapshot: { image-name: s, if: github.ref, version: 2.* }',
      '    steps:',
      '      - { id: i, name: n, if: x, env: { C: 3 }, continue-on-error: true, timeout-minutes: 1, run: r, shell: s, working-directory: w, background: true }',
      '      - { uses: a/b@c, with: { k: v } }',
      '      - { wait: i, id: w, name: n, continue-on-error: true }',
      '      - { wait: [i] }',
      '      - wait-all:',
      '      - cancel: i',
      '      - parallel: [{ run: x }, { uses: ./y }]',
    ].join('\n');
    // `if: x` names a context that does not exist, which is told; the model is looked at without it.
    expect(problems(text)).toEqual([NO_VALUE('x', '31:31')]);
    const workflow = plain(workflowOf(text.replace('if: x', 'if: env.x')));
    expect(workflow).toMatchObject({
      name: 'n',
      description: 'd',
      runName: 'r ${{ github.actor }}',
      on: { push: null },
      env: { A: 1 },
      defaults: { run: { shell: 'bash', 'working-directory': 'w' } },
      permissions: 'read-all',
      concurrency: { group: 'g', 'cancel-in-progress': true, queue: 'single' },
    });
    expect((workflow as { jobs: unknown[] }).jobs[1]).toEqual({
      kind: 'steps',
      id: 'b',
      name: 'B',
      needs: ['a'],
      if: 'always()',
      runsOn: { group: 'g', labels: ['l'] },
      strategy: { failFast: false, maxParallel: 2, matrix: { v: [1] } },
      timeoutMinutes: 5,
      cancelTimeoutMinutes: 1,
      continueOnError: '${{ matrix.v == 1 }}',
      container: {
        image: 'i',
        options: 'o',
        env: { A: 'b' },
        ports: [80],
        volumes: ['a:b'],
        credentials: { username: 'u', password: 'p' },
      },
      services: { s: { image: 'i', entrypoint: 'e', command: 'c' } },
      env: { B: 2 },
      environment: { name: 'e', url: 'u', deployment: false },
      permissions: { contents: 'write' },
      cacheMode: 'read',
      concurrency: 'h',
      outputs: { o: 'v' },
      defaults: { run: { shell: 'sh' } },
      snapshot: { 'image-name': 's', if: 'github.ref', version: '2.*' },
      steps: [
        {
          kind: 'run',
          id: 'i',
          name: 'n',
          if: 'env.x',
          env: { C: 3 },
          continueOnError: true,
          timeoutMinutes: 1,
          run: 'r',
          shell: 's',
          workingDirectory: 'w',
          background: true,
        },
        { kind: 'action', uses: 'a/b@c', with: { k: 'v' } },
        { kind: 'wait', targets: ['i'], id: 'w', name: 'n', continueOnError: true },
        { kind: 'wait', targets: ['i'] },
        { kind: 'wait-all' },
        { kind: 'cancel', target: 'i' },
        {
          kind: 'parallel',
          steps: [
            { kind: 'run', run: 'x' },
            { kind: 'action', uses: './y' },
          ],
        },
      ],
    });
  });

  it('holds every key of a job that calls (U1, U2, U3)', () => {
    const job =
      'uses: ./.github/workflows/c.yml\nwith: { a: 1 }\nsecrets: inherit\nname: n\nif: true\npermissions: {}\ncache-mode: none\nconcurrency: g\nstrategy: { matrix: { v: [1] } }';
    expect(plain(workflowOf(withJob(job)).jobs)).toEqual([
      {
        kind: 'call',
        id: 'j',
        needs: [],
        uses: './.github/workflows/c.yml',
        with: { a: 1 },
        secrets: 'inherit',
        name: 'n',
        if: true,
        permissions: {},
        cacheMode: 'none',
        concurrency: 'g',
        strategy: { matrix: { v: [1] } },
      },
    ]);
  });

  it('knows where everything stands', () => {
    const { jobs, on } = workflowOf('on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n      - run: |\n          a\n');
    expect(on.entries[0]?.key.at).toEqual({ start: { line: 1, column: 5 }, end: { line: 1, column: 9 } });
    expect(jobs[0]).toMatchObject({
      at: { start: { line: 3, column: 3 } },
      runsOn: { at: { start: { line: 4, column: 14 }, end: { line: 4, column: 15 } } },
      steps: [{ at: { start: { line: 6, column: 9 } }, run: { at: { start: { line: 6, column: 14 } } } }],
    });
  });

  it.each([
    ['on: push', { push: null }],
    ['on: [push, release]', { push: null, release: null }],
    ['on: { push: { tags: x } }', { push: { tags: 'x' } }],
    ['on: repository_dispatch', { repository_dispatch: null }],
    ['on: [repository_dispatch]', { repository_dispatch: null }],
    ['on: { repository_dispatch: { types: [x] } }', { repository_dispatch: { types: ['x'] } }],
  ])('%s (O1, O2)', (on, events) => {
    expect(plain(workflowOf(withJob('').replace('on: push', on)).on)).toEqual(events);
  });

  it.each([
    ['strategy: ${{ fromJSON(vars.s) }}', '${{ fromJSON(vars.s) }}'],
    ['strategy: { "${{ insert }}": "${{ fromJSON(vars.s) }}" }', { '${{ insert }}': '${{ fromJSON(vars.s) }}' }],
  ])('%s is one expression (M1)', (job, expression) => {
    expect(plain(workflowOf(withJob(job)).jobs[0]?.strategy)).toEqual({ expression });
  });
});

const accepted: readonly (readonly [line: string, job: string, top?: string])[] = [
  ['Y7', 'env:\n  ${{ insert }}: ${{ fromJSON(vars.x) }}'],
  ['Y7', 'env:\n  ${{ insert }}: { A: 1 }'],
  ['Y7', 'strategy: { matrix: { "${{ insert }}": { a: [1] } } }'],
  ['C1', 'concurrency: ${{ github.ref }}'],
  ['C4', 'concurrency: { group: g, queue: max, cancel-in-progress: false }'],
  ['C5', 'concurrency: ${{ github.ref }}', 'concurrency: ${{ github.ref }}'],
  ['J4', 'if: ${{ always() && github.ref }}'],
  ['J4', "if: success('j') || failure('j')"],
  ['J8', 'runs-on: ${{ fromJSON(vars.x) }}'],
  ['J8', 'runs-on: { group: organization/g }'],
  ['J10', 'environment: ${{ vars.e }}'],
  ['J12', 'snapshot: i'],
  ['M1', 'strategy: { matrix: { a: "${{ fromJSON(vars.a) }}", include: "${{ fromJSON(vars.i) }}" } }'],
  ['K1', "container: ''"],
  ['K3', 'services: { s: { image: i, ports: ["8080:80", 80, "53:53/udp"] } }'],
  ['S4', "steps: [{ run: x, if: \"hashFiles('a') != ''\" }]"],
  ['S6', 'steps: [{ uses: ./a }, { uses: ".\\\\a" }, { uses: "$/a" }, { uses: docker://i }, { uses: o/r/p@v1 }]'],
  ['S7', 'steps: [{ uses: a/b@c, with: { args: x, entrypoint: y } }]'],
  ['S8', 'steps: [{ run: x, working-directory: "${{ env.W }}" }]'],
  ['S11', 'steps: [{ uses: a/b@c, background: true, id: a }, { cancel: A }, { wait-all: true }]'],
  ['P1', 'permissions: { models: read, id-token: write, copilot-requests: none, drives: read }', 'permissions: {}'],
  ['R1', 'permissions: read-all', 'permissions: write-all'],
];

describe('nothing is wrong', () => {
  it.each(accepted.map(([line, job, top = '']) => [line, job, top] as const))('%s: %s', (_, job, top) => {
    expect(problems(withJob(job, top))).toEqual([]);
  });
});

/** What stands in a job, and what is told of it; with `top`, lines of the workflow's own. */
const refused: readonly (readonly [line: string, job: string, lines: readonly string[], top?: string])[] = [
  ['Y5', 'NAME: x\nname: y', ["4:5 Unexpected value 'NAME'", "5:5 'name' is already defined"]],
  ['Y5', 'env: { A: 1, a: 2 }', ["4:18 'a' is already defined"]],
  ['Y5', 'nane: x', ["4:5 Unexpected value 'nane'"]],
  [
    'Y6',
    'name: a ${{ github.ref',
    [
      '4:11 The expression is not closed. An unescaped ${{ sequence was found, but the closing }} sequence was not found.',
    ],
  ],
  ['Y6', 'name: ${{ }}', ['4:11 An expression was expected']],
  ['Y9', `name: \${{ '${'x'.repeat(21_000)}' && 1 }}`, ['4:11 Exceeded max expression length 21000']],
  ['Y10', 'name: a ${{ secrets.x }}', [NO_VALUE('secrets', '4:11', '.x')]],
  ['Y10', 'timeout-minutes: ${{ env.T }}', [NO_VALUE('env', '4:22', '.T'), "4:22 Unexpected value '${{ env.T }}'"]],
  ['Y10', 'env: { A: "${{ env.B }}" }', [NO_VALUE('env', '4:15', '.B')]],
  ['Y10', 'concurrency: ${{ secrets.x }}', [NO_VALUE('secrets', '4:18', '.x')]],
  ['Y10', 'strategy: { matrix: { a: ["${{ matrix.b }}"] } }', [NO_VALUE('matrix', '4:31', '.b')]],
  [
    'Y10',
    'name: ${{ hashFiles(1) }}',
    ["4:11 Unrecognized function: 'hashFiles'. Located at position 1 within expression: hashFiles(1)"],
  ],
  ['R1', '', ["2:1 Unexpected value 'job'"], 'job: x'],
  ['E1', '', [NO_VALUE('env', '2:11', '.B')], 'env: { A: "${{ env.B }}" }'],
  ['E1', 'env:', ["4:9 Unexpected value ''"]],
  ['E1', 'env: { A: [1] }', ['4:15 A sequence was not expected']],
  [
    'D1',
    '',
    ['2:27 A template expression is not allowed in this context'],
    'defaults: { run: { shell: "a ${{ \'x\' }}" } }',
  ],
  ['P1', 'permissions: { contents: admin }', ["4:30 Unexpected value 'admin'"]],
  ['P1', 'permissions: { id-token: read }', ["4:30 Unexpected value 'read'"]],
  ['P1', 'permissions: { models: write }', ["4:28 Unexpected value 'write'"]],
  ['P1', 'permissions: all', ["4:18 Unexpected value 'all'"]],
  ['C1', `concurrency: ${'g'.repeat(401)}`, ['4:18 Concurrency group name must be less than 400 characters']],
  ['C1', 'concurrency: { cancel-in-progress: true }', ['4:18 Required property is missing: group']],
  ['C4', 'concurrency: { group: g, queue: all }', ["4:37 Unexpected value 'all'"]],
  [
    'C4',
    'concurrency: { group: g, queue: max, cancel-in-progress: true }',
    ["4:37 'queue: max' cannot be combined with 'cancel-in-progress: true'."],
  ],
  [
    'C5',
    'concurrency: { group: g }',
    [
      "2:14 Concurrency group 'g' is also used by job 'j'. This will cause a deadlock.",
      "5:27 Concurrency group 'g' is also defined at the workflow level. This will cause a deadlock.",
    ],
    'concurrency: g',
  ],
  [
    'C5',
    'concurrency: Deploy',
    [
      "2:14 Concurrency group 'deploy' is also used by job 'j'. This will cause a deadlock.",
      "5:18 Concurrency group 'Deploy' is also defined at the workflow level. This will cause a deadlock.",
    ],
    'concurrency: deploy',
  ],
  ['J2', 'steps: []', ['3:3 No steps defined in `steps` and no workflow called in `uses` for the following jobs: j']],
  ['J2', 'uses: ./.github/workflows/c.yml\nenv: {}', ["5:5 Unexpected value 'env'"]],
  ['J2', 'uses: ./.github/workflows/c.yml\ntimeout-minutes: 5', ["5:5 Unexpected value 'timeout-minutes'"]],
  ['J4', 'if: matrix.x', [NO_VALUE('matrix', '4:9', '.x')]],
  ['J4', 'if: a b', ["4:9 Unexpected symbol: 'b'. Located at position 3 within expression: a b"]],
  [
    'J4',
    'if: always(1)',
    ["4:9 Too many parameters supplied: 'always'. Located at position 1 within expression: always(1)"],
  ],
  [
    'J4',
    "if: ${{ github.ref }} == 'x'",
    ['4:9 Text beside the ${{ }} makes this condition a text, which is always true'],
  ],
  ['J6', 'continue-on-error: yes', ["4:24 Unexpected value 'yes'"]],
  ['J8', 'runs-on: []', ['4:14 runs-on names neither a label nor a group']],
  ['J8', 'runs-on: {}', ['4:14 runs-on names neither a label nor a group']],
  ['J8', "runs-on: ''", ["4:14 Unexpected value ''"]],
  [
    'J8',
    'runs-on: { lables: [l] }',
    ['4:14 runs-on names neither a label nor a group', "4:16 Unexpected value 'lables'"],
  ],
  [
    'J8',
    'runs-on: { group: a/b }',
    [
      "4:23 Invalid runs-on group name 'a/b'. Please use 'organization/' or 'enterprise/' prefix to target a single runner group.",
    ],
  ],
  ['J8', 'runs-on: { group: org/ }', ["4:23 Invalid runs-on group name 'org/'."]],
  ['J9', 'timeout-minutes: long', ["4:22 Unexpected value 'long'"]],
  ['J10', 'environment: { url: u }', ['4:18 Required property is missing: name']],
  ['J12', 'snapshot: { image-name: i, version: 1.2 }', ["4:15 Expected format '{major-version}.*' Actual '1.2'"]],
  ['J12', 'snapshot: { image-name: i, if: env.x }', [NO_VALUE('env', '4:36', '.x')]],
  [
    'M3',
    'strategy: { matrix: { a: [1], exclude: [{ b: 1 }] } }',
    ["4:25 Matrix exclude key 'b' does not match any key within the matrix"],
  ],
  ['M6', 'strategy: { matrix: { a: [] } }', ["4:30 Matrix vector 'a' does not contain any values"]],
  ['M6', 'strategy: { matrix: {} }', ['4:25 Matrix must define at least one vector']],
  [
    'J13',
    `strategy: { matrix: { a: [${Array.from({ length: 17 }, (_, n) => n).join(', ')}], b: [${Array.from({ length: 16 }, (_, n) => n).join(', ')}] } }`,
    ['4:25 The matrix makes 272 jobs, and a matrix may make 256 at most'],
  ],
  ['M1', 'strategy: { matrix: { a: 1 } }', ["4:30 Unexpected value '1'"]],
  ['K1', 'container: docker://', ['4:16 Container image cannot be empty']],
  ['K2', 'services: { s: { options: x } }', ['4:20 Container image cannot be empty']],
  ['K7', 'container: { image: "${{ secrets.x }}" }', [NO_VALUE('secrets', '4:25', '.x')]],
  [
    'S1',
    'steps: [{ name: x }]',
    [
      "4:13 There's not enough info to determine what you meant. Add one of these properties: run, shell, uses, with, working-directory",
    ],
  ],
  ['S1', 'steps: [{ run: x, uses: y }]', ["4:23 Unexpected value 'uses'"]],
  ['S1', 'steps: [{ run: x, with: {} }]', ["4:23 Unexpected value 'with'"]],
  [
    'S3',
    'steps: [{ run: x, id: a }, { run: x, id: A }]',
    ["4:46 The identifier 'A' may not be used more than once within the same scope."],
  ],
  [
    'S3',
    'steps: [{ run: x, id: __a }]',
    ["4:27 The identifier '__a' is invalid. IDs starting with '__' are reserved."],
  ],
  ['S4', 'steps: [{ run: x, if: secrets.x }]', [NO_VALUE('secrets', '4:27', '.x')]],
  ['S6', 'steps: [{ uses: a/b }]', ["4:21 Expected format {org}/{repo}[/path]@ref. Actual 'a/b'"]],
  [
    'S6',
    'steps: [{ uses: a/b/.github/workflows/c.yml@d }]',
    ['4:21 reusable workflows should be referenced at the top-level `jobs.*.uses` key, not within steps'],
  ],
  ['S6', 'steps: [{ uses: "a/b@${{ github.sha }}" }]', [NO_VALUE('github', '4:21', '.sha')]],
  [
    'S6',
    'steps: [{ uses: a/b@0123abc }]',
    ["4:21 '0123abc' looks like a shortened sha, and GitHub knows whole ones only"],
  ],
  ['S8', 'steps: [{ run: x, shell: "${{ env.S }}" }]', [NO_VALUE('env', '4:30', '.S')]],
  ['S11', 'steps: [{ wait: a }]', ["4:21 Step references unknown step ID 'a'"]],
  ['S11', 'steps: [{ run: x, id: a }, { cancel: b, id: b }]', ["4:42 Step 'b' cannot reference itself"]],
  ['S11', 'steps: [{ wait: __run }]', ["4:21 The identifier '__run' is invalid. IDs starting with '__' are reserved."]],
  ['S11', 'steps: [{ wait-all: false }]', ["4:25 The value of 'wait-all' must be true or omitted"]],
  ['S11', 'steps: [{ wait-all: true, if: x }]', ["4:31 Unexpected value 'if'"]],
  [
    'S11',
    'steps: [{ parallel: [{ run: x, background: true }, { wait-all: }, { parallel: [{ run: x }] }] }]',
    [
      "4:26 'background' is not allowed inside a parallel block. Steps in a parallel block are automatically run as background steps.",
      "4:56 'wait-all' is not allowed inside a parallel block.",
      "4:71 Nested 'parallel' blocks are not allowed.",
    ],
  ],
  [
    'U1',
    'uses: ./c.yml',
    ["4:11 invalid value workflow reference: references to workflows must be rooted in '.github/workflows'"],
  ],
  ['U2', 'uses: ./.github/workflows/c.yml\nwith: { a: "${{ secrets.x }}" }', [NO_VALUE('secrets', '5:16', '.x')]],
  ['U3', 'uses: ./.github/workflows/c.yml\nsecrets: all', ["5:14 Unexpected value 'all'"]],
];

describe("what is wrong, in GitHub's words at GitHub's places", () => {
  it.each(refused.map(([line, job, lines, top = '']) => [line, job, lines, top] as const))(
    '%s: %s',
    (_, job, lines, top) => {
      expect(problems(withJob(job, top))).toEqual(lines);
    },
  );

  it.each([
    ['', ["1:1 Unexpected value ''"]],
    ['x', ["1:1 Unexpected value 'x'"]],
    ['- x', ['1:1 A sequence was not expected']],
    ['name: x', ['1:1 Required property is missing: on', '1:1 Required property is missing: jobs']],
    [
      'on:\njobs: {}',
      ["1:4 Unexpected value ''", '2:7 The workflow must contain at least one job with no dependencies.'],
    ],
    ['on: push\njobs:', ["2:6 Unexpected value ''"]],
    ['on: push\njobs: { j: x }', ["2:12 Unexpected value 'x'"]],
    ['on: push\njobs: { j: {} }', expect.arrayContaining([expect.stringContaining("There's not enough info")])],
    ['on: push\njobs: { j: { steps: [{ run: x }] } }', ['2:12 Required property is missing: runs-on']],
  ])('R1: %j', (text, lines) => {
    expect(problems(text)).toEqual(lines);
  });

  it.each([
    ['1a', 'invalid'],
    ['a.b', 'invalid'],
    ['a'.repeat(100), 'invalid'],
    ['__a', 'reserved'],
  ])('J1: the id %s', (id, word) => {
    const text = `on: push\njobs: { ${id}: { runs-on: x, steps: [{ run: x }] } }`;
    expect(problems(text)).toEqual([expect.stringMatching(new RegExp(`^2:9 The identifier '.*${word}`))]);
  });
});

it('suggests the key that was meant', () => {
  const result = parseWorkflow(withJob('run-on: x'), 'w.yml');
  expect(result.ok ? [] : result.error).toContainEqual(
    expect.objectContaining({ code: 'unexpected-value', hint: 'did you mean "runs-on"?' }),
  );
});
