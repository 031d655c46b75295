import { describe, expect, test } from 'vitest';
import { dataFromJson, type Scope } from './expressions/index.ts';
import { nameJob } from './job-name.ts';
import { type ScalarNode, scalar } from './model.ts';

const scope: Scope = { contexts: { matrix: dataFromJson({ os: 'linux', none: null }) }, functions: {} };

describe('nameJob', () => {
  test.each<[ScalarNode['value'] | undefined, string[], string]>([
    [undefined, [], 'build'],
    [undefined, ['20', 'linux'], 'build (20, linux)'],
    ['Build all', [], 'Build all'],
    ['Build all', ['20'], 'Build all (20)'],
    [1.1, ['20'], '1.1 (20)'],
    ['', ['20'], 'build (20)'],
    ['on ${{ matrix.os }}', ['20', 'linux'], 'on linux'],
    ['${{ matrix.none }}', ['20'], 'build (20)'],
    [undefined, ['x'.repeat(200)], `build (${'x'.repeat(90)}...`],
    ['y'.repeat(101), [], `${'y'.repeat(97)}...`],
    ['y'.repeat(100), [], 'y'.repeat(100)],
  ])('%j with %j', (name, segments, expected) => {
    const job = { id: 'build', ...(name === undefined ? {} : { name: scalar(name) }) };
    expect(nameJob(job, segments, scope)).toEqual({ ok: true, value: expected });
  });

  test('a fault in the expression', () => {
    expect(nameJob({ id: 'a', name: scalar('${{ nope }}') }, [], scope).ok).toBe(false);
  });
});
