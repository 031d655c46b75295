import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { shellWord } from '../../shared/shell-word.ts';
import { createLaneScripts } from './lane-script.ts';
import { which } from './program-lookup.ts';

const scratch = mkdtempSync(join(tmpdir(), 'orch-lane-script-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const PRINT = 'process.stdout.write(JSON.stringify([process.argv.slice(1), process.env, process.cwd()]))';

type Env = Readonly<Record<string, string>>;

/** What programs that a shell starts one after the other are given. */
function given(shell: string, envs: readonly Env[], args: readonly string[] = []): readonly [string[], Env, string][] {
  const scripts = createLaneScripts(which('env', process.env) ?? 'env');
  const argv = [process.execPath, '-e', PRINT, ...args] as const;
  const output = (index: number): string => join(scratch, `output '${index}`);
  const text = envs.map((env, index) => scripts.of({ argv, cwd: scratch, env, output: output(index) })).join('');
  const file = join(scratch, 'script');
  writeFileSync(file, text);
  const exits = execFileSync(shell, ['-c', `exec 4>&1; . ${shellWord(file)}`], {
    encoding: 'utf8',
    env: { OWN: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(exits).toBe('exit 0\n'.repeat(envs.length));
  return envs.map((_, index) => JSON.parse(readFileSync(output(index), 'utf8')) as [string[], Env, string]);
}

const SHELLS = ['/bin/sh', which('bash', process.env)].filter((shell) => shell !== undefined);

it.each(SHELLS)('%s hands over exactly the arguments, the directory and the environment', (shell) => {
  const odd = { "it's": 'a name', 'INPUT_WHO-TO-GREET': '`x` $x "x"', IFS: 'abc', OPTIND: 'none', UID: '7', 'a.b': '' };
  const plain = {
    OWN: '2',
    A: " two\nlines ' and \\ \t",
    EMPTY: '',
    PATH: '/nowhere',
    umlaut: 'ä€😀',
    PWD: '/elsewhere',
  };
  const args = ['', "a 'b'", '$HOME', '-n', '*', 'line\nline', '\\'];
  const [[gotArgs, env, cwd] = [], ...more] = given(shell, [{ ...plain, ...odd }], args);
  expect(more).toEqual([]);
  expect(gotArgs).toEqual(args);
  expect(cwd).toBe(scratch);
  // What a shell tells all that it starts, in the directory where that is.
  const { _: __, ...rest } = env ?? {};
  expect(rest).toEqual({ ...plain, ...odd });
});

it.each(SHELLS)('%s lets nothing of one command reach another', (shell) => {
  const envs = [{ A: '1', B: '1', 'C-C': '1' }, { B: '2', D: '2', PWD: '/x' }, {}, { A: '1', B: '1', OLDPWD: '/y' }];
  const got = given(shell, envs).map(([, { _: __, OWN: ___, ...env }]) => env);
  expect(got).toEqual(envs);
});

it('tells only what differs', () => {
  const scripts = createLaneScripts('/usr/bin/env');
  const command = { argv: ['/bin/true'] as const, cwd: '/', output: '/dev/null' };
  const long = 'x'.repeat(10_000);
  expect(scripts.of({ ...command, env: { LONG: long, A: '1' } })).toContain(long);
  const next = scripts.of({ ...command, env: { LONG: long, A: '2' } });
  expect(next).not.toContain(long);
  expect(next).toContain("A='2' '/bin/true'");
});

it.each(SHELLS)('%s starts what is named without a path as a program, not as a command of its own', (shell) => {
  const scripts = createLaneScripts(which('env', process.env) ?? 'env');
  const output = join(scratch, 'output-echo');
  const env = { PATH: process.env['PATH'] ?? '' };
  const script = scripts.of({ argv: ['echo', '--version'], cwd: scratch, env, output });
  const exits = execFileSync(shell, ['-c', `exec 4>&1; ${script}`], { encoding: 'utf8', env: {} });
  expect(exits).toBe('exit 0\n');
  // The shells' own would print its argument.
  expect(readFileSync(output, 'utf8')).toMatch(/^echo .*\d/);
});

it.each(SHELLS)('%s tells of a directory that cannot be entered, and goes on', (shell) => {
  const scripts = createLaneScripts('/usr/bin/env');
  const output = join(scratch, 'output-nowhere');
  const argv = ['/bin/echo', 'started'] as const;
  const nowhere = scripts.of({ argv, cwd: join(scratch, 'nowhere'), env: {}, output });
  const next = scripts.of({ argv, cwd: scratch, env: {}, output: join(scratch, 'output-next') });
  const exits = execFileSync(shell, ['-c', `exec 4>&1; ${nowhere}${next}`], { encoding: 'utf8', env: {} });
  expect(exits).toMatch(/^exit [1-9]\d*\nexit 0\n$/);
  expect(readFileSync(output, 'utf8')).toContain('nowhere');
  expect(readFileSync(join(scratch, 'output-next'), 'utf8')).toBe('started\n');
});
