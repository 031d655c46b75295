import { describe, expect, it } from 'vitest';
import { dockerfileAction } from '../action.ts';
import { githubWording, parseAction } from './index.ts';
import { plain } from './testing/reading.ts';

function read(text: string): unknown {
  const result = parseAction(text, 'action.yml');
  return result.ok
    ? plain(result.value.value)
    : githubWording(result.error).map((line) => line.replace(/^action\.yml \(Line: (\d+), Col: (\d+)\)/, '$1:$2'));
}

describe('what an action is (3.10)', () => {
  it('on Node', () => {
    const text = [
      'name: n',
      'description: d',
      'author: a',
      'branding: { icon: none, colour: any }',
      'inputs:',
      '  token: { description: t, required: true, default: "${{ github.token }}", deprecationMessage: old, extra: 1 }',
      "  number: { required: 'true', default: 5 }",
      '  plain:',
      '    description: p',
      'outputs: { o: { description: x } }',
      'runs: { using: node24, main: m.js, pre: a.js, pre-if: runner.os, post: z.js, post-if: always() }',
    ].join('\n');
    expect(read(text)).toEqual({
      name: 'n',
      description: 'd',
      inputs: [
        { name: 'token', description: 't', required: true, default: '${{ github.token }}', deprecationMessage: 'old' },
        { name: 'number', required: true, default: 5 },
        { name: 'plain', description: 'p', required: false },
      ],
      outputs: [{ name: 'o', description: 'x' }],
      runs: {
        kind: 'node',
        using: 'node24',
        main: 'm.js',
        pre: 'a.js',
        preIf: 'runner.os',
        post: 'z.js',
        postIf: 'always()',
      },
    });
  });

  it('in a container', () => {
    const text =
      'runs: { using: Docker, image: Dockerfile, args: ["${{ inputs.a }}", 2], env: { A: "${{ inputs.a }}" }, ' +
      'entrypoint: e, pre-entrypoint: p, post-entrypoint: q, post-if: success() }';
    expect(read(text)).toEqual({
      inputs: [],
      outputs: [],
      runs: {
        kind: 'docker',
        image: 'Dockerfile',
        args: ['${{ inputs.a }}', 2],
        env: { A: '${{ inputs.a }}' },
        entrypoint: 'e',
        preEntrypoint: 'p',
        postEntrypoint: 'q',
        postIf: 'success()',
      },
    });
    expect(dockerfileAction('Dockerfile').runs).toEqual({ kind: 'docker', image: 'Dockerfile' });
  });

  it('of steps', () => {
    const text = [
      'outputs: { o: { value: "${{ steps.s.outputs.o }}" } }',
      'runs:',
      '  using: composite',
      '  steps:',
      '    - { run: r, shell: "${{ inputs.shell }}", id: s, if: always(), name: n, env: { A: 1 }, continue-on-error: true, working-directory: w }',
      '    - { uses: ./a, with: { b: c } }',
    ].join('\n');
    expect(read(text)).toEqual({
      inputs: [],
      outputs: [{ name: 'o', value: '${{ steps.s.outputs.o }}' }],
      runs: {
        kind: 'composite',
        steps: [
          {
            kind: 'run',
            run: 'r',
            shell: '${{ inputs.shell }}',
            id: 's',
            if: 'always()',
            name: 'n',
            env: { A: 1 },
            continueOnError: true,
            workingDirectory: 'w',
          },
          { kind: 'action', uses: './a', with: { b: 'c' } },
        ],
      },
    });
  });
});

describe('what is wrong with an action', () => {
  it.each<[string, readonly string[]]>([
    ['name: x', ["1:1: Top level 'runs:' section is required for action.yml"]],
    ['', ["1:1: Unexpected value ''", "1:1: Top level 'runs:' section is required for action.yml"]],
    ['runs: {}', expect.arrayContaining([expect.stringContaining("Missing 'using' value.")]) as unknown as string[]],
    [
      'runs: { using: node8, main: x }',
      [
        "1:16: 'using: node8' is not supported, use 'composite', 'docker', 'node12', 'node16', 'node20' or 'node24' instead.",
      ],
    ],
    ['runs: { using: node20, pre: x }', ['1:7: Entry javascript file is not provided.']],
    ['runs: { using: docker, args: [] }', ['1:7: Image is not provided.']],
    ['runs: { using: node20, main: x, image: y }', ["1:33: Unexpected value 'image'"]],
    ['runs: { using: composite, steps: [{ run: x }] }', ['1:35: Required property is missing: shell']],
    [
      'runs: { using: composite, steps: [{ run: x, shell: sh, timeout-minutes: 1 }] }',
      ["1:56: Unexpected value 'timeout-minutes'"],
    ],
    [
      'runs: { using: composite, steps: [{ run: "${{ secrets.x }}", shell: sh }] }',
      ["1:42: Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.x"],
    ],
    [
      'runs: { using: composite, steps: [{ run: x, shell: sh, if: needs.x }] }',
      ["1:60: Unrecognized named-value: 'needs'. Located at position 1 within expression: needs.x"],
    ],
    ['runs: { using: composite, steps: [{ uses: a }] }', ["1:43: Expected format {org}/{repo}[/path]@ref. Actual 'a'"]],
    [
      'runs: { using: composite, steps: [{ uses: ./a, id: i }, { uses: ./b, id: I }] }',
      ["1:74: The identifier 'I' may not be used more than once within the same scope."],
    ],
    [
      'inputs: { a: { default: "${{ env.x }}" } }\nruns: { using: node20, main: x }',
      ["1:25: Unrecognized named-value: 'env'. Located at position 1 within expression: env.x"],
    ],
    [
      'runs: { using: node20, main: x, post: y, post-if: secrets.x }',
      ["1:51: Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.x"],
    ],
    [
      'runs: { using: node20, main: x, post: y, post-if: "${{ always() }}" }',
      ["1:51: Unrecognized function: 'always'. Located at position 1 within expression: always()"],
    ],
    ['runs: [x]', ['1:7: A sequence was not expected']],
  ])('%s', (text, lines) => {
    expect(read(text)).toEqual(lines);
  });
});
