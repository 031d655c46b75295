import { describe, expect, it } from 'vitest';
import type { Node } from '../model.ts';
import { collectFaults } from './faults.ts';
import { githubWording } from './github-wording.ts';
import { readYaml } from './read-yaml.ts';
import { plain, problems, withJob, workflowOf } from './testing/reading.ts';

function read(text: string): Node | readonly string[] {
  const faults = collectFaults('f');
  return readYaml(text, faults) ?? githubWording(faults.list());
}

const ENV = (value: string): string =>
  `on: push\nenv: { A: ${value} }\njobs: { j: { runs-on: x, steps: [{ run: x }] } }`;

describe('scalars (Y1, Y2)', () => {
  it.each<[string, unknown]>([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['False', false],
    ['yes', 'yes'],
    ['on', 'on'],
    ['n', 'n'],
    ['~', null],
    ['Null', null],
    ['nULL', 'nULL'],
    ['', null],
    ['010', 10],
    ['-5', -5],
    ['1.10', 1.1],
    ['1e3', 1000],
    ['0x10', 16],
    ['0o17', 15],
    // As wide as GitHub's are, and signed.
    ['0xFFFFFFFF', -1],
    ['.inf', Infinity],
    ['-.INF', -Infinity],
    ['.nan', Number.NaN],
    ['2026-01-02', '2026-01-02'],
    ['"true"', 'true'],
    ["'1'", '1'],
    ['!!str 1', '1'],
    ['!!int 0x10', 16],
    ['!!float 1', 1],
    ['!!bool true', true],
    ['!!null ~', null],
  ])('%s', (text, value) => {
    expect(read(text === '' ? '' : `- ${text}`)).toMatchObject(text === '' ? { value } : { items: [{ value }] });
  });

  it('a block is a text', () => {
    expect(plain(read('a: |\n  1\nb: >-\n  true'))).toEqual({ a: '1\n', b: 'true' });
  });

  it.each([
    ['- !!binary aGk=', "f (Line: 1, Col: 12): Unexpected tag 'tag:yaml.org,2002:binary'"],
    ['- !mine x', "f (Line: 1, Col: 9): Unexpected tag '!mine'"],
    ['- !!bool yes', "f (Line: 1, Col: 10): The value 'yes' is invalid for the type 'tag:yaml.org,2002:bool'"],
    ['- 0x123456789', "f (Line: 1, Col: 3): The value '0x123456789' is invalid for the type 'tag:yaml.org,2002:int'"],
  ])('%s is refused', (text, line) => {
    expect(read(text)).toEqual([line]);
  });
});

describe('texts where texts are wanted (Y8)', () => {
  it.each([
    ['1.10', 1.1],
    ['010', 10],
    ['True', true],
    ['yes', 'yes'],
  ])('env %s is kept as its value, which the evaluator writes', (text, value) => {
    expect(plain(workflowOf(ENV(text)).env)).toEqual({ A: value });
  });

  it('the id of a step may be a number only by its form', () => {
    expect(problems(withJob('steps: [{ run: x, id: 010 }]'))[0]).toMatch(/^4:27 The identifier '10' is invalid/);
  });
});

describe('anchors and aliases (Y3)', () => {
  it('are replayed, mappings and sequences too', () => {
    expect(plain(read('a: &a { x: [1] }\nb: *a\nc: [*a, &s t, *s]'))).toEqual({
      a: { x: [1] },
      b: { x: [1] },
      c: [{ x: [1] }, 't', 't'],
    });
  });

  it('an anchor given again stands for the newest', () => {
    expect(plain(read('[&a 1, *a, &a 2, *a]'))).toEqual([1, 1, 2, 2]);
  });

  it('there are no merge keys', () => {
    expect(problems('x: &x { A: 1 }\n'.replace('x', 'name') + ENV('{ <<: 1 }'))).toContainEqual(
      expect.stringContaining('A mapping was not expected'),
    );
    expect(problems(withJob('<<: { name: x }'))).toEqual(["4:5 Unexpected value '<<'"]);
  });

  it.each([
    ['a: *b', 'f (Line: 1, Col: 4): '],
    ['a: &a [*a]', "f (Line: 1, Col: 8): The alias 'a' stands inside what it names"],
  ])('%s is an error', (text, line) => {
    expect(read(text)).toEqual([expect.stringContaining(line)]);
  });
});

