import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, endings, eventsOf, orch, type Repository, readJournal } from './rig/index.ts';

function write(repository: Repository, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository.root, path)), { recursive: true });
    writeFileSync(join(repository.root, path), text);
  }
}

/** The folder of the one run there is. */
function runOf(repository: Repository): string {
  const runs = join(repository.root, 'logs/runs');
  const [run, ...more] = readdirSync(runs).filter((name) => !name.startsWith('.'));
  if (run === undefined || more.length > 0) throw new Error(`there are ${more.length + (run ? 1 : 0)} runs`);
  return join(runs, run);
}

const CI = `
name: CI
on:
  push: { branches: [main] }
  pull_request:
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: { answer: "\${{ steps.think.outputs.answer }}" }
    steps:
      - uses: actions/checkout@v4
      - id: think
        run: |
          echo "answer=$(cat new.txt)" >> "$GITHUB_OUTPUT"
          git config user.name Bot
          git status --porcelain
          echo "for $WHO: \${{ secrets.TOKEN }}"
  check:
    needs: build
    runs-on: ubuntu-latest
    strategy: { matrix: { part: [a, b] } }
    steps:
      - run: test "\${{ needs.build.outputs.answer }} \${{ github.event_name }}" = "42 push"
  elsewhere: { runs-on: windows-latest, steps: [{ run: dir }] }
`;

describe('orch run of workflows', () => {
  test('runs jobs in clones of the working tree as it stands, and leaves the checkout alone', async () => {
    const repository = createRepository();
    write(repository, { '.github/workflows/ci.yml': CI, 'new.txt': '42\n', '.secrets': 'TOKEN=abc-secret\n' });
    const result = await orch(repository, ['run', 'ci', '--env', 'WHO=ada']);
    expect(result).toMatchObject({ exitCode: 0 });
    const directory = runOf(repository);
    const events = readJournal(join(directory, 'events.jsonl'));
    expect(eventsOf(events, 'run.started')[0]).toMatchObject({
      kind: 'workflow',
      name: 'CI',
      base: { uncommitted: true },
    });
    expect(endings(events)).toMatchObject({ build: 'success' });
    expect(readFileSync(join(directory, 'build.log'), 'utf8')).toContain('for ada: ***');
    expect(readFileSync(join(directory, 'summary.md'), 'utf8')).toContain('nobody here serves runs-on: windows-latest');
    const everything = readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => readFileSync(join(directory, name), 'utf8'));
    expect(everything.join('')).not.toContain('abc-secret');
    expect(readFileSync(join(repository.root, '.git/config'), 'utf8')).not.toContain('Bot');
    expect(readdirSync(join(repository.root, 'logs'))).toEqual(['runs']);
  });

  test('chooses by the event, and by job and leg', async () => {
    const repository = createRepository();
    write(repository, {
      '.github/workflows/ci.yml': CI,
      '.github/workflows/dev.yml': CI.replace('[main]', '[dev]').replace('name: CI', 'name: Dev'),
    });
    const listed = await orch(repository, ['run', '--event', 'push', '--list']);
    expect(listed.stdout).toContain('CI (.github/workflows/ci.yml) on push, refs/heads/main');
    expect(listed.stdout).not.toContain('Dev');
    const all = await orch(repository, ['run', '--event', 'push', '--all', '--job', 'check', '--list']);
    expect(all.stdout).toContain('Dev');
    expect(all.stdout).not.toContain('elsewhere');
  });

  test.each<[string, readonly string[], number, string]>([
    ['a workflow that is wrong', ['run', 'bad.yml'], 2, 'Unexpected value'],
    ['an event that the file does not know', ['run', 'ci', '--event', 'issues'], 2, 'does not run on issues'],
    ['an unknown job', ['run', 'ci', '--job', 'biuld'], 2, 'did you mean "build"?'],
    ['an input for nobody', ['run', 'ci', '--event', 'push', '--input', 'a=b'], 2, 'takes no inputs'],
    ['an option of tasks', ['run', 'ci', '--only', 'a'], 2, '--only is for tasks'],
    ['an option of workflows', ['run', '--config', 'tasks.yml', '--job', 'a'], 2, '--job is for workflows'],
    ['an unserved job, strictly', ['run', 'ci', '--job', 'elsewhere', '--strict'], 4, 'windows-latest'],
    ['a bad workflow to validate', ['validate', 'bad.yml'], 2, 'Unexpected value'],
  ])('%s', async (_, args, code, message) => {
    const repository = createRepository();
    write(repository, {
      '.github/workflows/ci.yml': CI,
      'bad.yml': 'on: push\njobs: { a: { runs-on: x, steps: [{ run: a }], stepz: 1 } }\nnope: 1\n',
    });
    const result = await orch(repository, args);
    expect(result.exitCode).toBe(code);
    expect(`${result.stdout}${result.stderr}`).toContain(message);
  });
});
