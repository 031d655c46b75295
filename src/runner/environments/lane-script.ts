/**
 * What a lane's shell is told to start one command. Environments of successive commands differ in little: the shell
 * keeps that of the first, and of the others it is told the difference.
 */
import { shellWord } from '../../shared/shell-word.ts';

export interface LaneCommand {
  readonly argv: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The named pipe that takes stdout and stderr. */
  readonly output: string;
}

export interface LaneScripts {
  /** Text for the shell. Behind the command it writes `exit <code>` to descriptor 4. */
  of(command: LaneCommand): string;
}

type Entry = readonly [name: string, value: string];

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Names that one shell or another refuses to set, or sets itself. They reach the command past the shell. */
const SPECIAL =
  /^(_|BASH.*|DIRSTACK|E?UID|FUNCNAME|GROUPS|IFS|LINENO|OPTARG|OPTIND|PIPESTATUS|POSIXLY_CORRECT|PPID|RANDOM|SECONDS|SHELLOPTS)$/;

/** What a shell exports by itself, the first two at each `cd`. */
const OF_SHELL = ['PWD', 'OLDPWD', 'SHLVL'];

/** `envProgram` is the system's `env`. */
export function createLaneScripts(envProgram: string): LaneScripts {
  let kept: ReadonlyMap<string, string> | undefined;
  return {
    of: ({ argv, cwd, env, output }) => {
      const entries = Object.entries(env);
      let first = '';
      if (kept === undefined) {
        const own = entries.filter(([name]) => isOwn(name));
        kept = new Map(own);
        first = exporting(own);
      }
      const base = kept;
      const news = entries.filter(([name, value]) => base.get(name) !== value || OF_SHELL.includes(name));
      const past = news.filter(([name]) => !isOwn(name));
      const changed = past.length === 0 ? news : news.filter(([name]) => isOwn(name));
      const gone = [...OF_SHELL, ...[...base.keys()].filter((name) => env[name] === undefined)];
      const words = past.length === 0 ? argv : [envProgram, ...past.map((entry) => entry.join('=')), ...argv];
      const inner = `cd ${shellWord(cwd)}||exit;unset ${gone.join(' ')};${exporting(changed)}exec ${words.map(shellWord).join(' ')}`;
      return `${first}(${inner})>${shellWord(output)} 2>&1 4>&-;echo "exit $?">&4\n`;
    },
  };
}

function isOwn(name: string): boolean {
  return PLAIN.test(name) && !SPECIAL.test(name);
}

function exporting(entries: readonly Entry[]): string {
  const assignments = entries.map(([name, value]) => `${name}=${shellWord(value)}`);
  return assignments.length === 0 ? '' : `export ${assignments.join(' ')};`;
}
