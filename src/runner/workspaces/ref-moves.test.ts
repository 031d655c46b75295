import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createRefMoves } from './ref-moves.ts';
import { createSandbox } from './testing/sandbox.ts';

const NULL_ID = '0'.repeat(40);

function prepare(env: Readonly<Record<string, string>> = {}) {
  const sandbox = createSandbox();
  let started = 0;
  const moves = createRefMoves({
    cwd: sandbox.root,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: sandbox.home,
      GIT_CONFIG_GLOBAL: join(sandbox.home, '.gitconfig'),
      LC_ALL: 'C',
      ...env,
    },
    onStart: () => started++,
  });
  const first = sandbox.git('rev-parse', 'HEAD');
  const second = sandbox.git('commit-tree', '-m', 'second', '-p', first, `${first}^{tree}`);
  const at = (ref: string): string => sandbox.git('for-each-ref', '--format=%(objectname)', ref);
  return { sandbox, moves, first, second, at, started: () => started };
}

describe('ref moves', () => {
  it('share a process, in the order in which they were asked for', async () => {
    const { sandbox, moves, first, second, at, started } = prepare();
    const made = moves.move('refs/heads/a', first, NULL_ID);
    const moved = moves.move('refs/heads/a', second, first);
    const other = moves.move('refs/heads/b', first, NULL_ID);
    expect(await Promise.all([made, moved, other])).toEqual([undefined, undefined, undefined]);
    expect([at('refs/heads/a'), at('refs/heads/b')]).toEqual([second, first]);
    expect(sandbox.git('reflog', '--format=%H %gs', 'a')).toBe(`${second} orch\n${first} orch`);
    expect(started()).toBe(1);
    await moves.close();
  });

  it('say what git has against one, and go on with the next', async () => {
    const { moves, first, second, at, started } = prepare();
    expect(await moves.move('refs/heads/main', second, NULL_ID)).toContain('already exists');
    expect(await moves.move('refs/heads/main', first, second)).toContain('but expected');
    expect(await moves.move('refs/heads/main/below', first, NULL_ID)).toContain("'refs/heads/main' exists");
    expect(await moves.move('refs/heads/bad..name', first, NULL_ID)).toContain('bad..name');
    expect(at('refs/heads/main')).toBe(first);
    expect(await moves.move('refs/heads/main', second, first)).toBeUndefined();
    expect(at('refs/heads/main')).toBe(second);
    expect(started()).toBe(5);
    await moves.close();
  });

  it('use another process after a moment, for git keeps the time at which it was started', async () => {
    const { moves, first, at, started } = prepare();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      expect(await moves.move('refs/heads/a', first, NULL_ID)).toBeUndefined();
      vi.advanceTimersByTime(1000);
      expect(await moves.move('refs/heads/b', first, NULL_ID)).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
    expect([at('refs/heads/a'), at('refs/heads/b'), started()]).toEqual([first, first, 2]);
    await moves.close();
  });

  it('see what others did to a ref in between', async () => {
    const { sandbox, moves, first, second, at, started } = prepare();
    expect(await moves.move('refs/heads/a', first, NULL_ID)).toBeUndefined();
    sandbox.git('update-ref', 'refs/heads/a', second);
    sandbox.git('pack-refs', '--all');
    expect(await moves.move('refs/heads/a', first, second)).toBeUndefined();
    expect([at('refs/heads/a'), started()]).toEqual([first, 1]);
    await moves.close();
  });

  it('fail in words without a git', async () => {
    const { moves, first } = prepare({ PATH: '/nowhere' });
    expect(await moves.move('refs/heads/a', first, NULL_ID)).toContain('ENOENT');
    await moves.close();
  });

  it('fail when git ends without a word', async () => {
    const { sandbox, first } = prepare();
    const program = join(sandbox.home, 'git');
    writeFileSync(program, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const moves = createRefMoves({ cwd: sandbox.root, env: { PATH: sandbox.home }, onStart: () => undefined });
    expect(await moves.move('refs/heads/a', first, NULL_ID)).toBe('git update-ref ended');
    await moves.close();
  });
});
