/** `strategy`: how a matrix becomes legs, and how they run. */
import type { Json } from '../../../src/workflow/index.ts';
import { type Subject, works } from '../rig/feature.ts';
import { cannotExpand, expands, readsJob, refusesJob } from '../rig/language.ts';
import { body, shareRun } from '../rig/run.ts';

const run = shareRun();
const ECHO = 'steps: [{ run: \'echo "= ${{ toJSON(matrix) }}"\' }]';
const numbers = (count: number): readonly Json[] => Array.from({ length: count }, (_, index) => index);
const FRUIT = { fruit: ['apple', 'pear'], animal: ['cat', 'dog'] };

export const matrix: Subject = {
  title: 'Matrix',
  features: [
    works(
      'The product of the lists; the first key varies slowest',
      expands({ os: ['a', 'b'], node: [20, 22] }, ['os:a,node:20', 'os:a,node:22', 'os:b,node:20', 'os:b,node:22']),
    ),
    works(
      'Values keep their kind and what is in them',
      expands({ v: [{ a: [1, true, null], b: 'x' }] }, ['v:a:[1,true,null],b:x']),
    ),
    works(
      'Its keys know no letter case',
      expands({ Os: ['a', 'b'], exclude: [{ os: 'a' }], include: [{ OS: 'b', more: 1 }] }, ['Os:b,more:1']),
      run.jobs(
        {
          letters:
            'strategy: { matrix: { Os: [x] } }\nsteps: [{ run: \'echo "= ${{ matrix.OS }} ${{ matrix.os }}"\' }]',
        },
        { 'letters+x': { says: ['x x'] } },
      ),
    ),
    works(
      'The whole `strategy`, `matrix`, a list, `include` and `exclude` may be expressions',
      readsJob('strategy: ${{ fromJSON(vars.s) }}'),
      readsJob('strategy: { matrix: { a: "${{ fromJSON(vars.a) }}", include: "${{ fromJSON(vars.i) }}" } }'),
      readsJob(
        'strategy: { fail-fast: "${{ inputs.f }}", max-parallel: "${{ fromJSON(vars.n) }}", matrix: { a: [1] } }',
      ),
      run.jobs(
        {
          plan: 'outputs: { m: \'${{ steps.m.outputs.m }}\' }\nsteps: [{ id: m, run: \'echo "m={\\"v\\":[\\"one\\",2]}" >> "$GITHUB_OUTPUT"\' }]',
          planned:
            'needs: plan\nstrategy: { matrix: "${{ fromJSON(needs.plan.outputs.m) }}" }\nsteps: [{ run: \'echo "= ${{ matrix.v }}"\' }]',
        },
        { 'planned+one': { says: ['one'], name: 'planned (one)' }, 'planned+_2': { says: ['2'] } },
      ),
    ),
    works(
      '`exclude` takes away what it matches: part of the keys is enough, compared as expressions are, nested values too',
      expands({ os: ['Linux', 'mac'], node: [20, 22], exclude: [{ os: 'mac' }] }, [
        'os:Linux,node:20',
        'os:Linux,node:22',
      ]),
      expands({ os: ['Linux', 'mac'], node: [20], exclude: [{ OS: 'LINUX', node: '20' }] }, ['os:mac,node:20']),
      expands({ v: [{ a: 1 }, { a: 2 }], exclude: [{ v: { a: '1' } }] }, ['v:a:2']),
    ),
    works(
      '`include` adds to the legs that it matches, in order; it never changes what came from the lists',
      expands(
        {
          ...FRUIT,
          include: [{ color: 'green' }, { color: 'pink', animal: 'cat' }, { fruit: 'apple', shape: 'circle' }],
        },
        [
          'fruit:apple,animal:cat,color:pink,shape:circle',
          'fruit:apple,animal:dog,color:green,shape:circle',
          'fruit:pear,animal:cat,color:pink',
          'fruit:pear,animal:dog,color:green',
        ],
      ),
      expands({ os: ['linux'], include: [{ os: 'LINUX', extra: 1 }, { extra: 3 }] }, ['os:linux,extra:3']),
    ),
    works(
      '`include` makes a leg of what matches none; without lists each entry is a leg',
      expands({ os: ['linux'], include: [{ os: 'mac', x: 1 }] }, ['os:linux', 'os:mac,x:1']),
      expands({ include: [{ a: 1 }, { b: 2 }] }, ['a:1', 'b:2']),
      expands({ os: ['linux', 'mac'], exclude: [{ os: 'mac' }], include: [{ os: 'mac' }] }, ['os:linux', 'os:mac']),
    ),
    works(
      'Mistakes in a matrix have the messages of GitHub',
      cannotExpand({ os: [] }, "Matrix vector 'os' does not contain any values"),
      cannotExpand({}, 'Matrix must define at least one vector'),
      cannotExpand({ os: [1], include: [{}] }, 'Matrix include mapping does not contain any values'),
      cannotExpand({ os: [1], exclude: [{}] }, 'Matrix exclude filter must not be empty'),
      cannotExpand(
        { os: [1], exclude: [{ node: 1 }] },
        "Matrix exclude key 'node' does not match any key within the matrix",
      ),
      refusesJob('strategy: { matrix: { a: [] } }', "Matrix vector 'a' does not contain any values"),
    ),
    works(
      'When everything is excluded, the job runs once without a matrix',
      expands({ os: ['linux'], exclude: [{ os: 'linux' }] }, []),
      run.jobs(
        { none: `strategy: { matrix: { os: [linux], exclude: [{ os: linux }] } }\n${ECHO}` },
        { none: { says: ['null'] } },
      ),
    ),
    works(
      'At most 256 jobs',
      { ...expands({ a: numbers(256) }, []), expected: expect256() },
      cannotExpand({ a: numbers(257) }, 'The matrix makes 257 jobs, and a matrix may make 256 at most'),
    ),
    works(
      'The name of a leg: the values of the lists, nested ones too, without what `include` adds to it',
      run.jobs(
        {
          names: [
            'strategy: { matrix: { os: [linux], v: [{ a: 1.5, b: x }], include: [{ extra: y }, { os: mac, z: last }] } }',
            'steps: [{ run: "true" }]',
          ].join('\n'),
          titled: 'name: Title\nstrategy: { matrix: { v: [1] } }\nsteps: [{ run: "true" }]',
          spelled: 'name: Title ${{ matrix.v }}\nstrategy: { matrix: { v: [1] } }\nsteps: [{ run: "true" }]',
        },
        {
          'names+linux_1_5_x': { name: 'names (linux, 1.5, x)' },
          'names+mac_last': { name: 'names (mac, last)' },
          'titled+_1': { name: 'Title (1)' },
          'spelled+_1': { name: 'Title 1' },
        },
      ),
    ),
    works(
      'The `strategy` context: `fail-fast`, `job-index`, `job-total`, `max-parallel`, without a matrix too',
      run.jobs(
        {
          places: [
            'strategy: { max-parallel: 1, matrix: { v: [a, b] } }',
            'steps: [{ run: \'echo "= ${{ strategy.fail-fast }} ${{ strategy.job-index }} ${{ strategy.job-total }} ${{ strategy.max-parallel }}"\' }]',
          ].join('\n'),
          alone:
            'steps: [{ run: \'echo "= ${{ strategy.fail-fast }} ${{ strategy.job-index }} ${{ strategy.job-total }} ${{ strategy.max-parallel }} [${{ matrix }}]"\' }]',
        },
        {
          'places+a': { says: ['true 0 2 1'] },
          'places+b': { says: ['true 1 2 1'] },
          alone: { says: ['true 0 1 1 []'] },
        },
      ),
    ),
    works(
      '`fail-fast`: the first leg that fails cancels the others; `fail-fast: false` lets them be',
      run.jobs(
        {
          fast: 'strategy: { max-parallel: 1, matrix: { v: [a, b] } }\nsteps: [{ run: exit 1 }]',
          patient: 'strategy: { fail-fast: false, max-parallel: 1, matrix: { v: [a, b] } }\nsteps: [{ run: exit 1 }]',
        },
        {
          'fast+a': { ends: 'exit-code' },
          'fast+b': { ends: 'cancelled: fail-fast' },
          'patient+a': { ends: 'exit-code' },
          'patient+b': { ends: 'exit-code' },
        },
      ),
    ),
    works(
      'A leg that fails with `continue-on-error` does not cancel the others',
      run.jobs(
        {
          experimental: [
            'strategy: { max-parallel: 1, matrix: { include: [{ v: a, may: true }, { v: b, may: false }] } }',
            'continue-on-error: ${{ matrix.may }}',
            'steps: [{ run: "test ${{ matrix.v }} = b" }]',
          ].join('\n'),
        },
        { 'experimental+a_true': { ends: 'success' }, 'experimental+b_false': { ends: 'success' } },
      ),
    ),
    works(
      '`needs.<matrix job>.result` is the worst of its legs; of outputs with the same name, those of the last leg to end count',
      run.jobs(
        {
          legs: body(
            "strategy: { fail-fast: false, max-parallel: 1, matrix: { v: [a, b, c] } }\noutputs: { same: '${{ steps.o.outputs.same }}', a: '${{ steps.o.outputs.a }}' }",
            '- id: o\n  run: echo "${{ matrix.v }}=1" >> "$GITHUB_OUTPUT"; echo "same=${{ matrix.v }}" >> "$GITHUB_OUTPUT"; test "${{ matrix.v }}" != b',
          ),
          after: body(
            'needs: legs\nif: always()',
            'echo "= ${{ needs.legs.result }} ${{ needs.legs.outputs.same }} ${{ needs.legs.outputs.a }}"',
          ),
        },
        { after: { says: ['failure c 1'] } },
      ),
    ),
  ],
};

function expect256(): readonly string[] {
  return numbers(256).map((number) => `a:${JSON.stringify(number)}`);
}
