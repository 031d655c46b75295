import { JSONObjectReader } from '@actions/workflow-parser/templates/json-object-reader';
import { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import { TemplateContext, TemplateValidationErrors } from '@actions/workflow-parser/templates/template-context';
import { readTemplate } from '@actions/workflow-parser/templates/template-reader';
import { NoOperationTraceWriter } from '@actions/workflow-parser/templates/trace-writer';
import { YamlObjectReader } from '@actions/workflow-parser/workflows/yaml-object-reader';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import workflowFile from '../../../../node_modules/@actions/workflow-parser/dist/workflow-v1.0.min.json' with {
  type: 'json',
};
import { collectFaults } from '../faults.ts';
import { githubWording } from '../github-wording.ts';
import { readYaml } from '../read-yaml.ts';
import { checkSchema } from './check.ts';
import { CORRECTIONS, loadWorkflowSchema } from './load.ts';

const corrected = { ...workflowFile, definitions: { ...workflowFile.definitions, ...CORRECTIONS } };
const schema = TemplateSchema.load(new JSONObjectReader(undefined, JSON.stringify(corrected)));
const DIFFERENT = [
  // Faults of expressions are placed and worded as on github.com.
  /named-value|Unrecognized function|parameters supplied|Unexpected symbol|Unexpected end of expression|not closed/,
  // The kinds of steps that are seldom meant are not offered.
  /There's not enough info/,
];

/** What GitHub's own reader says, in its TypeScript edition. */
function theirs(text: string): readonly string[] {
  const context = new TemplateContext(new TemplateValidationErrors(), schema, new NoOperationTraceWriter());
  context.state['featureFlags'] = { isEnabled: () => true };
  const file = context.getFileId('w.yml');
  readTemplate(context, 'workflow-root-strict', new YamlObjectReader(file, text), file);
  // A key `null` is the empty text on github.com, and the word here.
  return context.errors.getErrors().map(({ message }) => message.replace("value 'null'", "value ''"));
}

function ours(text: string): readonly string[] {
  const faults = collectFaults('w.yml');
  const node = readYaml(text, faults);
  if (node === undefined) throw new Error('not YAML');
  checkSchema(node, 'workflow-root-strict', loadWorkflowSchema(), faults);
  return githubWording(faults.list().filter(({ severity }) => severity === 'error'));
}

/** Ten at most, in the order of the file. */
function comparable(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !DIFFERENT.some((pattern) => pattern.test(line))).toSorted();
}

const GOOD: readonly (readonly string[])[] = [
  [
    'name: n',
    'run-name: ${{ github.actor }}',
    'on:',
    '  push: { branches: [a] }',
    '  workflow_dispatch:',
    '    inputs:',
    '      i: { type: choice, options: [a], default: a }',
    'env: { A: 1, B: true }',
    'permissions: { contents: read }',
    'cache-mode: read',
    'jobs:',
    '  a:',
    '    runs-on: [x, y]',
    '    cache-mode: write-only',
    '    strategy:',
    '      matrix: { v: [1, 2], include: [{ v: 1, w: 2 }] }',
    '    timeout-minutes: 5',
    '    steps:',
    '      - run: echo',
    '        shell: bash',
    '      - uses: a/b@c',
    '        with: { x: 1 }',
    '      - wait-all:',
    '  b:',
    '    needs: [a]',
    '    uses: ./.github/workflows/x.yml',
    '    secrets: inherit',
    '    cache-mode: none',
  ],
  [
    'on: [push, pull_request]',
    'concurrency: { group: g, queue: max }',
    'defaults: { run: { shell: bash } }',
    'jobs:',
    '  a:',
    '    if: true',
    '    runs-on: { group: g, labels: [x] }',
    '    container: { image: i, ports: [80], env: { A: b } }',
    '    services: { s: { image: i, command: c } }',
    '    environment: { name: e, url: u, deployment: false }',
    '    outputs: { o: 1 }',
    '    continue-on-error: false',
    '    snapshot: { image-name: i, version: 1.* }',
    '    steps: [{ run: x, background: true, id: a }, { wait: a }, { parallel: [{ run: y }] }]',
  ],
];

const WORDS = [
  'run',
  'uses',
  'steps',
  'on',
  'push',
  'a',
  '1',
  'true',
  'null',
  '[]',
  '{}',
  '[x]',
  '{ x: y }',
  'runs-on',
];

/** A line less, twice, moved in, or with one of its words replaced. */
const mutations = fc.record({
  line: fc.nat(),
  kind: fc.constantFrom('drop' as const, 'double' as const, 'indent' as const, 'word' as const, 'word' as const),
  word: fc.nat(),
  by: fc.constantFrom(...WORDS),
});
type Mutation = typeof mutations extends fc.Arbitrary<infer T> ? T : never;

function mutate(lines: readonly string[], { line, kind, word, by }: Mutation): readonly string[] {
  const index = line % lines.length;
  const text = lines[index] ?? '';
  const words = [...text.matchAll(/[\w.-]+/g)];
  const chosen = words[word % Math.max(1, words.length)];
  const replaced =
    chosen === undefined ? text : text.slice(0, chosen.index) + by + text.slice(chosen.index + chosen[0].length);
  const parts = { drop: [], double: [text, text], indent: [`  ${text}`], word: [replaced] };
  return lines.toSpliced(index, 1, ...parts[kind]);
}

describe("the schema's rules are those of GitHub's own reader", () => {
  it.each(GOOD.map((lines) => [lines.join('\n')]))('nothing is wrong with %#', (text) => {
    expect(ours(text)).toEqual([]);
    expect(theirs(text)).toEqual([]);
  });

  it('of the expressions in one scalar each with a fault is told of, by both readers', () => {
    const text = [
      'on: push',
      'jobs:',
      '  a:',
      '    runs-on: ${{ bad }} ${{ worse }}',
      '    steps: [{ run: "${{ bad }} ${{ worse }} ${{ nofn() }}", env: { A: "${{ 1 + }}", B: "${{ worst }}" } }]',
    ].join('\n');
    const places = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => /\(Line: (\d+), Col: (\d+)\)/.exec(line)?.slice(1).join(':') ?? line);
    const all = ['4:14', '4:14', '5:20', '5:20', '5:20', '5:71', '5:88'];
    expect(places(ours(text))).toEqual(all);
    expect(places(theirs(text))).toEqual(all);
  });

  it('any damage is told of in the same words at the same places', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.constantFrom(...GOOD), fc.array(mutations, { minLength: 1, maxLength: 3 }), (lines, list) => {
        const text = list.reduce(mutate, lines).join('\n');
        const faults = collectFaults('w.yml');
        if (readYaml(text, faults) === undefined) return;
        const expected = comparable(theirs(text));
        // Theirs gives up at numbers for keys and lists in their place.
        if (!expected.every((line) => line.includes('(Line: '))) return;
        // What is over ten is cut off, and the order in which it is cut is another.
        if (expected.length >= 10) return;
        compared++;
        expect(comparable(ours(text))).toEqual(expected);
      }),
      { numRuns: 400, seed: 7 },
    );
    expect(compared).toBeGreaterThan(80);
  });
});
