import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeReference, parseUses } from './reference.ts';

const remote = (owner: string, repo: string, path: string, ref: string) => ({ kind: 'remote', owner, repo, path, ref });
const refused = (uses: string): string => `Expected format {org}/{repo}[/path]@ref. Actual '${uses}'`;

// S6
it.each<readonly [string, unknown]>([
  ['actions/checkout@v7', remote('actions', 'checkout', '', 'v7')],
  ['a/b/c/d@main', remote('a', 'b', 'c/d', 'main')],
  ['a/b/.github/workflows/x.yml@v1', remote('a', 'b', '.github/workflows/x.yml', 'v1')],
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
  expect(parseUses(uses)).toEqual({ ok: true, value: reference });
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
  expect(parseUses(uses)).toEqual({ ok: false, error: refused(uses) });
});

it('takes any text, and nothing that leads out of a folder or looks like an option', () => {
  const unit = fc.constantFrom('a', 'B', '.', '/', '\\', '@', '-', '$', ' ', '~', 'docker:', '\n');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 14 }), (uses) => {
      const result = parseUses(uses);
      if (!result.ok || result.value.kind !== 'remote') return;
      const { owner, repo, path, ref } = result.value;
      for (const part of [owner, repo, ref]) expect(part).not.toMatch(/^-|^\.*$|\.\./);
      expect(path.split('/')).not.toContain('..');
      expect(parseUses(describeReference(result.value))).toEqual(result);
    }),
  );
});
