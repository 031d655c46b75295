import { describe, expect, it } from 'vitest';
import { mapping, type Node, type StepsJob, scalar, sequence } from '../workflow/index.ts';
import { expandJob } from './expand.ts';
import { makePlan } from './plan.ts';
import { initialState, plannedAt } from './state.ts';

const PLATFORMS = { system: 'linux', processor: 'x64', labels: new Set<string>(), incomplete: 'any' } as const;

function expand(keys: Partial<StepsJob>) {
  const job: StepsJob = { kind: 'steps', id: 'a', needs: [], runsOn: scalar('ubuntu-latest'), steps: [], ...keys };
  const policy = { maxParallel: 1, onFailure: 'continue', platforms: PLATFORMS } as const;
  const inputs = { env: 'prod', labels: ['self-hosted', 'linux'], no: false, minutes: 2 };
  const plan = makePlan({ jobs: [job] }, policy, { github: {}, inputs, vars: {} });
  const state = initialState(plan);
  const expanded = expandJob(plan, state, plannedAt(state, 0));
  return expanded.ok ? expanded.value.legs[0] : expanded.error;
}

describe('runs-on', () => {
  it.each<[string, Node, unknown]>([
    ['a text', scalar('ubuntu-latest'), { labels: ['ubuntu-latest'] }],
    ['a list', sequence([scalar('self-hosted'), scalar('linux')]), { labels: ['self-hosted', 'linux'] }],
    ['an expression of a list', scalar('${{ inputs.labels }}'), { labels: ['self-hosted', 'linux'] }],
    [
      'a group',
      mapping({ group: scalar('big'), labels: scalar('${{ inputs.labels }}') }),
      { labels: ['self-hosted', 'linux'], group: 'big' },
    ],
  ])('%s', (_, runsOn, expected) => {
    const leg = expand({ runsOn });
    expect(leg).toMatchObject({ runsOn: expected });
    expect(leg).not.toHaveProperty('unserved');
  });

  it('a group alone is nothing that this machine knows', () => {
    expect(expand({ runsOn: mapping({ group: scalar('big') }) })).toMatchObject({ unserved: 'unknown-label' });
  });

  it.each([scalar('${{ inputs.nothing }}'), sequence([])])('nothing is an error', (runsOn) => {
    expect(expand({ runsOn })).toBe('runs-on names neither a label nor a group');
  });
});

describe('environment', () => {
  it.each<[string, Node, unknown]>([
    ['a text', scalar('${{ inputs.env }}'), { name: 'prod', deployment: true }],
    [
      'a mapping',
      mapping({ name: scalar('x'), url: scalar('${{ steps.a.outputs.url }}'), deployment: scalar('${{ inputs.no }}') }),
      { name: 'x', deployment: false },
    ],
    ['an empty name', scalar('${{ inputs.nothing }}'), undefined],
  ])('%s', (_, environment, expected) => {
    const leg = expand({ environment });
    expect(typeof leg === 'object' ? leg.environment : leg).toEqual(expected);
  });
});

describe('limits', () => {
  it('cancel-timeout-minutes may be an expression, and nothing is nothing', () => {
    expect(expand({ cancelTimeoutMinutes: scalar('${{ inputs.minutes }}') })).toMatchObject({
      cancelTimeoutMinutes: 2,
    });
    expect(expand({})).not.toHaveProperty('cancelTimeoutMinutes');
  });

  it.each<[Partial<StepsJob>, string]>([
    [{ cancelTimeoutMinutes: scalar(-1) }, 'cancel-timeout-minutes must not be below 0'],
    [{ timeoutMinutes: scalar(0) }, 'timeout-minutes must be above 0'],
    [{ timeoutMinutes: scalar('${{ inputs.env }}') }, "timeout-minutes: Unexpected value 'prod'"],
    [{ concurrency: scalar("${{ '' }}") }, 'Concurrency group name cannot be empty'],
  ])('%j: %s', (keys, message) => {
    expect(expand(keys)).toBe(message);
  });
});
