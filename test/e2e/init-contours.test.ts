/** What `orch init --contour` writes: it is valid, it runs with an agent, and it leaves what was there as it was. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CONFIG, createRepository, endings, finished, orch, type Repository } from './rig/index.ts';

/** Instead of an agent: does as the prompt in its last argument says, by filling the templates that it names. */
const AGENT = `#!/bin/bash
set -eu
prompt="\${!#}"
fill() { mkdir -p "$1"; for template in "\${@:3}"; do
  sed -e '/^<!--.*-->$/d' -e 's/^verdict:.*/verdict: approve/' -e 's/^##* .*/&\\n\\nNone./' "$2/$template.md" > "$1/$template.md"; done; }
case "$prompt" in
  '# Review a change'*) fill review framework/review/templates test-plan code-review-report bug-report qa-coverage
    [ "$CODEX_API_KEY" = the-key ] ;;
  '# Review how the run went'*) [ -s "$ORCH_DIGEST" ]
    fill framework-review framework/framework-review/templates framework-log-analysis framework-bug-report framework-fix-plan ;;
  '# Describe the system as it is'*)
    fill migration framework/migration/templates legacy-snapshot legacy-tech-spec legacy-gap-report ;;
  '# Propose the migration'*)
    fill migration framework/migration/templates legacy-risk-assessment legacy-migration-plan legacy-migration-proposal rollback-plan ;;
  '# A change that is reviewed'*'hand it over'*) echo 'Getting started' >> README.md; fill review framework/review/templates handoff ;;
  *) echo "what is this: $prompt" >&2; exit 9 ;;
esac
`;

const env = { CODEX_API_KEY: 'the-key' };

function withAgent(repo: Repository): Repository {
  const agent = join(repo.place.top, 'bin/codex');
  writeFileSync(agent, AGENT);
  chmodSync(agent, 0o755);
  return repo;
}

it('a first file with reviews runs as it is, with an agent', async () => {
  const repo = withAgent(createRepository());
  const made = await orch(repo, ['init', '--contour', 'review', '--contour', 'framework-review']);
  expect([made.exitCode, made.stderr]).toEqual([0, '']);
  expect(made.stdout).toContain('wrote  framework/review/prompts/review.md\n');
  expect(made.stdout).toMatch(/Next:\n {2}git add -A && git commit +tasks start from what is committed\n/);
  expect(await orch(repo, ['validate'])).toMatchObject({ exitCode: 0, stderr: '' });
  repo.commit('init');
  const { exitCode, events } = await orch(repo, ['run', '--only', 'reviewed-change'], { env });
  expect([exitCode, endings(events)]).toEqual([
    0,
    Object.fromEntries(
      ['', '-review', '-fix-2', '-review-2', '-reviewed'].map((part) => [`reviewed-change${part}`, 'success']),
    ),
  ]);
  expect(finished(events, 'reviewed-change-review').outputs).toMatchObject({ verdict: 'approve' });

  const looked = await orch(repo, ['framework-review']);
  expect([looked.exitCode, looked.stderr, endings(looked.events)]).toEqual([0, '', { 'framework-review': 'success' }]);
});

it('a migration that was added proposes, waits for its approval, and lets what is behind it go on', async () => {
  const config =
    "version: 1\ntasks:\n  - { name: move, command: 'test -s migration/rollback-plan.md', depends_on: [migration] }\n";
  const repo = withAgent(createRepository({ files: { [CONFIG]: config } }));
  expect(await orch(repo, ['init', '--contour', 'migration'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await orch(repo, ['validate'])).toMatchObject({ exitCode: 0, stderr: '' });
  repo.commit('init');
  const first = await orch(repo, ['run']);
  expect([first.exitCode, endings(first.events)]).toMatchObject([
    0,
    { 'legacy-survey': 'success', 'legacy-plan': 'success', 'migration-proposal': 'success' },
  ]);
  expect(await orch(repo, ['approve', 'migration', '--by', 'Ada'])).toMatchObject({ exitCode: 0 });
  const second = await orch(repo, ['run']);
  expect([second.exitCode, endings(second.events)]).toMatchObject([0, { migration: 'success', move: 'success' }]);
});

it('a file that is there gets the block at its end, once, and nothing else is touched', async () => {
  const before = "# mine\nversion:   1 # one\ntasks:\n    - {name: a, command: 'true'}\n";
  const prompt = 'framework/review/prompts/review.md';
  const repo = createRepository({ files: { [CONFIG]: before, [prompt]: 'my own\n' } });
  const first = await orch(repo, ['init', '--contour', 'review', '--contour', 'review']);
  expect([first.exitCode, first.stdout]).toEqual([0, expect.stringContaining(`added  review to ${CONFIG}\n`)]);
  expect(first.stdout).toContain(`kept   ${prompt} (it was there)\n`);
  expect(repo.exists('docs/tasks')).toBe(false);
  const after = repo.read(CONFIG);
  expect(after.startsWith(`${before}\n# How`)).toBe(true);
  expect(repo.read(prompt)).toBe('my own\n');
  expect(await orch(repo, ['validate'])).toMatchObject({ exitCode: 0, stderr: '' });

  const again = await orch(repo, ['init', '--contour', 'review']);
  expect([again.exitCode, again.stdout]).toEqual([
    0,
    expect.stringContaining(`kept   review in ${CONFIG} (it was there)\n`),
  ]);
  expect(repo.read(CONFIG)).toBe(after);
});

it('says what to add where it cannot, and which contours there are', async () => {
  const repo = createRepository({ files: { [CONFIG]: '{ version: 1, tasks: [] }\n' } });
  const { exitCode, stdout } = await orch(repo, ['init', '--contour', 'review']);
  expect([exitCode, stdout]).toEqual([
    1,
    expect.stringContaining(
      `left   ${CONFIG}: it is not made of lines of the form key: value. Add this yourself:\n\n    # How`,
    ),
  ]);
  expect(repo.read(CONFIG)).toBe('{ version: 1, tasks: [] }\n');
  const unknown = await orch(repo, ['init', '--contour', 'reviews']);
  expect([unknown.exitCode, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('Allowed choices are review, framework-review, migration'),
  ]);
});
