/** What shells offer when Tab is pressed, asked of real ones. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository, orch, type Repository } from './rig/index.ts';

const COMMAND = resolve(process.env['ORCH_DIST'] ?? 'dist', 'orch.js');

const CONFIG = {
  tasks: [
    { name: 'api', command: 'true' },
    { name: 'app', command: 'true' },
    { name: 'build', matrix: { os: ['linux', 'mac'] }, command: 'true' },
  ],
};

const CI = 'on: push\njobs: { build-it: { runs-on: x, steps: [{ run: x }] } }\n';

/** Sources the script, sets what bash sets when Tab is pressed behind the last word, and prints what came of it. */
const PRESS_TAB = `
source <(orch completion bash)
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_orch
printf '%s\\n' "\${COMPREPLY[@]}"
`;

function offers(repo: Repository, ...words: readonly string[]): readonly string[] {
  const output = execFileSync('bash', ['--norc', '-c', PRESS_TAB, 'bash', 'orch', ...words], {
    cwd: repo.root,
    env: repo.env,
    encoding: 'utf8',
  });
  return output.split('\n').filter(Boolean);
}

it('offers commands, options, choices, files and names', async () => {
  const repo = createRepository({
    config: CONFIG,
    files: { 'a file.yaml': '', '$(touch pwned).yaml': '', '.github/workflows/ci.yml': CI },
  });
  symlinkSync(COMMAND, join(repo.place.top, 'bin', 'orch'));
  const { run = '' } = await orch(repo, ['run']);
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['st'], ['status']],
    [['co'], ['completion']],
    [['__'], []],
    [['help', 'ev'], ['eval']],
    [['run', '--on-'], ['--on-failure']],
    [
      ['run', '--on-failure', ''],
      ['continue', 'no-new', 'kill'],
    ],
    [['run', '--on-failure', '=', 'k'], ['kill']],
    [
      ['run', '--on-failure', '='],
      ['continue', 'no-new', 'kill'],
    ],
    [['run', '--max-parallel', ''], []],
    [
      ['run', '--only', 'a'],
      ['api', 'app'],
    ],
    // An option that takes many, and the one after it.
    [['run', '--only', 'api', 'bu'], ['build']],
    [['run', '--only', 'api', '--dry'], ['--dry-run']],
    [['run', '--only', 'api', '--ui', 'p'], ['plain']],
    [
      ['run', '--event', 'pull_request_r'],
      ['pull_request_review', 'pull_request_review_comment'],
    ],
    [['run', '--job', 'bu'], ['build-it']],
    [['run', 'ci'], ['ci']],
    [['run', '--config', 'a'], ['a file.yaml']],
    [['run', '$'], ['$(touch pwned).yaml']],
    [
      ['logs', 'bu'],
      ['build+linux', 'build+mac', 'build\\ \\(linux\\)', 'build\\ \\(mac\\)'],
    ],
    [['logs', 'build\\ \\(l'], ['build\\ \\(linux\\)']],
    [
      ['retry', '--job', 'ap'],
      ['api', 'app'],
    ],
    [
      ['logs', '-f', 'ap'],
      ['api', 'app'],
    ],
    [['logs', '--run', ''], [run]],
    [['status', run.slice(0, 4)], [run]],
    [['validate', '--format', 'g'], ['github']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
  ];
  for (const [words, expected] of cases)
    expect({ words, offers: offers(repo, ...words) }).toEqual({ words, offers: expected });
  expect(repo.exists('pwned')).toBe(false);
  expect(repo.exists('pwned).yaml')).toBe(false);
});

it('offers nothing, and says nothing, where there is nothing to offer', async () => {
  const repo = createRepository({ files: { 'framework/orchestrator/orchestrator.yaml': 'tasks: [' } });
  for (const list of ['tasks', 'jobs', 'workflows', 'logs', 'runs']) {
    const { exitCode, stdout, stderr } = await orch(repo, ['__complete', list]);
    expect([exitCode, stdout, stderr]).toEqual([0, '', '']);
  }
  expect((await orch(repo, ['__complete', 'tasks'], { cwd: repo.place.top })).stdout).toBe('');
  expect((await orch(repo, ['--help'])).stdout).not.toContain('__complete');
  expect((await orch(repo, ['completion', 'tcsh'])).exitCode).toBe(2);
});

/** Runs an interactive zsh on a pseudo-terminal of its own, presses Tab there, and prints what was added as a match. */
const PRESS_TAB_IN_ZSH = `
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner 'PROMPT=; autoload -Uz compinit; compinit -D -u; source <(orch completion zsh)'
zpty -w inner 'compadd() { local -a _offers; builtin compadd -O _offers "$@"; print -rl -- $_offers >>$OUT; builtin compadd "$@" }'
zpty -w inner 'tab() { zle complete-word; exit }; zle -N tab; bindkey "^I" tab; print READ""Y'
while zpty -r inner chunk '*READY*'; do [[ $chunk == *READY* ]] && break; done
zpty -w -n inner "$1"$'\t'
while zpty -r inner chunk; do :; done
zpty -d inner
`;

const SHELLS = {
  zsh(repo: Repository, line: string): readonly string[] {
    const out = join(repo.place.top, 'offers');
    writeFileSync(out, '');
    execFileSync('zsh', ['-f', '-c', PRESS_TAB_IN_ZSH, 'zsh', line], {
      cwd: repo.root,
      env: { ...repo.env, OUT: out },
      timeout: 30_000,
    });
    return [...new Set(readFileSync(out, 'utf8').split('\n').filter(Boolean))].sort();
  },
  fish(repo: Repository, line: string): readonly string[] {
    const script = 'orch completion fish | source; complete -C "$argv"';
    const output = execFileSync('fish', ['--no-config', '-c', script, line], {
      cwd: repo.root,
      env: repo.env,
      encoding: 'utf8',
    });
    return output.split('\n').flatMap((offer) => offer.split('\t', 1).filter(Boolean));
  },
} as const;

it.for(['zsh', 'fish'] as const)('offers the same in %s', (shell, context) => {
  if (spawnSync(shell, ['--version']).status !== 0) context.skip(`${shell} is not installed`);
  const repo = createRepository({ config: CONFIG, files: { '.github/workflows/ci.yml': CI } });
  symlinkSync(COMMAND, join(repo.place.top, 'bin', 'orch'));
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['orch st', ['status']],
    ['orch run --on-f', ['--on-failure']],
    ['orch run --on-failure ', ['continue', 'kill', 'no-new']],
    ['orch run --only a', ['api', 'app']],
    ['orch run --job bu', ['build-it']],
    ['orch completion ', ['bash', 'fish', 'zsh']],
  ];
  for (const [line, expected] of cases)
    expect({ line, offers: SHELLS[shell](repo, line) }).toEqual({ line, offers: expected });
});
