/** Boxes of a real engine around the commands of a task, with the repository that the task's worktree gives them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hostPath } from '../../../shared/brand.ts';
import type { Engine } from '../../environments/docker/engine.ts';
import type { Externals } from '../../environments/docker/externals.ts';
import { createTaskBoxes } from '../../environments/docker/task-box.ts';
import { BASE } from '../../environments/docker/testing/real-engine.ts';
import type { LinkedWorktree } from '../worktree.ts';
import { temporaryDirectory } from './sandbox.ts';

export interface RealBox {
  /** A bash command in a box of its own, which is gone afterwards: its output, then a line with the exit code. */
  sh(command: string): Promise<string>;
}

/** Another user than root, where the tests run as root. */
const ids = [process.getuid?.() ?? 0, process.getgid?.() ?? 0] as const;
const user = ids[0] === 0 ? { uid: 1234, gid: 1234 } : { uid: ids[0], gid: ids[1] };

let count = 0;

export function realBox(engine: Engine, externals: Externals, tree: LinkedWorktree): RealBox {
  const scratch = temporaryDirectory();
  const home = hostPath(join(scratch, 'home'));
  mkdirSync(home);
  for (const path of [tree.path, home]) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, path]);
  return {
    sh: async (command) => {
      const git = await tree.boxGit({ user, workTree: tree.path });
      const boxes = createTaskBoxes(engine, {
        owner: { run: `box-git-${process.pid}-${++count}`, job: 'a' },
        image: BASE,
        user,
        memory: 256 * 1024 ** 2,
        cpus: 1,
        pids: 100,
        network: 'none',
        readOnly: true,
        home,
        temporary: home,
        mounts: [{ host: tree.path, inner: tree.path }, ...git.mounts],
        externals,
        onRefusal: () => undefined,
        tell: () => undefined,
      });
      let output = '';
      const running = await boxes.start({
        argv: ['bash', '-c', command],
        cwd: tree.path,
        env: git.env,
        onOutput: (chunk) => void (output += String(chunk)),
      });
      const exit = await running.exit;
      await running.reap();
      return `${output}${exit.kind === 'exited' ? exit.code : exit.kind}`;
    },
  };
}
