import { expect, it } from 'vitest';
import { readRun } from './record.ts';
import { createRig } from './testing/rig.ts';

const DOCUMENTS = JSON.stringify([
  { path: 'review/handoff.md', sections: ['Context'], template: 'templates/handoff.md' },
]);

it('fails an attempt that leaves no document as agreed, which is worth another', async () => {
  const rig = createRig({ files: { 'templates/handoff.md': '# Context\nSay why.\n' } });
  await rig.prepare();
  const running = rig.run({
    command: 'agent',
    retries: '2',
    'retry-delay': '1s',
    documents: DOCUMENTS,
    verify: 'check',
  });
  const left = [undefined, '# Context\nSay why.\n', '# Context\nThe parser was wrong.\n'];
  for (const text of left) {
    const command = await rig.processes.next();
    if (text !== undefined) rig.repository.work.write('review/handoff.md', text);
    command.exit(0);
    if (text === left[2]) (await rig.processes.next()).exit(0);
    else await rig.clock.advance(2000);
  }
  expect((await running).outcome).toBe('success');
  const ends = rig.events.flatMap((event) => (event.type === 'attempt.finished' ? [event] : []));
  expect(ends.map(({ failure }) => failure)).toEqual([
    {
      code: 'artifact-missing',
      message: 'review/handoff.md is missing',
      hint: 'the template is templates/handoff.md',
      details: ['review/handoff.md is missing'],
    },
    {
      code: 'artifact-incomplete',
      message: 'review/handoff.md:1: section "Context" is empty',
      hint: 'the template is templates/handoff.md',
      details: ['review/handoff.md:1: section "Context" is empty'],
    },
    undefined,
  ]);
  expect(ends[0]?.verdict.evidence.slice(2)).toEqual([
    { check: 'documents', ok: false, seen: 'review/handoff.md is missing' },
    { check: 'verify', ok: false, seen: 'not run' },
  ]);
  expect(readRun(rig.memo)?.verdict.evidence[2]).toEqual({
    check: 'documents',
    ok: true,
    seen: 'review/handoff.md as agreed',
  });
});

const WAY_OUT =
  'so that no commit has it: take that rule away, or add the lines !/review/ and !/review/** at the end of .gitignore';

it.each([
  [true, '.gitignore:2 (review/)', `is ignored by .gitignore:2 (review/), ${WAY_OUT}`],
  [false, '.gitignore:2 (review/)', `is missing, and would be ignored by .gitignore:2 (review/), ${WAY_OUT}`],
  [
    true,
    'review/.gitignore:1 (*.md)',
    'is ignored by review/.gitignore:1 (*.md), so that no commit has it: take that rule away, or add the line !/handoff.md at the end of review/.gitignore',
  ],
  [true, undefined, 'is there, but git does not see it: it is behind a link, or not part of this repository'],
])('says why git does not see the document (there: %s, rule: %s)', async (isThere, rule, said) => {
  const rig = createRig();
  if (isThere) rig.outside.set('/work-tree/review/handoff.md', '# Context\nignored\n');
  if (rule !== undefined) rig.repository.work.ignored.set('review/handoff.md', rule);
  await rig.prepare();
  const running = rig.run({ command: 'agent', documents: DOCUMENTS });
  (await rig.processes.next()).exit(0);
  expect((await running).failure).toMatchObject({
    code: 'artifact-missing',
    message: `review/handoff.md ${said}`,
  });
});

it.each([
  ['no list', '{}'],
  ['a path that leaves the tree', '[{"path":"../a.md","sections":[]}]'],
  ['no sections', '[{"path":"a.md"}]'],
  ['sections that are no text', '[{"path":"a.md","sections":[1]}]'],
  ['a field without a name', '[{"path":"a.md","sections":[],"frontMatter":[{}]}]'],
])('refuses %s', async (_what, documents) => {
  const rig = createRig();
  await rig.prepare();
  const { failure } = await rig.run({ command: 'agent', documents });
  expect(failure?.code).toBe('input-invalid');
  expect(failure?.message).toContain('documents is ');
});
