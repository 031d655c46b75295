import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { splitFrontMatter } from '../contracts/front-matter.ts';
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
