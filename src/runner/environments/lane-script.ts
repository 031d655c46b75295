/**
 * What a lane's shell is told to start one command. Environments of successive commands differ in little: the shell
 * keeps that of the first, and of the others it is told the difference.
 */
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

type Env = Readonly<Record<string, string>>;

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Names that one shell or another refuses to set, or sets itself. They reach the command past the shell. */
const SPECIAL =
  /^(_|BASH.*|DIRSTACK|E?UID|FUNCNAME|GROUPS|IFS|LINENO|OPTARG|OPTIND|PIPESTATUS|POSIXLY_CORRECT|PPID|RANDOM|SECONDS|SHELLOPTS)$/;

/** What a shell exports by itself, the first two at each `cd`. */
const OF_SHELL = ['PWD', 'OLDPWD', 'SHLVL'];

/** `envProgram` is the system's `env`. */
export function createLaneScripts(envProgram: string): LaneScripts {
  let kept: Env | undefined;
  return {
    of: ({ argv, cwd, env, output }) => {
      const { own, past } = divide(env);
      let first = '';
      if (kept === undefined) {
        kept = own;
        first = exporting(own);
      }
      const base = kept;
      const isNews = ([name, value]: readonly [string, string]): boolean =>
        base[name] !== value || OF_SHELL.includes(name);
      const changed = Object.fromEntries(Object.entries(own).filter(isNews));
      const gone = [...OF_SHELL, ...Object.keys(base).filter((name) => own[name] === undefined)];
      const words = past.length === 0 ? argv : [envProgram, ...past.map((entry) => entry.join('=')), ...argv];
      const inner = `cd ${quote(cwd)}||exit;unset ${gone.join(' ')};${exporting(changed)}exec ${words.map(quote).join(' ')}`;
      return `${first}(${inner})>${quote(output)} 2>&1 4>&-;echo "exit $?">&4\n`;
    },
  };
}

function divide(env: Env): { readonly own: Env; readonly past: readonly (readonly [string, string])[] } {
  const entries = Object.entries(env);
  const isOwn = ([name]: readonly [string, string]): boolean => PLAIN.test(name) && !SPECIAL.test(name);
  return { own: Object.fromEntries(entries.filter(isOwn)), past: entries.filter((entry) => !isOwn(entry)) };
}

function exporting(env: Env): string {
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${quote(value)}`);
  return assignments.length === 0 ? '' : `export ${assignments.join(' ')};`;
}

/** One word, whatever is in it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
