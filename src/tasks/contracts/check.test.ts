import { describe, expect, it } from 'vitest';
import { checkContracts } from './check.ts';
import type { Contract, FileRead, ReadFile } from './contract.ts';
import { contractFailure } from './failure.ts';

const HANDOFF: Contract = {
  path: 'review/handoff.md',
  sections: ['Context', 'Commands'],
  template: 'framework/review/templates/handoff.md',
};

/** A text is a file; anything else is what the tree has at the path. */
function tree(files: Readonly<Record<string, string | Uint8Array | FileRead>>): ReadFile {
  return async (path) => {
    const found = files[path];
    if (found === undefined) return { kind: 'absent' };
    if (typeof found === 'string') return { kind: 'file', bytes: new TextEncoder().encode(found) };
    return found instanceof Uint8Array ? { kind: 'file', bytes: found } : found;
  };
}

async function faultsOf(contract: Contract, files: Parameters<typeof tree>[0]): Promise<readonly string[]> {
  const faults = await checkContracts([contract], tree(files));
  return faults.map(({ code, message }) => `${code}: ${message}`);
}

const handoff = (content: string | Uint8Array | FileRead) => faultsOf(HANDOFF, { 'review/handoff.md': content });

describe('sections', () => {
  it.each([
    ['as agreed', '# Context\nwhy\n# Commands\n`npm test`'],
    ['at any level, in other case, numbered, marked, with a colon', '#### 1. **CONTEXT**:\nwhy\n## 2) commands …\nx'],
    ['underlined', 'Context\n===\nwhy\n\nCommands\n---\nx'],
    [
      'filled by a subsection, a table, a list or code',
      '# Context\n## More\n| a |\n|---|\n| b |\n# Commands\n```\nmake\n```',
    ],
    ['empty once and filled once', '# Context\n# Commands\nx\n# Context\nwhy'],
    ['after a byte order mark, with CRLF', '\uFEFF# Context\r\nwhy\r\n# Commands\r\nx\r\n'],
    ['after front matter', '---\na: 1\n---\n# Context\nwhy\n# Commands\nx'],
  ])('may be %s', async (_what, text) => {
    expect(await handoff(text)).toEqual([]);
  });

  it.each([
    [
      'in code and comments',
      '```\n# Context\nx\n```\n<!--\n# Context\nx\n-->\n# Commands\nx',
      ['review/handoff.md has no section "Context"'],
    ],
    ['with another name', '# Contextual\nx\n# Commands\nx', ['review/handoff.md has no section "Context"']],
    [
      'empty',
      '# Context\n\n \n# Commands\n',
      ['review/handoff.md:1: section "Context" is empty', 'review/handoff.md:4: section "Commands" is empty'],
    ],
    [
      'with nothing but a comment, or headings',
      '# Context\n<!-- why -->\n# Commands\n## a\n## b',
      ['review/handoff.md:1: section "Context" is empty', 'review/handoff.md:3: section "Commands" is empty'],
    ],
    [
      'with marks alone, or a word for nothing',
      '# Context\n- \n...\n| |\n# Commands\n- TODO.',
      ['review/handoff.md:1: section "Context" is empty', 'review/handoff.md:5: section "Commands" is empty'],
    ],
    [
      'with the head of a table alone',
      '# Context\n| a | b |\n|:--|--:|\n# Commands\nx',
      ['review/handoff.md:1: section "Context" is empty'],
    ],
    [
      'absent and present in front matter that is never closed',
      '---\nContext: x\n# Commands\nx',
      ['review/handoff.md has no section "Context"'],
    ],
  ])('are not there %s', async (_what, text, expected) => {
    expect(await handoff(text)).toEqual(expected.map((message) => `artifact-incomplete: ${message}`));
  });

  it('count as empty while they are those of the template', async () => {
    const template = '# Context\nSay why.\n\n# Commands\nSay what to run.\n';
    const text = '# Commands\nSay  what to run.\n# Context\nBecause.';
    const files = { 'review/handoff.md': text, 'framework/review/templates/handoff.md': template };
    expect(await faultsOf(HANDOFF, files)).toEqual([
      'artifact-incomplete: review/handoff.md:1: section "Commands" is empty',
    ]);
  });
});

