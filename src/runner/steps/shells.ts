/** `run` steps: the file that a script becomes and the exact command line that runs it, for every shell. */
import { err, ok, type Result } from '../../shared/result.ts';
import { fillArguments, formatTemplate } from './command-line.ts';

export interface ScriptRequest {
  readonly script: string;
  /** As the step or the defaults say; undefined or '' means the default shell. */
  readonly shell?: string | undefined;
  /** Where the step runs. */
  readonly platform: NodeJS.Platform;
  /** In a container programs are found by whatever starts them there. */
  readonly container: boolean;
  /** The path of a program, found with what steps have put before the PATH. */
  readonly which: (program: string) => string | undefined;
  /** The script's path as the shell sees it, made of the file's name. */
  readonly pathOf: (fileName: string) => string;
  /** Makes the file's name unique. */
  readonly id: string;
}

export interface ScriptCommand {
  readonly file: { readonly name: string; readonly contents: string };
  readonly program: string;
  readonly args: readonly string[];
  /** On Windows the arguments are one text, handed to the program without quoting. */
  readonly verbatim: boolean;
  /** For the log, behind `shell: `. */
  readonly shown: string;
}

interface Shell {
  readonly args: string;
  readonly extension: string;
}

const POWERSHELL: Shell = { args: `-command ". '{0}'"`, extension: '.ps1' };

const SHELLS: ReadonlyMap<string, Shell> = new Map([
  ['bash', { args: '--noprofile --norc -e -o pipefail {0}', extension: '.sh' }],
  ['sh', { args: '-e {0}', extension: '.sh' }],
  ['pwsh', POWERSHELL],
  ['powershell', POWERSHELL],
  ['cmd', { args: '/D /E:ON /V:OFF /S /C "CALL "{0}""', extension: '.cmd' }],
  ['python', { args: '{0}', extension: '.py' }],
]);

const INVALID_SHELL =
  "Invalid shell option. Shell must be a valid built-in (bash, sh, cmd, powershell, pwsh) or a format string containing '{0}'";

interface Choice {
  /** Decides on extension and wrapping; the first word of `shell`. */
  readonly name: string;
  readonly program: string;
  readonly template: string;
}

/** The error is GitHub's sentence; the step fails with it. */
export function planScript(request: ScriptRequest): Result<ScriptCommand, string> {
  const choice = request.shell ? chooseNamed(request.shell, request) : chooseDefault(request);
  if (!choice.ok) return choice;
  const { name, program, template } = choice.value;
  if (!template.includes('{0}')) return err(INVALID_SHELL);
  const fileName = `${request.id}${SHELLS.get(name.toLowerCase())?.extension ?? ''}`;
  const path = request.pathOf(fileName);
  const line = formatTemplate(template, path.replaceAll('"', '\\"'));
  if (!line.ok) return line;
  const windows = request.platform === 'win32' && !request.container;
  return ok({
    file: { name: fileName, contents: scriptContents(name, request.script, windows) },
    program,
    args: windows ? [line.value] : fillArguments(template, path),
    verbatim: windows,
    shown: `${program} ${template}`,
  });
}

/** Outside Windows always with the arguments of `sh`, also where it is bash. */
function chooseDefault({ platform, container, which }: ScriptRequest): Result<Choice, string> {
  if (container) return ok({ name: 'sh', program: 'sh', template: argumentsOf('sh') });
  const candidates = platform === 'win32' ? ['pwsh', 'powershell'] : ['bash', 'sh'];
  for (const candidate of candidates) {
    const program = which(candidate);
    const name = platform === 'win32' ? candidate : 'sh';
    if (program !== undefined) return ok({ name, program, template: argumentsOf(name) });
  }
  return err(`${candidates.at(-1)}: command not found`);
}

function chooseNamed(shell: string, { container, which }: ScriptRequest): Result<Choice, string> {
  const space = shell.indexOf(' ');
  const name = space < 0 ? shell : shell.slice(0, space);
  const own = space < 0 ? '' : shell.slice(space + 1).trimStart();
  if (name === '') return err(INVALID_SHELL);
  const program = container ? name : which(name);
  if (program === undefined) return err(`${name}: command not found`);
  return ok({ name, program, template: own === '' ? argumentsOf(name) : own });
}

function argumentsOf(name: string): string {
  return SHELLS.get(name.toLowerCase())?.args ?? '';
}

/** UTF-8 without a mark is the writer's business. */
function scriptContents(name: string, script: string, windows: boolean): string {
  const end = windows ? '\r\n' : '\n';
  const whole = wrap(name, script, end);
  return windows ? whole.replaceAll(/\r?\n/g, '\r\n') : whole;
}

function wrap(name: string, script: string, end: string): string {
  if (name === 'cmd') return `@echo off${end}${script}`;
  if (name !== 'pwsh' && name !== 'powershell') return script;
  const lines = [
    "$ErrorActionPreference = 'stop'",
    script,
    'if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }',
  ];
  return lines.join(end);
}

/** What the log shows before a script runs, `env` being what the workflow sets for the step. */
export function scriptHeader(script: string, shown: string, env: Readonly<Record<string, string>>): readonly string[] {
  const [title = ''] = script.replace(/^[ \t\r\n]+/, '').split(/[\r\n]/, 1);
  const body = script.replaceAll('\r\n', '\n').replace(/\n+$/, '').split('\n');
  const variables = Object.entries(env).map(([name, value]) => `  ${name}: ${value}`);
  return [
    `##[group]Run ${title}`,
    ...body.map((line) => `\u001b[36;1m${line}\u001b[0m`),
    `shell: ${shown}`,
    ...(variables.length > 0 ? ['env:', ...variables] : []),
    '##[endgroup]',
  ];
}
