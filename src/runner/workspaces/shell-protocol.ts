/** How a shell is told of one git command, and how the end of what that prints is found in one stream for many. */
import { shellWord } from '../../shared/shell-word.ts';

export interface ShellCommand {
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  /** Beyond what the shell has. */
  readonly env: Readonly<Record<string, string>>;
  /** Lines. */
  readonly input?: string | undefined;
}

export interface ShellAnswer {
  /** As a shell tells it: 128 and the signal's number when one ended git. */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A system takes no single argument of more bytes than this, and a shell's input is best kept small. */
const LONGEST = 100_000;

/** Whether a shell can be told of it: a text is at its end where a NUL is, and input is fed by lines. */
export function fitsShell({ args, input = '\n' }: { args: readonly string[]; input?: Buffer | string }): boolean {
  if (typeof input !== 'string' || !input.endsWith('\n')) return false;
  return [...args, input].every((text) => text.length < LONGEST && !text.includes('\0'));
}

/** Output will end with a line break, the mark and the exit code, stderr with the mark. */
export function scriptOf({ args, cwd, env, input }: ShellCommand, mark: string): string {
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${shellWord(value)}`);
  const exporting = assignments.length === 0 ? '' : `export ${assignments.join(' ')};`;
  const git = `${exporting}exec git -C ${[cwd, ...args].map(shellWord).join(' ')}`;
  const report = String.raw`c=$?;printf '\n%s %s\n' ${mark} $c;printf '%s\n' ${mark}>&2`;
  return input === undefined ? `(${git})</dev/null;${report}\n` : `(${git})<<'${mark}';${report}\n${input}${mark}\n`;
}

export interface AnswerReader {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  /** Undefined until all of it is there. */
  answer(): ShellAnswer | undefined;
  /** What was said on stderr so far. */
  said(): string;
}

/** The longest that a mark and an exit code can be. */
const MARK_LENGTH = 80;

/** `mark` is one that nobody could have written by chance or on purpose. */
export function createAnswerReader(mark: string): AnswerReader {
  const chunks: Buffer[] = [];
  const said: Buffer[] = [];
  let outEnd = '';
  let saidEnd = '';
  let code: number | undefined;
  return {
    stdout(chunk) {
      chunks.push(chunk);
      outEnd = endOf(outEnd, chunk);
      const at = outEnd.lastIndexOf(`\n${mark} `);
      if (at >= 0 && outEnd.endsWith('\n')) code = Number(outEnd.slice(at + mark.length + 2));
    },
    stderr(chunk) {
      said.push(chunk);
      saidEnd = endOf(saidEnd, chunk);
    },
    answer() {
      if (code === undefined || !saidEnd.endsWith(`${mark}\n`)) return undefined;
      const all = Buffer.concat(chunks);
      const stdout = all.subarray(0, all.lastIndexOf('\n', all.length - 2));
      return {
        code,
        stdout,
        stderr: Buffer.concat(said)
          .toString('utf8')
          .slice(0, -mark.length - 1),
      };
    },
    said: () => Buffer.concat(said).toString('utf8'),
  };
}

function endOf(before: string, chunk: Buffer): string {
  return `${before}${chunk.toString('latin1', Math.max(0, chunk.length - MARK_LENGTH))}`.slice(-MARK_LENGTH);
}
