import { describe, expect, it } from 'vitest';
import { judgeRunsOn } from './platforms.ts';
import { type JobSketch, planOf, Simulation } from './testing/simulation.ts';

function platforms(system: string, incomplete: 'any' | 'unknown-label' | 'none' = 'unknown-label') {
  return { system, processor: 'x64', labels: new Set(['gpu', 'windows-2022']), incomplete };
}

describe('which machine serves runs-on', () => {
  it.each<[readonly string[], string, string | undefined]>([
    [['ubuntu-latest'], 'linux', undefined],
    [['ubuntu-24.04-arm'], 'linux', undefined],
    [['UBUNTU-LATEST'], 'linux', undefined],
    [['self-hosted', 'linux'], 'linux', undefined],
    [['self-hosted', 'linux', 'gpu'], 'linux', undefined],
    [['self-hosted', 'x64-big'], 'linux', 'unknown-label'],
    [['macos-14'], 'linux', 'other-system'],
    [['macos-14'], 'darwin', undefined],
    [['ubuntu-latest'], 'darwin', 'other-system'],
    [['windows-latest'], 'linux', 'other-system'],
    // Somebody said that it is served.
    [['windows-2022'], 'linux', undefined],
    [['windows-latest', 'ours'], 'linux', 'unknown-label'],
    [['ubuntu'], 'linux', 'unknown-label'],
    [['self-hosted', 'Linux', 'X64'], 'linux', undefined],
    [['self-hosted', 'linux', 'ARM64'], 'linux', 'other-system'],
    [['ubuntu-lates'], 'linux', 'unknown-label'],
    [['windows-lates'], 'linux', 'unknown-label'],
    [[], 'linux', 'unknown-label'],
  ])('%j on %s: %s', (labels, system, verdict) => {
    expect(judgeRunsOn({ labels }, platforms(system))).toBe(verdict);
  });
});

function simulate(jobs: readonly JobSketch[], incomplete?: 'any' | 'unknown-label' | 'none'): Simulation {
  return new Simulation(planOf(jobs, { platforms: platforms('linux', incomplete) }));
}

describe('a job that nobody serves', () => {
  it('is skipped for that, and so is what needs it; the rest runs', () => {
    const run = simulate([
      { id: 'a', runsOn: 'windows-latest' },
      { id: 'b', needs: ['a'] },
      { id: 'c' },
      { id: 'd', needs: ['a'], if: 'always()' },
    ]);
    expect(run.running).toEqual(['c', 'd']);
    const skips = run.events.filter((event) => event.type === 'job.skipped');
    expect(skips.map(({ job, leg, reason, result }) => [job, leg, reason, result])).toEqual([
      ['a', 'a', 'unserved', 'skipped'],
      ['b', undefined, 'needs', 'skipped'],
    ]);
  });

  it('is judged leg by leg, and what needs the job is skipped when one leg was not served', () => {
    const run = simulate([
      // biome-ignore format: one line shows the two legs
      { id: 'a', legs: 2, runsOn: "${{ matrix.n == 'n0' && 'ubuntu-latest' || 'macos-latest' }}" },
      { id: 'b', needs: ['a'] },
    ]);
    expect(run.running).toEqual(['a+n0']);
    run.finish('a+n0');
    expect([run.result('a'), run.result('b')]).toEqual(['skipped', 'skipped']);
  });

  it('joins no concurrency group', () => {
    const run = simulate([
      { id: 'a', group: 'g', runsOn: 'nowhere' },
      { id: 'b', group: 'g' },
    ]);
    expect(run.running).toEqual(['b']);
  });

  it.each([
    ['windows-latest', undefined, 0],
    ['nowhere', undefined, 4],
    ['windows-latest', 'any', 4],
    ['nowhere', 'none', 0],
    ['ubuntu-latest', 'any', 0],
  ] as const)('%s, counting %s: exit code %i', (runsOn, incomplete, exitCode) => {
    const run = simulate([{ id: 'a', runsOn }, { id: 'b' }], incomplete);
    for (const leg of run.running) run.finish(leg);
    const end = run.events.at(-1);
    expect(end).toMatchObject({ type: 'run.finished', exitCode, result: exitCode === 4 ? 'incomplete' : 'success' });
  });

  it('does not hide a failure', () => {
    const run = simulate([{ id: 'a', runsOn: 'nowhere' }, { id: 'b' }]);
    run.finish('b', 'failure');
    expect(run.events.at(-1)).toMatchObject({ exitCode: 1, result: 'failure' });
  });
});
