// What the benchmarks ran on, and how busy it was.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export function describeMachine() {
  const git = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim().replace('git version ', '');
  return {
    node: process.versions.node,
    git,
    cores: availableParallelism(),
    cpu: (cpus()[0]?.model ?? 'unknown').trim(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${process.platform} ${release()}`,
  };
}

/** Processes that want to run, averaged over the last minute. */
export function load() {
  return loadavg()[0].toFixed(1);
}
