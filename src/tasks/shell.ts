/** How a command's text becomes a process's arguments, by shell. */
import { type HostPath, hostPath } from '../shared/brand.ts';
import type { Failure } from '../shared/failure.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { invalidInput } from './inputs.ts';
import type { Files } from './ports.ts';

type Argv = readonly [string, ...string[]];

/** Characters; Linux takes 128 KiB in one argument, and a character is at most three bytes. */
const LONGEST_ARGUMENT = 32_000;

interface Shell {
  /** `{0}` stands for the script's path. */
  readonly script: Argv;
  /** With these before it, the command's text is itself an argument. */
  readonly inline?: Argv;
  readonly extension: string;
  readonly wrap?: (command: string) => string;
}

/** GitHub's own: stop at the first error, and end with the last native program's code. */
function wrapPowerShell(command: string): string {
  return [
    "$ErrorActionPreference = 'stop'",
    command,
    'if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }',
    '',
  ].join('\n');
}

const BASH: Argv = ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail'];

const SHELLS: ReadonlyMap<string, Shell> = new Map<string, Shell>([
  ['bash', { script: [...BASH, '{0}'], inline: [...BASH, '-c'], extension: '.sh' }],
  ['sh', { script: ['sh', '-e', '{0}'], inline: ['sh', '-e', '-c'], extension: '.sh' }],
  ['python', { script: ['python', '{0}'], extension: '.py' }],
  ['node', { script: ['node', '{0}'], extension: '.js' }],
  ['pwsh', { script: ['pwsh', '-command', ". '{0}'"], extension: '.ps1', wrap: wrapPowerShell }],
  ['powershell', { script: ['powershell', '-command', ". '{0}'"], extension: '.ps1', wrap: wrapPowerShell }],
]);

/** A template such as `perl {0}`; its words are apart by white space, without quoting. */
function customShell(template: string): Shell | undefined {
  const [program, ...rest] = template.trim().split(/\s+/);
  if (program === undefined || !template.includes('{0}')) return undefined;
  const known = SHELLS.get(program);
  return { script: [program, ...rest], extension: known?.extension ?? '', ...(known?.wrap && { wrap: known.wrap }) };
}

/** The shell that `name` means, or the failure `input-invalid`. */
export function findShell(name: string): Result<Shell, Failure> {
  const shell = SHELLS.get(name.trim()) ?? customShell(name);
  if (shell !== undefined) return ok(shell);
  return err(
    invalidInput([
      `shell is ${JSON.stringify(name)}, neither one of ${[...SHELLS.keys()].join(', ')} nor a text with {0}`,
    ]),
  );
}

export interface ShellCall {
  readonly argv: Argv;
  /** The directory of its own that the script is in, where the shell wants a file. */
  readonly script?: HostPath;
}

/** The arguments that run `command`. */
export async function shellArguments(files: Files, name: string, command: string): Promise<Result<ShellCall, Failure>> {
  const found = findShell(name);
  if (!found.ok) return found;
  const shell = found.value;
  if (shell.inline && command.length <= LONGEST_ARGUMENT) return ok({ argv: [...shell.inline, command] });
  const folder = await files.temporary('script');
  const path = hostPath(`${folder}/command${shell.extension}`);
  await files.write(path, shell.wrap?.(command) ?? command);
  const [program, ...rest] = shell.script;
  const fill = (word: string) => word.replaceAll('{0}', () => path);
  return ok({ argv: [fill(program), ...rest.map(fill)], script: folder });
}