describe('a file', () => {
  it.each<[string, string | Uint8Array | FileRead, string]>([
    ['is missing', { kind: 'absent' }, 'artifact-missing: review/handoff.md is missing'],
    [
      'is a link',
      { kind: 'link' },
      'artifact-invalid: review/handoff.md is a symbolic link, or lies behind one; it has to be a file',
    ],
    ['is a folder', { kind: 'not-file' }, 'artifact-invalid: review/handoff.md is not a regular file'],
    [
      'is huge',
      { kind: 'too-large', size: 3_000_000 },
      'artifact-invalid: review/handoff.md has 3.0 MB; a report may have 1.0 MB',
    ],
    ['is Latin-1', Uint8Array.of(0x23, 0x20, 0xe4), 'artifact-invalid: review/handoff.md is not UTF-8 text'],
    ['is binary', 'a\0b', 'artifact-invalid: review/handoff.md is not UTF-8 text'],
    ['is empty', '\uFEFF \n', 'artifact-incomplete: review/handoff.md is empty'],
  ])('%s', async (_what, content, expected) => {
    expect(await handoff(content)).toEqual([expected]);
  });
});

describe('front matter', () => {
  const contract: Contract = {
    path: 'r.md',
    sections: [],
    frontMatter: [{ name: 'verdict', oneOf: ['yes', 'no'], missing: 'verdict-missing' }, { name: 'by' }],
  };

  it.each([
    ['holds what it has to', '---\nverdict: yes\nby: 12\nmore: [1]\n---\nx', []],
    ['ends in dots, quoted', '---\r\n"by": me\r\nverdict: "no"\r\n...\r\nx', []],
    [
      'is not there',
      'verdict: yes\n\nx',
      [
        'verdict-missing: r.md:1: the front matter has no value for verdict: yes | no',
        'artifact-invalid: r.md:1: the front matter has no value for by',
      ],
    ],
    [
      'has something like it',
      '---\nby: me\nverdit: yes\n---\nx',
      ['verdict-missing: r.md:1: the front matter has no value for verdict: yes | no; it has "verdit"'],
    ],
    [
      'has another value',
      '---\nby: me\n# a remark\nverdict: maybe\n---\nx',
      ['artifact-invalid: r.md:4: verdict is "maybe", not yes or no'],
    ],
    [
      'has a list, or nothing',
      '---\nby:\nverdict: [yes]\n---\nx',
      [
        'verdict-missing: r.md:3: the front matter has no value for verdict: yes | no',
        'artifact-invalid: r.md:2: the front matter has no value for by',
      ],
    ],
    [
      'has a word twice',
      '---\nverdict: no\nby: me\nverdict: yes\n---\nx',
      ['artifact-invalid: r.md:4: the front matter has "verdict" twice'],
    ],
    [
      'has an alias',
      '---\nby: me\nverdict: yes\nmore: *a\n---\nx',
      ['artifact-invalid: r.md:4: the front matter has an alias, an anchor or a tag (*, & or !)'],
    ],
    [
      'has an anchor',
      '---\nby: me\nverdict: &a yes\n---\nx',
      ['artifact-invalid: r.md:3: the front matter has an alias, an anchor or a tag (*, & or !)'],
    ],
    [
      'has a tag',
      '---\n!!str\nby: me\nverdict: yes\n---\nx',
      ['artifact-invalid: r.md:3: the front matter has an alias, an anchor or a tag (*, & or !)'],
    ],
    [
      'is a list',
      '---\n- verdict: yes\n---\nx',
      ['artifact-invalid: r.md:2: the front matter has to be lines of the form name: value'],
    ],
    [
      'is deep',
      `---\n${'['.repeat(5000)}\n---\nx`,
      ['artifact-invalid: r.md:2: the front matter is too large or too deep'],
    ],
  ])('%s', async (_what, text, expected) => {
    expect(await faultsOf(contract, { 'r.md': text })).toEqual(expected);
  });

  it('that is no YAML is named with its line', async () => {
    const [fault] = await faultsOf(contract, { 'r.md': '---\nby: me\nverdict: "yes\n---\nx' });
    expect(fault).toMatch(/^artifact-invalid: r\.md:\d: the front matter cannot be read: /);
  });
});

it('makes one failure of all faults, with the templates', async () => {
  const second = { ...HANDOFF, path: 'b.md', template: 't/b.md' };
  const faults = await checkContracts([HANDOFF, second], tree({ 'b.md': '# Context\nx' }));
  expect(contractFailure(faults)).toEqual({
    code: 'artifact-missing',
    message: 'review/handoff.md is missing; and 1 more',
    hint: 'the templates are framework/review/templates/handoff.md, t/b.md',
    details: ['review/handoff.md is missing', 'b.md has no section "Commands"'],
  });
  expect(contractFailure([])).toBeUndefined();
});

it('takes time by the length of the text', async () => {
  const long = 400_000;
  const texts = [
    `# ${'!'.repeat(long)}x`,
    `# Context\n${'-'.repeat(long)}x`,
    `# Context\n${' '.repeat(long)}x`,
    `---\n${'\n--'.repeat(long)}`,
  ];
  const begun = performance.now();
  for (const text of texts) await handoff(text);
  expect(performance.now() - begun).toBeLessThan(5000);
});
