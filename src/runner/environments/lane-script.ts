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
const OF_SHELL: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'SHLVL']);

/** `envProgram` is the system's `env`. */
export function createLaneScripts(envProgram: string): LaneScripts {
  let kept: ReadonlyMap<string, string> | undefined;
  return {
    of: ({ argv, cwd, env, output }) => {
      let first = '';
      if (kept === undefined) {
        const own = Object.entries(env).filter(([name]) => isOwn(name) && !OF_SHELL.has(name));
        kept = new Map(own);
        first = own.length === 0 ? '' : `export ${assigning(own)};`;
      }
      const { own, past, gone } = difference(env, kept);
      const program = past.length === 0 ? argv : ([envProgram, ...past, ...argv] as const);
      const words = program.map(shellWord).join(' ');
      const to = `>${shellWord(output)} 2>&1 4>&-`;
      const inner = `unset ${[...OF_SHELL, ...gone].join(' ')};${own.length === 0 ? '' : `export ${assigning(own)};`}exec ${words}`;
      const apart = `(cd ${shellWord(cwd)}||exit;${inner})${to}`;
      // Without a slash it might be one of the shell's own commands.
      const isSimple = gone.length === 0 && program[0].includes('/');
      return `${first}${isSimple ? simply({ cwd, own, words, to }, apart) : apart};echo "exit $?">&4\n`;
    },
  };
}

/** A simple command is started without a copy of the shell. The directory is then the shell's own, until the next one. */
function simply(
  { cwd, own, words, to }: Record<'cwd' | 'words' | 'to', string> & { readonly own: readonly Entry[] },
  apart: string,
): string {
  const command = `unset ${[...OF_SHELL].join(' ')};${own.length === 0 ? '' : `${assigning(own)} `}${words}${to}`;
  return `if cd ${shellWord(cwd)} 2>/dev/null;then ${command};else ${apart};fi`;
}

interface Difference {
  readonly own: readonly Entry[];
  /** `NAME=value` of those that go past the shell. */
  readonly past: readonly string[];
  readonly gone: readonly string[];
}

function difference(env: LaneCommand['env'], base: ReadonlyMap<string, string>): Difference {
  const own: Entry[] = [];
  const past: string[] = [];
  let same = 0;
  for (const name of Object.keys(env)) {
    const value = env[name] ?? '';
    const before = base.get(name);
    if (before !== undefined) same++;
    if (before === value) continue;
    if (isOwn(name)) own.push([name, value]);
    else past.push(`${name}=${value}`);
  }
  return { own, past, gone: same === base.size ? [] : [...base.keys()].filter((name) => env[name] === undefined) };
}

function isOwn(name: string): boolean {
  return PLAIN.test(name) && !SPECIAL.test(name);
}

function assigning(entries: readonly Entry[]): string {
  return entries.map(([name, value]) => `${name}=${shellWord(value)}`).join(' ');
}
