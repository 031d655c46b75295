import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeRemote, parseActionReference, parseWorkflowReference } from './references.ts';

const remote = (owner: string, repository: string, path: string, ref: string) => ({
  kind: 'remote',
  owner,
  repository,
  path,
  ref,
});
const refused = (uses: string): string => `Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`;

describe('actions (S6)', () => {
  it.each<readonly [string, unknown]>([
    ['actions/checkout@v7', remote('actions', 'checkout', '', 'v7')],
    ['a/b/c/d@main', remote('a', 'b', 'c/d', 'main')],
    ['a\\b\\c@v1', remote('a', 'b', 'c', 'v1')],
    ['a/b/./c//d/@v1', remote('a', 'b', 'c/d', 'v1')],
    ['a/b@feature/x.y', remote('a', 'b', '', 'feature/x.y')],
    ['a/b@refs/heads/x', remote('a', 'b', '', 'refs/heads/x')],
    ['a/b@é', remote('a', 'b', '', 'é')],
    [
      'A-1/b_2.js@0123456789012345678901234567890123456789',
      remote('A-1', 'b_2.js', '', '0123456789012345678901234567890123456789'),
    ],
    ['./', { kind: 'local', path: '' }],
    ['./a/b', { kind: 'local', path: 'a/b' }],
    ['.\\a\\b', { kind: 'local', path: 'a/b' }],
    ['./../x', { kind: 'local', path: '../x' }],
    ['$/', { kind: 'self', path: '' }],
    ['$/a/b', { kind: 'self', path: 'a/b' }],
    ['docker://alpine:3', { kind: 'docker', image: 'alpine:3' }],
  ])('reads %s', (uses, reference) => {
    expect(parseActionReference(uses)).toEqual({ ok: true, value: reference });
  });

  it.each([
    '',
    'checkout',
    'checkout@v1',
    'actions/checkout',
    'actions/checkout@',
    '/b@v1',
    'a/@v1',
    'a/b@v1@v2',
    '../b@v1',
    'a/..@v1',
    'a/b/../c@v1',
    'a/b@--upload-pack=x',
    'a/b@v1..v2',
    'a/b@a b',
    'a/b@v1^{}',
    'a/b@x:y',
    'a/b@x*',
    'a/b@x.lock',
    'a/b@.x',
    'a/b@x/',
    'a/b@x\u0000',
    'a/b\u001b/c@v1',
    '--help/b@v1',
    'a b/c@v1',
    'http://x/y@v1',
    '$/../x',
    '$/a@v1',
    'docker://',
  ])('refuses %j', (uses) => {
    expect(parseActionReference(uses)).toEqual({ ok: false, error: refused(uses) });
  });

  it('takes any text, and nothing that leads out of a folder or looks like an option', () => {
    const unit = fc.constantFrom('a', 'B', '.', '/', '\\', '@', '-', '$', ' ', '~', 'docker:', '\n');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 14 }), (uses) => {
        const result = parseActionReference(uses);
        if (!result.ok || result.value.kind !== 'remote') return;
        const { owner, repository, path, ref } = result.value;
        for (const part of [owner, repository, ref]) expect(part).not.toMatch(/^-|^\.*$|\.\./);
        expect(path.split('/')).not.toContain('..');
        expect(parseActionReference(describeRemote(result.value))).toEqual(result);
      }),
    );
  });

  it('a step cannot use a reusable workflow', () => {
    const read = parseActionReference('a/b/.github/workflows/x.yml@v1');
    expect(read).toEqual({ ok: false, error: expect.stringContaining('top-level `jobs.*.uses`') });
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
