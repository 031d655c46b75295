import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../shared/quantity.ts';
import { CHECKOUT, taskActionOf, usesOf } from './actions.ts';
import { spanText } from './spans.ts';

describe('taskActionOf', () => {
  const names = ['prepare-task', 'digest-run', 'run-task', 'finish-task', 'conclude-review'] as const;
  const remote = { kind: 'repository', repository: 'me/orch', ref: 'v1.2' } as const;

  it.each(names)('knows %s by both of its names', (name) => {
    expect(taskActionOf(usesOf(name, { kind: 'vendored' }))).toBe(name);
    expect(taskActionOf(usesOf(name, remote))).toBe(name);
  });

  it.each([
    CHECKOUT,
    './.github/actions/other',
    './.github/actions/run-task@v1',
    './.github/actions/run-task/x',
    '../.github/actions/run-task',
    'me/orch/action-templates/run-task',
    'me/orch/run-task@v1',
    'x/me/orch/action-templates/run-task@v1',
    '',
  ])('%j is none of ours', (uses) => {
    expect(taskActionOf(uses)).toBeUndefined();
  });
});

describe('spanText', () => {
  it.each([
    [0, '0s'],
    [500, '500ms'],
    [90_000, '1m30s'],
    [1_800_000, '30m'],
    [5_400_000, '1h30m'],
    [86_400_001, '24h1ms'],
  ])('%i is %s, and back', (milliseconds, text) => {
    expect(spanText(milliseconds)).toBe(text);
    expect(parseDuration(text)).toBe(milliseconds);
  });
});
