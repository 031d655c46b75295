import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { HANDOFF } from '../../shared/handoff.ts';
import { checkContract } from '../contracts/check.ts';
import type { ReadFile } from '../contracts/contract.ts';
import { readSections } from '../contracts/markdown.ts';
import { readFindings } from './findings.ts';
import { CODE_REVIEW, TEST_REPORTS } from './reports.ts';

/** Files of this repository, with the report in place of the template itself. */
const read =
  (path: string, text: string): ReadFile =>
  async (asked) => ({ kind: 'file', bytes: asked === path ? new TextEncoder().encode(text) : await readFile(asked) });

it.each([HANDOFF, CODE_REVIEW, ...TEST_REPORTS].map((contract) => [contract.path, contract] as const))(
  'the template of %s has each section, and fails until it is filled',
  async (path, contract) => {
    const template = await readFile(contract.template ?? '', 'utf8');
    const empty = await checkContract(contract, read(path, template));
    expect(empty.faults.flatMap(({ section, message }) => (section === undefined ? [] : message))).toEqual(
      contract.sections.map((title): unknown => expect.stringMatching(new RegExp(`section "${title}" is empty$`))),
    );
    const filled = template.replace(/^verdict:.*$/m, 'verdict: approve').replace(/^## .*$/gm, '$&\n\nNone.');
    expect((await checkContract(contract, read(path, filled))).faults).toEqual([]);
  },
);

it('the prompt asks for what is checked, and its example would be accepted', async () => {
  const prompt = await readFile('framework/review/prompts/review.md', 'utf8');
  for (const { path, sections } of [CODE_REVIEW, ...TEST_REPORTS])
    expect(prompt).toContain(`| \`${path}\` | ${sections.join(', ')} |`);
  const [, example = ''] = /```markdown\n(\| Severity[^]*?)```/.exec(prompt) ?? [];
  const [section] = readSections(`# Findings\n${example}`);
  if (section === undefined) throw new Error('no section');
  const { findings, faults } = readFindings(section);
  expect([findings.map(({ severity }) => severity), faults]).toEqual([['blocker', 'minor'], []]);
});