describe('limits (Y4)', () => {
  const bomb = (levels: number): string =>
    Array.from(
      { length: levels },
      (_, n) =>
        `a${n}: &a${n} [${
          n === 0
            ? 'x'
            : Array(9)
                .fill(`*a${n - 1}`)
                .join(', ')
        }]`,
    ).join('\n');

  it.each([
    ['an alias bomb', bomb(12), 'Maximum YAML nodes exceeded'],
    [
      'a long text many times',
      `a: &a ${'x'.repeat(900_000)}\nb: [*a, *a, *a, *a, *a, *a]`,
      'Maximum object size exceeded',
    ],
    [
      'a file over 1 MiB',
      `# ${'x'.repeat(1024 * 1024)}`,
      'The maximum file size of 1048576 characters has been exceeded',
    ],
    ['1 MiB of entries', 'a: b\n'.repeat(209_000), 'Maximum YAML nodes exceeded'],
    ['100,000 brackets', '['.repeat(100_000), 'Maximum object depth exceeded'],
    ['51 levels', `${'['.repeat(51)}${']'.repeat(51)}`, 'Maximum object depth exceeded'],
    [
      'aliases that nest',
      Array.from({ length: 60 }, (_, n) => `a${n}: &a${n} [${n === 0 ? 'x' : `*a${n - 1}`}]`).join('\n'),
      'Maximum object depth exceeded',
    ],
  ])('%s', (_, text, message) => {
    const start = performance.now();
    expect(read(text)).toEqual([expect.stringContaining(message)]);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('50 levels are read', () => {
    expect(read(`${'['.repeat(50)}${']'.repeat(50)}`)).toMatchObject({ kind: 'sequence' });
  });

  it('ten errors are told, and that there are more', () => {
    const lines = problems(withJob(Array.from({ length: 14 }, (_, n) => `k${n}: x`).join('\n')));
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe('4 more errors are not shown');
  });

  it('a long message is cut', () => {
    const [line] = problems(withJob(`name: x\n${'k'.repeat(1000)}: x`));
    expect(line).toMatch(/k\[\.\.\.\]$/);
  });
});

describe('what is no YAML', () => {
  it.each([
    ['a: [', /^f \(Line: 1, Col: 5\): /],
    ['a: b: c', /^f \(Line: 1, Col: 4\): /],
    ['a\n---\nb', /^f \(Line: 3, Col: 1\): Expected one document$/],
    ['{ ? [a] : b }', /^f \(Line: 1, Col: 5\): Expected a scalar value$/],
    ['\t- a', /^f /],
  ])('%j', (text, pattern) => {
    expect(read(text)).toEqual(expect.arrayContaining([expect.stringMatching(pattern)]));
  });
});

describe('a lone literal expression is its text (Y6)', () => {
  it.each([
    ["${{ 'x' }}", 'x'],
    ["${{ 'it''s' }}", "it's"],
    ["${{ '' }}", ''],
    ["${{ '${{ x }}' }}", "${{ '${{ x }}' }}"],
    ["a${{ 'x' }}", "a${{ 'x' }}"],
    ["${{ 'a' || 'b' }}", "${{ 'a' || 'b' }}"],
  ])('%s', (text, value) => {
    expect(read(`"${text}"`)).toMatchObject({ value });
  });

  it('also where no expression may be', () => {
    expect(workflowOf(withJob('steps: [{ uses: "${{ \'a/b@c\' }}" }]')).jobs[0]).toMatchObject({
      steps: [{ kind: 'action', uses: 'a/b@c' }],
    });
  });
});
