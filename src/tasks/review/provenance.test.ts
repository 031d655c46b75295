import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { readFrontMatter, splitFrontMatter } from '../contracts/front-matter.ts';
import { stampProvenance } from './provenance.ts';

const REAL = { provenance: 'fresh, not isolated', given: { diff: 'aa', prompt: 'bb' } } as const;

it.each([
  ['nothing', 'verdict: approve # really\n'],
  [
    'words of the reviewer',
    'context_provenance: fresh\nverdict: approve # really\n"context_given": { diff: [1, 2] }\n',
  ],
  ['other spellings', '? Context-Provenance\n: [a]\nverdict: approve # really\nCONTEXT_GIVEN: |\n  x\n  y\n'],
])("is orch's word alone, where there was %s", (_what, fields) => {
  const stamped = stampProvenance(`---\r\n${fields}---\r\n# Summary\r\nGood.`, REAL);
  expect(stamped).toBe(
    '---\nverdict: approve # really\ncontext_provenance: fresh, not isolated\ncontext_given:\n  diff: sha256:aa\n  prompt: sha256:bb\n---\n# Summary\r\nGood.',
  );
});

it('keeps what else there is, in whatever form', () => {
  const stamped = stampProvenance('---\n{ "verdict": approve, note: "a: b", list: [1, {x: y}] }\n---\nx', REAL);
  expect(parse(splitFrontMatter(stamped).frontMatter ?? '')).toEqual({
    verdict: 'approve',
    note: 'a: b',
    list: [1, { x: 'y' }],
    context_provenance: 'fresh, not isolated',
    context_given: { diff: 'sha256:aa', prompt: 'sha256:bb' },
  });
  expect(splitFrontMatter(stamped).body).toBe('x');
});

const PIECES = [
  'verdict: approve',
  'a',
  ': ',
  '\n',
  '  ',
  '- ',
  '? ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '|',
  '>+',
  '#',
  '!!str ',
  '!x ',
  '&a ',
  '*a',
  '%',
  '---',
  '...',
  '\t',
  'context_provenance',
  '~',
  '\uFEFF',
  '\u2028',
];

it('can be written into whatever front matter is accepted', () => {
  const field = [{ name: 'verdict', oneOf: ['approve'] }];
  const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(soup, soup, (before, after) => {
      const text = `---\n${before}\nverdict: approve\n${after}\n---\nbody`;
      const { frontMatter } = splitFrontMatter(text);
      if (readFrontMatter(frontMatter, field).faults.length > 0) return;
      const stamped = splitFrontMatter(stampProvenance(text, REAL));
      const again = readFrontMatter(stamped.frontMatter, field);
      expect(again.faults).toEqual([]);
      expect(again.values.get('context_provenance')).toBe('fresh, not isolated');
    }),
    { numRuns: 500 },
  );
});
