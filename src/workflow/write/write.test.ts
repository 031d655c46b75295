import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapping, type Node, type ScalarNode, scalar, sequence, type Workflow } from '../model.ts';
import { parseWorkflow } from '../parse/index.ts';
import { withoutPlaces } from '../testing/places.ts';
import { writeWorkflow } from './index.ts';

function read(text: string): Workflow {
  const parsed = parseWorkflow(text, 'ci.yml');
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'));
  return withoutPlaces(parsed.value.value) as Workflow;
}

describe('writing a workflow', () => {
  it('writes what a person would have written', () => {
    const text = `
name: CI
run-name: build of \${{ github.ref_name }}
on: {push: {branches: [main, 'releases/**']}, workflow_dispatch: }
permissions: {contents: read}
cache-mode: read
env: {A: "1", B: 2, C: "x: y", D: "", E: null, F: "a\\nb\\n", G: "  lead\\n x\\n"}
defaults: {run: {shell: bash}}
concurrency: {group: a, cancel-in-progress: true}
jobs:
  test:
    outputs: {n: "\${{ steps.n.outputs.n }}"}
    cache-mode: write-only
    runs-on: \${{ matrix.os }}
    timeout-minutes: 10
    strategy:
      matrix: {os: [ubuntu-latest, windows-latest], include: [{os: x, n: 3}]}
      fail-fast: false
    services: {redis: {image: redis, ports: [6379]}}
    steps:
      - {uses: actions/checkout@v7, with: {fetch-depth: '0'}}
      - id: n
        name: Say it
        if: always()
        run: |
          echo "\${{ github.sha }}"
            deeper   # not a comment
        shell: sh
        working-directory: a b
        continue-on-error: true
  ship:
    needs: [test]
    if: success()
    runs-on: [self-hosted, linux]
    steps: [{parallel: [{run: 'echo: x'}, {run: "  x\\n"}]}, {run: "a\\r\\nb", background: true, id: z}, {wait: z}, {wait-all: }]
  call:
    needs: [test, ship]
    cache-mode: none
    uses: ./.github/workflows/x.yml
    with: {a: b}
    secrets: inherit
`;
    const releases = new Map([['actions/checkout@v7', 'v7.0.1']]);
    const written = writeWorkflow(read(text), { header: ['Two', '', 'lines'], releases });
    expect(written).toMatchInlineSnapshot(`
      "# Two
      #
      # lines

      name: CI
      run-name: build of \${{ github.ref_name }}

      on:
        push:
          branches: [main, releases/**]
        workflow_dispatch:

      permissions:
        contents: read

      cache-mode: read

      env:
        A: '1'
        B: 2
        C: 'x: y'
        D: ''
        E:
        F: |
          a
          b
        G: |2
            lead
           x

      defaults:
        run:
          shell: bash

      concurrency:
        group: a
        cancel-in-progress: true

      jobs:
        test:
          runs-on: \${{ matrix.os }}
          cache-mode: write-only
          strategy:
            fail-fast: false
            matrix:
              os: [ubuntu-latest, windows-latest]
              include:
                - os: x
                  n: 3
          services:
            redis:
              image: redis
              ports: [6379]
          timeout-minutes: 10
          outputs:
            n: \${{ steps.n.outputs.n }}
          steps:
            - uses: actions/checkout@v7 # v7.0.1
              with:
                fetch-depth: '0'
            - name: Say it
              id: n
              if: always()
              continue-on-error: true
              shell: sh
              working-directory: a b
              run: |
                echo "\${{ github.sha }}"
                  deeper   # not a comment

        ship:
          needs: test
          if: success()
          runs-on: [self-hosted, linux]
          steps:
            - parallel:
                - run: 'echo: x'
                - run: |2
                      x
            - id: z
              background: true
              run: "a\\r\\nb"
            - wait: z
            - wait-all: true

        call:
          needs: [test, ship]
          cache-mode: none
          uses: ./.github/workflows/x.yml
          with:
            a: b
          secrets: inherit
      "
    `);
    expect(read(written)).toEqual(read(text));
  });

  it('writes events without filters as words', () => {
    const jobs = 'jobs: { a: { runs-on: x, steps: [{ run: x }] } }';
    expect(writeWorkflow(read(`on: { push: , pull_request: }\n${jobs}`))).toContain('on: [push, pull_request]\n');
    expect(writeWorkflow(read(`on: [push]\n${jobs}`))).toContain('on: push\n');
  });

  it('puts into quotes what older readers of YAML take for something else than text', () => {
    const odd = ['on', 'No', 'YES', 'off', '=', '2026-01-01', '12:30:45', '1_000', '0b11'];
    const plain = ['once', '1.2.3', '30m', '0 6 * * 1-5', 'a:b', '::x', 'n'];
    const of = (texts: readonly string[]) => {
      const env = mapping(Object.fromEntries(texts.map((text, index) => [`v${index}`, scalar(text)])));
      return writeWorkflow({ on: mapping({ push: scalar(null) }), env, jobs: [] });
    };
    for (const [index, text] of odd.entries()) expect(of(odd)).toContain(`  v${index}: '${text}'\n`);
    for (const [index, text] of plain.entries()) expect(of(plain)).toContain(`  v${index}: ${text}\n`);
    expect(of(odd)).toMatch(/^on: push$/m);
  });

  it('is read again as it was, whatever its texts are', () => {
    // Half of a surrogate pair is no text that a file could hold; an expression would be judged.
    const text = fc.oneof(
      fc.string({ unit: 'binary' }).filter((value) => !/\p{Surrogate}/u.test(value)),
      fc.stringMatching(/^[ \t\r\n'"#:\-?&*!|>%@`{}[\],a0.~<=]{0,12}$/),
      fc.constantFrom(
        '',
        'on',
        'yes',
        'null',
        '~',
        '1e3',
        '0x1F',
        '0o7',
        '.inf',
        '-.NaN',
        '<<',
        '2026-01-01',
        '1_000',
        '---',
      ),
    );
    const plain = text.filter((value) => !value.includes('${{'));
    const value: fc.Arbitrary<ScalarNode> = fc
      .oneof(plain, fc.double(), fc.integer(), fc.boolean(), fc.constant(null))
      .map(scalar);
    const tree = fc.letrec<{ node: Node }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        value,
        fc.array(tie('node'), { maxLength: 3 }).map(sequence),
        fc.dictionary(plain, tie('node'), { maxKeys: 3 }).map(mapping),
      ),
    })).node;
    fc.assert(
      fc.property(plain, value, tree, (run, name, node) => {
        const workflow: Workflow = {
          on: mapping({ push: scalar(null) }),
          env: mapping({ NAME: name }),
          jobs: [
            {
              kind: 'steps',
              id: 'a',
              needs: [],
              runsOn: scalar('x'),
              strategy: { matrix: mapping({ value: sequence([node, scalar(1)]) }) },
              steps: [{ kind: 'run', run: scalar(`x${run}`) }],
            },
          ],
        };
        expect(read(writeWorkflow(workflow))).toEqual(workflow);
      }),
      { numRuns: 300 },
    );
  });
});
