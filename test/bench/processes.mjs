// How many processes and programs a task costs, counted by strace where there is one.
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './command.mjs';

const FEW = 4;
const MORE = 12;

/** Sentences. What a run costs whatever the number of its tasks falls out: two runs are compared. */
export async function countProcesses(place, { root }, { of, raw, orch }) {
  const strace = process.env.PATH.split(delimiter).some((folder) => existsSync(join(folder, 'strace')));
  if (!strace) return ['processes were not counted: there is no strace here'];
  const sides = { raw, orch };
  const found = {};
  for (const [side, command] of Object.entries(sides)) {
    const counts = [];
    for (const tasks of [FEW, MORE]) {
      of(tasks);
      counts.push(await count(place, command(tasks), root));
    }
    const each = (what) => ((counts[1][what] - counts[0][what]) / (MORE - FEW)).toFixed(1);
    found[side] = `${each('forks')} processes and ${each('programs')} programs a task`;
  }
  return [`started: ${found.orch} to ${found.raw}`];
}

async function count(place, argv, cwd) {
  const file = join(place.top, 'trace');
  const calls = 'trace=execve,clone,clone3,fork,vfork';
  await run(place, ['strace', '-f', '-qq', '-e', calls, '-e', 'signal=none', '-o', file, ...argv], { cwd });
  const counts = { forks: 0, programs: 0 };
  /** Calls that strace tells of in two parts are counted by their second, and threads are told by the first. */
  const threads = new Set();
  for (const line of readFileSync(file, 'latin1').split('\n')) {
    const [pid] = line.split(' ', 1);
    if (line.includes('<unfinished')) {
      if (line.includes('CLONE_THREAD')) threads.add(pid);
      continue;
    }
    const thread = line.includes('CLONE_THREAD') || (line.includes('clone') && threads.delete(pid));
    if (/execve.* = 0$/.test(line)) counts.programs++;
    else if (!thread && /(clone3?|v?fork)\b.* = \d+$/.test(line)) counts.forks++;
  }
  return counts;
}
