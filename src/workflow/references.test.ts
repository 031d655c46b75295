import { describe, expect, it } from 'vitest';
import { describeRemote, parseActionReference, parseWorkflowReference } from './references.ts';

describe('actions (S6)', () => {
  it.each([
    ['./a/b', { kind: 'local', path: 'a/b' }],
    ['.\\a', { kind: 'local', path: 'a' }],
    ['./', { kind: 'local', path: '' }],
    ['$/a', { kind: 'self', path: 'a' }],
    ['docker://alpine:3', { kind: 'docker', image: 'alpine:3' }],
    ['o/r@v1', { kind: 'remote', owner: 'o', repository: 'r', path: '', ref: 'v1' }],
    ['o/r/p/q@feature/x', { kind: 'remote', owner: 'o', repository: 'r', path: 'p/q', ref: 'feature/x' }],
    ['o\\r@v1', { kind: 'remote', owner: 'o', repository: 'r', path: '', ref: 'v1' }],
  ])('%s', (uses, value) => {
    expect(parseActionReference(uses)).toEqual({ ok: true, value });
  });

  it.each(['', 'o', 'o/r', 'o@v', 'o/r@', '@v', 'o/r@a@b', '/@v', '../a'])('%j is none', (uses) => {
    const error = `Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`;
    expect(parseActionReference(uses)).toEqual({ ok: false, error });
  });
});

describe('workflows (U1)', () => {
  it.each([
    ['./.github/workflows/a.yml', { kind: 'self', path: '.github/workflows/a.yml' }],
    ['$/.github/workflows/a.yaml', { kind: 'self', path: '.github/workflows/a.yaml' }],
    [
      'o/r/.github/workflows/a.yml@v',
      { kind: 'remote', owner: 'o', repository: 'r', path: '.github/workflows/a.yml', ref: 'v' },
    ],
  ])('%s', (uses, value) => {
    expect(parseWorkflowReference(uses)).toEqual({ ok: true, value });
  });

  it.each([
    ['./.github/workflows/a.yml@v', 'cannot specify version'],
    ['./.github/workflows/x/a.yml', 'top level'],
    ['./.github/a.yml', 'rooted'],
    ['./.github/workflows/../../a.yml', 'top level'],
    ['./.github/workflows/.yml', 'name of a YAML file'],
    ['./.github/workflows/a.json', 'name of a YAML file'],
    ['o/r/.github/workflows/a.yml', 'no version'],
    ['o/r/.github/workflows/a.yml@', 'no version'],
    ['o/r/a.yml@v', 'rooted'],
    ['a.yml', 'prefixed'],
    ['.github/workflows/a.yml', 'prefixed'],
    ['o/r/.github/workflows/a.yml@a@b', 'invalid value workflow reference'],
  ])('%s is none: %s', (uses, words) => {
    expect(parseWorkflowReference(uses)).toEqual({ ok: false, error: expect.stringContaining(words) });
  });
});

it('a remote reference is written as it was read', () => {
  for (const uses of ['o/r@v', 'o/r/p@v']) {
    const read = parseActionReference(uses);
    expect(read.ok && read.value.kind === 'remote' && describeRemote(read.value)).toBe(uses);
  }
});
