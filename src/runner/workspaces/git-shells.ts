/** As many shells for git as there are calls at once, each opened when it is first needed. */
import { type GitShell, openGitShell } from './git-shell.ts';
import type { ShellAnswer, ShellCommand } from './shell-protocol.ts';

export interface GitShells {
  /** `env` is the whole environment. Throws `MachineError` when the shell goes before git has ended. */
  run(command: ShellCommand): Promise<ShellAnswer>;
  /** Waits for the shells to end. */
  close(): Promise<void>;
}

export interface GitShellsOptions {
  readonly cwd: string;
  /** What all calls have in their environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A git that says nothing for this long hangs, on a named pipe or a dead network drive. Milliseconds. */
const SILENCE = 10 * 60_000;

export function createGitShells({ cwd, env }: GitShellsOptions): GitShells {
  const all = new Set<GitShell>();
  const idle: GitShell[] = [];
  const open = (): GitShell => {
    const shell = openGitShell({ cwd, env, silence: SILENCE });
    all.add(shell);
    return shell;
  };
  const take = (): GitShell => {
    for (let shell = idle.pop(); shell !== undefined; shell = idle.pop()) {
      if (!shell.isOver()) return shell;
      all.delete(shell);
    }
    return open();
  };
  return {
    run: async (command) => {
      const shell = take();
      const news = Object.entries(command.env).filter(([name, value]) => env[name] !== value);
      try {
        return await shell.run({ ...command, env: Object.fromEntries(news) });
      } finally {
        idle.push(shell);
      }
    },
    close: async () => {
      await Promise.all([...all].map((shell) => shell.close()));
    },
  };
}
