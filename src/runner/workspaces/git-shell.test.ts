import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MachineError } from '../../shared/failure.ts';
import { type GitShell, openGitShell } from './git-shell.ts';
import { createGitShells } from './git-shells.ts';
import { fitsShell } from './shell-protocol.ts';
import { temporaryDirectory } from './testing/sandbox.ts';

const PATH = process.env['PATH'] ?? '';

/** A program called git that does as the script says. */
function gitThat(script: string): string {
  const place = temporaryDirectory();
  writeFileSync(join(place, 'git'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(place, 'git'), 0o755);
  return `${place}:${PATH}`;
}

function open(path: string, silence = 30_000): GitShell {
  const shell = openGitShell({ cwd: temporaryDirectory(), env: { PATH: path, BASE: 'base' }, silence });
  onTestFinished(() => shell.close());
  return shell;
}

describe('a shell for git', () => {
  it('hands on arguments, input and output byte by byte', async () => {
    const shell = open(gitThat(`shift 2; printf '<%s>' "$@"; cat`));
    const nasty = [`it's "q" $HOME \`x\` \\`, 'two\nlines\n', '-dash', '', 'Á\u0081ü\u{1f600}', '*', '\t\u001b[0m'];
    const input = `${nasty.join(' ')}\n\u0088\nEOF\n`;
    const answer = await shell.run({ args: nasty, cwd: '/', env: {}, input });
    expect(answer.stdout.toString()).toBe(`${nasty.map((arg) => `<${arg}>`).join('')}${input}`);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
  });

  it('gives git its directory and its variables, each call its own, and no input', async () => {
    const shell = open(gitThat(`echo "$2 $BASE $MORE $#"; cat`));
    const first = await shell.run({ args: ['a'], cwd: '/x y', env: { MORE: "it's" } });
    const second = await shell.run({ args: [], cwd: '/', env: {} });
    expect(first.stdout.toString()).toBe("/x y base it's 3\n");
    expect(second.stdout.toString()).toBe('/ base  2\n');
  });

  it('tells output without a line break, nothing, and much from each other', async () => {
    const shell = open(gitThat(`shift 2; eval "$1"`));
    const run = async (script: string): Promise<Buffer> =>
      (await shell.run({ args: [script], cwd: '/', env: {} })).stdout;
    expect((await run('printf x')).toString()).toBe('x');
    expect((await run(':')).toString()).toBe('');
    expect((await run(String.raw`printf '\n\n \0 1\n'`)).toString()).toBe('\n\n \0 1\n');
    expect(await run('head -c 3000000 /dev/zero; echo end')).toHaveLength(3_000_004);
  });

  it('tells the exit code and what was said of it', async () => {
    const shell = open(gitThat('echo out; echo reason >&2; exit 128'));
    const answer = await shell.run({ args: [], cwd: '/', env: {} });
    expect(answer).toEqual({ code: 128, stdout: Buffer.from('out\n'), stderr: 'reason\n' });
  });

  it('says that git is not there by the exit code of shells', async () => {
    const shell = open(temporaryDirectory());
    expect(await shell.run({ args: [], cwd: '/', env: {} })).toMatchObject({ code: 127 });
  });

  it('ends a git that says nothing for too long, and what that has started', async () => {
    const file = join(temporaryDirectory(), 'pid');
    const shell = open(gitThat(`sleep 600 & echo $! > ${file}; wait`), 2000);
    const failure = await shell.run({ args: [], cwd: '/', env: {} }).catch((error: unknown) => error);
    if (!(failure instanceof MachineError)) throw failure;
    expect(failure.message).toContain('having said nothing');
    expect(shell.isOver()).toBe(true);
    expect(isRunning(Number(readFileSync(file, 'utf8')))).toBe(false);
  });

  it('is told only what a shell can be told', () => {
    expect(fitsShell({ args: ['a'] })).toBe(true);
    expect(fitsShell({ args: ['a'], input: 'line\n' })).toBe(true);
    expect(fitsShell({ args: ['a\0b'] })).toBe(false);
    expect(fitsShell({ args: ['a'], input: 'no line' })).toBe(false);
    expect(fitsShell({ args: ['a'], input: '' })).toBe(false);
    expect(fitsShell({ args: ['a'], input: Buffer.from('line\n') })).toBe(false);
    expect(fitsShell({ args: ['x'.repeat(200_000)] })).toBe(false);
  });
});

function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe('shells for git', () => {
  const shellOf = `shift 2; [ "$1" = die ] && kill -9 $PPID; echo $PPID`;

  function openShells(path: string) {
    const shells = createGitShells({ cwd: temporaryDirectory(), env: { PATH: path, A: 'a' } });
    onTestFinished(() => shells.close());
    return (...args: readonly string[]) => shells.run({ args, cwd: '/', env: { PATH: path, A: 'b' } });
  }

  it('are as many as there are calls at once, and used again', async () => {
    const run = openShells(gitThat(shellOf));
    const texts = async (): Promise<readonly string[]> =>
      (await Promise.all([run(), run(), run()])).map(({ stdout }) => stdout.toString());
    const first = await texts();
    expect(new Set(first).size).toBe(3);
    expect(new Set(await texts())).toEqual(new Set(first));
  });

  it('are replaced when one is ended from outside; its call has failed', async () => {
    const run = openShells(gitThat(shellOf));
    const before = (await run()).stdout.toString();
    await expect(run('die')).rejects.toThrow('the shell that started it is gone');
    expect((await run()).stdout.toString()).not.toBe(before);
  });
});
