import { describe, expect, it } from 'vitest';
import { meantRunnerLabel, readRunnerLabel } from './runner-labels.ts';

describe('a label of runs-on', () => {
  it.each([
    ['ubuntu-latest', 'linux'],
    ['Ubuntu-24.04-ARM', 'linux'],
    ['ubuntu-26.10', 'linux'],
    ['ubuntu-latest-16-cores', 'linux'],
    // Larger runners have the names that an organisation gives them.
    ['ubuntu-8core', 'linux'],
    ['ubuntu-big_box', 'linux'],
    ['Linux', 'linux'],
    ['macos-15-intel', 'darwin'],
    ['macOS', 'darwin'],
    ['windows-11-arm', 'win32'],
    ['windows-2025', 'win32'],
  ])('%s stands for %s', (label, system) => {
    expect(readRunnerLabel(label)).toEqual({ kind: 'system', system });
    expect(meantRunnerLabel(label)).toBeUndefined();
  });

  it('may be what self-hosted runners call themselves', () => {
    expect(['self-hosted', 'X64', 'ARM64'].map(readRunnerLabel)).toEqual([
      { kind: 'self-hosted' },
      { kind: 'processor', processor: 'x64' },
      { kind: 'processor', processor: 'arm64' },
    ]);
  });

  it.each([
    ['ubuntu-lates', 'ubuntu-latest'],
    ['ubuntu-lastest', 'ubuntu-latest'],
    ['ubuntu-2204', 'ubuntu-22.04'],
    ['ubuntu-24.4', 'ubuntu-24.04'],
    ['ubunto-latest', 'ubuntu-latest'],
    ['windows-lates', 'windows-latest'],
    ['windows-222', 'windows-2022'],
    ['macos-lattest', 'macos-latest'],
    ['linx', 'linux'],
    ['selfhosted', 'self-hosted'],
    ['ubuntu-', undefined],
    ['gpu', undefined],
    ['__proto__', undefined],
    ['', undefined],
  ])('%j is unknown, and %s was meant', (label, meant) => {
    expect(readRunnerLabel(label)).toEqual({ kind: 'unknown' });
    expect(meantRunnerLabel(label)).toBe(meant);
  });
});
