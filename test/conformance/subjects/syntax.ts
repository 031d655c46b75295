/** How a workflow file is read: YAML, limits, expressions within texts. */

import { plain, problems, withJob, workflowOf } from '../../../src/workflow/parse/testing/reading.ts';
import { type Check, differs, type Subject, works } from '../rig/feature.ts';
import { reads, readsJob, refuses, refusesJob } from '../rig/language.ts';

const JOB = 'jobs: { j: { runs-on: x, steps: [{ run: x }] } }';

/** What the values of a workflow's `env` are read as. */
function envOf(values: string, expected: Readonly<Record<string, unknown>>): Check {
  return { what: values, actual: () => plain(workflowOf(withJob('', `env: { ${values} }`)).env), expected };
}

const DEEP = `env: { A: ${'['.repeat(60)}${']'.repeat(60)} }`;
const BOMB = [
  'on: push',
  'env:',
  `  A0: &a0 [${'x, '.repeat(20)}x]`,
  ...Array.from({ length: 9 }, (_, n) => `  A${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(20)}*a${n}]`),
  JOB,
].join('\n');

export const syntax: Subject = {
  title: 'Reading a workflow file',
  features: [
    works(
      'YAML 1.2: only `true` and `false` (also capitalised) are booleans; `yes`, `no`, `on` and `off` are texts, `on:` needs no quotes',
      reads(`on: push\n${JOB}`),
      envOf('A: yes, B: on, C: True, D: FALSE, E: y', { A: 'yes', B: 'on', C: true, D: false, E: 'y' }),
    ),
    works(
      'Numbers: decimal, `0x`, `0o`, exponents, `.inf`, `.nan`; `~` and `null` are null',
      envOf('A: 0x10, B: 0o10, C: 1e3, D: 010, E: ~, F: Null, G: .5', {
        A: 16,
        B: 8,
        C: 1000,
        D: 10,
        E: null,
        F: null,
        G: 0.5,
      }),
      envOf('A: .inf, B: -.Inf', { A: Number.POSITIVE_INFINITY, B: Number.NEGATIVE_INFINITY }),
    ),
    works('What is quoted is a text', envOf(`A: '1', B: "true", C: 'null'`, { A: '1', B: 'true', C: 'null' })),
    works(
      'Tags: `!!str`, `!!bool`, `!!int`, `!!float`, `!!null` and no others',
      envOf('A: !!str 1', { A: '1' }),
      refusesJob('env: { A: !mine x }', '!mine'),
    ),
    works(
      'Anchors and aliases, of mappings and lists too',
      {
        what: 'an alias stands for a copy',
        actual: () => plain(workflowOf(withJob('env: &e { A: 1 }', 'env: &top { A: 1, B: &b x, C: *b }')).env),
        expected: { A: 1, B: 'x', C: 'x' },
      },
      reads(
        'on: push\njobs:\n  a: &job\n    runs-on: x\n    steps: &steps [{ run: x }]\n  b: *job\n  c: { runs-on: x, steps: *steps }',
      ),
    ),
    works('No merge keys: `<<` is an ordinary key', refusesJob('<<: { name: x }', "Unexpected value '<<'")),
    works(
      'A key twice is an error, whatever its letter case',
      refusesJob('name: x\nname: y', "'name' is already defined"),
      refusesJob('env: { A: 1, a: 2 }', "'a' is already defined"),
    ),
    works(
      'Unknown keys, missing keys, and values of the wrong kind are errors with line and column, all of them at once',
      refuses(`on: push\nnope: 1\n${JOB}`, "2:1 Unexpected value 'nope'"),
      refuses('on: push', 'Required property is missing: jobs'),
      refuses(JOB, 'Required property is missing: on'),
      refuses('on: push\njobs: { a: { steps: [{ run: x }] } }', 'Required property is missing: runs-on'),
      refusesJob('env: [1]', 'A sequence was not expected'),
      refuses(`on: push\nnope: 1\nno: 2\n${JOB}`, "3:1 Unexpected value 'no'"),
    ),
    works(
      'Limits: 1 MiB, 50 levels, what aliases expand to',
      refuses(`${withJob('')}# ${'x'.repeat(1024 * 1024)}`, 'The maximum file size'),
      refuses(`on: push\n${DEEP}\n${JOB}`, 'Maximum object depth exceeded'),
      refuses(BOMB, 'Maximum YAML nodes exceeded'),
    ),
    works('Ten errors are told at most', {
      what: 'twelve unknown keys',
      actual: () =>
        problems(`on: push\n${Array.from({ length: 12 }, (_, n) => `no${n}: 1`).join('\n')}\n${JOB}`).filter((line) =>
          line.includes('Unexpected value'),
        ).length,
      expected: 10,
    }),
    works(
      'An expression ends at the first `}}` outside quotes; one that is not closed is an error',
      readsJob("name: a ${{ '}}' }} b"),
      refusesJob('name: a ${{ github.ref', 'The expression is not closed'),
      refusesJob('name: ${{ }}', 'An expression was expected'),
    ),
    works(
      'Expressions have 21,000 characters at most, and 50 levels',
      refusesJob(`name: \${{ '${'x'.repeat(21_000)}' && 1 }}`, 'Exceeded max expression length 21000'),
      refusesJob(`name: \${{ ${'('.repeat(60)}1${')'.repeat(60)} }}`, 'Exceeded max expression depth 50'),
    ),
    works(
      '`${{ insert }}` merges a mapping, where GitHub takes it',
      readsJob('env:\n  ${{ insert }}: ${{ fromJSON(vars.x) }}'),
      readsJob('strategy: { matrix: { "${{ insert }}": { a: [1] } } }'),
    ),
    differs(
      'Messages are those of GitHub, each in its form: `FILE (Line: L, Col: C): MESSAGE`',
      'below each line stands what is there in the file, with a hint where orch knows what was meant; all expressions with a fault are told of, also those in one value, and what called files have; there are warnings besides (a shortened sha, text beside `${{ }}` in an `if`)',
      refusesJob('run-on: x', "Unexpected value 'run-on'"),
      refusesJob("if: ${{ github.ref }} == 'x'", 'Text beside the ${{ }}'),
    ),
  ],
};
