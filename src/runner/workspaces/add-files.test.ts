import { join } from 'node:path';
import { expect, it } from 'vitest';
import { branchOf, createSandbox, jobIn, type Sandbox } from './testing/sandbox.ts';

async function capture(sandbox: Sandbox, command: string) {
  const repository = await sandbox.open();
  const tree = await jobIn(sandbox, repository, 'api').open({ branch: branchOf('api'), start: repository.head.commit });
  sandbox.sh(tree.path, command);
  const captured = await tree.capture();
  const blob = (path: string): string => sandbox.git('cat-file', 'blob', `${captured.tree}:${path}`);
  const listing = sandbox.git('ls-tree', '-r', '-z', captured.tree);
  return { ...captured, blob, entries: listing.split('\0').flatMap((line) => line.replace(/ .*?\t/, ' ') || []) };
}

it('keeps what is not in the encoding that it is said to have, and converts the rest', async () => {
  const sandbox = createSandbox({ a: 'a\n' });
  const { entries, problems, blob } = await capture(
    sandbox,
    `printf '*.txt working-tree-encoding=UTF-16\\n*.odd working-tree-encoding=NO-SUCH\\n' > .gitattributes
    printf 'hi' | iconv -f UTF-8 -t UTF-16 > fine.txt
    printf plain > 'no mark.txt'; chmod +x 'no mark.txt'
    mkdir d; printf x > $'d/new\\nline.odd'; printf y > $'caf\\xe9.odd'; echo b > b`,
  );
  expect(problems).toEqual([
    {
      code: 'unsafe-tree',
      message: 'the working tree holds 3 files that are not as .gitattributes says',
      hint: 'correct what .gitattributes says of it, or the file',
      details: [
        expect.stringMatching(/^caf\ufffd\.odd: failed to encode .* from NO-SUCH to UTF-8$/),
        expect.stringMatching(/^d\/new\nline\.odd: failed to encode/),
        "no mark.txt: BOM is required in 'no mark.txt' if encoded as UTF-16",
      ],
    },
  ]);
  expect(entries.toSorted()).toEqual([
    '100644 .gitattributes',
    '100644 a',
    '100644 b',
    '100644 caf\ufffd.odd',
    '100644 d/new\nline.odd',
    '100644 fine.txt',
    '100755 no mark.txt',
  ]);
  expect([blob('fine.txt'), blob('no mark.txt'), blob('d/new\nline.odd')]).toEqual(['hi', 'plain', 'x']);
});

it('asks about a great many of them a bounded number of times', async () => {
  const sandbox = createSandbox({ a: 'a\n' });
  const command =
    "echo '*.odd working-tree-encoding=NO-SUCH' > .gitattributes; for i in {1..300}; do echo $i > $i.odd; done";
  const { entries, problems, blob } = await capture(sandbox, command);
  expect(problems[0]?.message).toBe('the working tree holds 300 files that are not as .gitattributes says');
  expect(problems[0]?.details).toHaveLength(50);
  expect(entries).toHaveLength(302);
  expect(blob('217.odd')).toBe('217');
});

it('reads nothing through a link that stands for a folder', async () => {
  const sandbox = createSandbox({ '.gitattributes': '*.odd working-tree-encoding=UTF-16\n' });
  sandbox.sh(sandbox.root, "mkdir d; printf 'hi' | iconv -f UTF-8 -t UTF-16 > d/x.odd; git add .; git commit -qm d");
  sandbox.sh(sandbox.home, 'mkdir secrets; echo theirs > secrets/x.odd');
  const { entries, problems } = await capture(
    sandbox,
    `rm -r d; ln -s ${join(sandbox.home, 'secrets')} d; printf x > y.odd`,
  );
  expect(problems.map(({ details }) => details)).toEqual([[expect.stringMatching(/^y\.odd: /)], ['d']]);
  expect(entries).toEqual(['100644 .gitattributes', '100644 y.odd']);
});

it('tells of what git-lfs refuses, and leaves it out', async (context) => {
  const sandbox = createSandbox({ '.gitattributes': '*.bin filter=lfs -text\n' });
  const repository = await sandbox.open();
  const { lfs } = repository.git;
  await repository.dispose();
  if (!lfs) return context.skip();
  const { entries, problems } = await capture(
    sandbox,
    'rm -rf "$(git rev-parse --git-common-dir)/lfs"; echo x > "$(git rev-parse --git-common-dir)/lfs"; echo x > a.bin; echo b > b',
  );
  expect(problems.map(({ code, details }) => [code, details])).toEqual([
    ['unsafe-tree', [expect.stringMatching(/^a\.bin: .*lfs/)]],
  ]);
  expect(entries).toEqual(['100644 .gitattributes', '100644 b']);
});
