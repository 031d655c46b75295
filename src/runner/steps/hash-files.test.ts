import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { evaluateNode, scalar } from '../../workflow/index.ts';
import { evaluateWithHashes, type HashPlace } from './hash-files.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'orch-hash-')));
const program = join(root, 'program.mjs');
const files: Readonly<Record<string, string>> = {
  'package-lock.json': 'lock',
  'a/x.txt': 'x',
  'a/y.txt': 'y',
  'a/deep/z.txt': 'z',
  'odd [name]/w.txt': 'w',
};
let place: HashPlace;

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'hash-files-program.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  const workspace = join(root, 'work [space]');
  for (const [path, content] of Object.entries(files)) {
    const file = join(workspace, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  writeFileSync(join(root, 'outside.txt'), 'outside');
  symlinkSync('a', join(workspace, 'link-to-a'));
  symlinkSync('../outside.txt', join(workspace, 'link-to-outside.txt'));
  place = { workspace: hostPath(workspace), program: hostPath(program), signal: new AbortController().signal };
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** GitHub's rule: the sha256 of the binary sha256 of each file. */
function hashOf(...contents: readonly string[]): string {
  const all = createHash('sha256');
  for (const content of contents) all.update(createHash('sha256').update(content).digest());
  return all.digest('hex');
}

async function evaluate(expression: string, at = place): Promise<unknown> {
  const result = await evaluateWithHashes(at, (hashFiles) =>
    evaluateNode(scalar(expression), { contexts: {}, functions: { hashfiles: hashFiles } }),
  );
  return result.ok ? result.value : result.error.message;
}

// 2.4, hashFiles. The order of files is that of @actions/glob: by pattern, then alphabetical, depth first.
it.each<readonly [string, string, string]>([
  ['one file', `\${{ hashFiles('package-lock.json') }}`, hashOf('lock')],
  ['no file', `\${{ hashFiles('nothing/**') }}`, ''],
  ['a folder stands for what is in it', `\${{ hashFiles('a') }}`, hashOf('z', 'x', 'y')],
  ['everything', `\${{ hashFiles('**/*.txt') }}`, hashOf('z', 'x', 'y', 'outside', 'w')],
  ['several patterns', `\${{ hashFiles('a/*.txt', 'package-lock.json') }}`, hashOf('x', 'y', 'lock')],
  ['excluded', `\${{ hashFiles('a/**', '!a/deep/**') }}`, hashOf('x', 'y')],
  ['the order of patterns matters', `\${{ hashFiles('!a/**', 'a/x.txt') }}`, hashOf('x')],
  ['a comment and white space', `\${{ hashFiles('# a/**', '  a/x.txt ') }}`, hashOf('x')],
  ['patterns in one text', `\${{ hashFiles(format('a/x.txt{0}a/y.txt', fromJSON('"\\n"'))) }}`, hashOf('x', 'y')],
  ['brackets escaped', `\${{ hashFiles('odd [[]name]/*') }}`, hashOf('w')],
  ['outside the workspace', `\${{ hashFiles('${join(root, 'outside.txt')}') }}`, ''],
  ['a link to a folder is passed over', `\${{ hashFiles('link-to-a', 'package-lock.json') }}`, hashOf('lock')],
  ['links followed', `\${{ hashFiles('--follow-symbolic-links', 'link-to-a/*.txt') }}`, hashOf('x', 'y')],
  ['the option in capitals', `\${{ hashFiles('--FOLLOW-symbolic-links', 'link-to-a/*.txt') }}`, hashOf('x', 'y')],
  [
    'in a larger expression, twice',
    `k-\${{ hashFiles('a/x.txt') }}-\${{ hashFiles('a/y.txt') || 'none' }}`,
    `k-${hashOf('x')}-${hashOf('y')}`,
  ],
  ['only what is needed', `\${{ hashFiles('nothing') == '' && hashFiles('a/x.txt') }}`, hashOf('x')],
  [
    'an unknown option',
    `\${{ hashFiles('--hidden', 'a') }}`,
    `Invalid glob option --hidden, avaliable option: '--follow-symbolic-links'.`,
  ],
  [
    'a pattern that cannot be',
    `\${{ hashFiles('it''s/../x') }}`,
    `hashFiles('it''s/../x') failed. Fail to hash files under directory 'WORKSPACE': Invalid pattern 'it's/../x'. Relative pathing '.' and '..' is not allowed.`,
  ],
])('%s', async (_, expression, expected) => {
  expect(await evaluate(expression)).toBe(expected.replace('WORKSPACE', place.workspace));
});

it('nothing is started for an expression without it', async () => {
  const nowhere = { ...place, program: hostPath('/nowhere'), workspace: hostPath('/nowhere') };
  expect(await evaluate(`\${{ 1 == 1 }}`, nowhere)).toBe(true);
});

it('a workspace that is gone fails it', async () => {
  const gone = { ...place, workspace: hostPath('/nowhere') };
  expect(await evaluate(`\${{ hashFiles('a') }}`, gone)).toBe(
    `hashFiles('a') failed. Fail to hash files under directory '/nowhere': it is not there`,
  );
});

it('says which file it could not read, and why', async () => {
  const link = join(place.workspace, 'to\u001b[2Jnowhere');
  symlinkSync('nowhere', link);
  expect(await evaluate(`\${{ hashFiles('to*') }}`)).toBe(
    `hashFiles('to*') failed. Fail to hash files under directory '${place.workspace}': ` +
      `ENOENT: no such file or directory, stat '${link.replace('\u001b', ' ')}'`,
  );
  rmSync(link);
});

it('ends after its time, here on a named pipe', async () => {
  execFileSync('mkfifo', [join(place.workspace, 'pipe')]);
  const hasty = { ...place, timeLimit: 300 };
  expect(await evaluate(`\${{ hashFiles('pipe') }}`, hasty)).toBe(
    `hashFiles('pipe') couldn't finish within 0.3 seconds.`,
  );
  rmSync(join(place.workspace, 'pipe'));
});

it('ends when the job is cancelled', async () => {
  const cancelled = { ...place, signal: AbortSignal.abort() };
  expect(await evaluate(`\${{ hashFiles('a') }}`, cancelled)).toBe(`hashFiles('a') was cancelled.`);
});
