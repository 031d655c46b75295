import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatTemplate, splitArguments } from './command-line.ts';
import { planScript, type ScriptCommand, type ScriptRequest, scriptHeader } from './shells.ts';

const PATHS: Readonly<Record<string, string>> = {
  bash: '/usr/bin/bash',
  sh: '/usr/bin/sh',
  pwsh: '/usr/bin/pwsh',
  python: '/usr/bin/python',
  perl: '/usr/bin/perl',
};
const WINDOWS: Readonly<Record<string, string>> = {
  pwsh: 'C:\\ps7\\pwsh.EXE',
  powershell: 'C:\\ps5\\powershell.EXE',
  cmd: 'C:\\cmd.EXE',
  bash: 'C:\\Git\\bash.EXE',
  python: 'C:\\py\\python.EXE',
  sh: 'C:\\Git\\sh.EXE',
};

function plan(shell: string | undefined, changes: Partial<ScriptRequest> = {}): ScriptCommand | string {
  const windows = changes.platform === 'win32';
  const result = planScript({
    script: 'echo hi\necho ho\n',
    shell,
    platform: 'linux',
    container: false,
    which: (program) => (windows ? WINDOWS : PATHS)[program],
    pathOf: (name) => (windows ? `D:\\a\\_temp\\${name}` : `/t/${name}`),
    id: 'id',
    ...changes,
  });
  return result.ok ? result.value : result.error;
}

function argv(command: ScriptCommand | string): readonly string[] | string {
  return typeof command === 'string' ? command : [command.program, ...command.args];
}

const none = (): undefined => undefined;
const SCRIPT = 'echo hi\necho ho\n';

// 3.5, the table of shells.
describe.each(['linux', 'darwin'] as const)('on %s', (platform) => {
  it.each<readonly [string, string | undefined, readonly string[], string, string]>([
    ['unset', undefined, ['/usr/bin/bash', '-e', '/t/id.sh'], SCRIPT, '/usr/bin/bash -e {0}'],
    ['empty', '', ['/usr/bin/bash', '-e', '/t/id.sh'], SCRIPT, '/usr/bin/bash -e {0}'],
    [
      'bash',
      'bash',
      ['/usr/bin/bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '/t/id.sh'],
      SCRIPT,
      '/usr/bin/bash --noprofile --norc -e -o pipefail {0}',
    ],
    ['sh', 'sh', ['/usr/bin/sh', '-e', '/t/id.sh'], SCRIPT, '/usr/bin/sh -e {0}'],
    [
      'pwsh',
      'pwsh',
      ['/usr/bin/pwsh', '-command', ". '/t/id.ps1'"],
      `$ErrorActionPreference = 'stop'\n${SCRIPT}\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }`,
      `/usr/bin/pwsh -command ". '{0}'"`,
    ],
    ['python', 'python', ['/usr/bin/python', '/t/id.py'], SCRIPT, '/usr/bin/python {0}'],
    [
      'a template of PowerShell',
      'pwsh -NoLogo -File {0}',
      ['/usr/bin/pwsh', '-NoLogo', '-File', '/t/id.ps1'],
      `$ErrorActionPreference = 'stop'\n${SCRIPT}\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }`,
      '/usr/bin/pwsh -NoLogo -File {0}',
    ],
    ['a template of Python', 'python -u {0}', ['/usr/bin/python', '-u', '/t/id.py'], SCRIPT, '/usr/bin/python -u {0}'],
    ['a template', 'perl {0}', ['/usr/bin/perl', '/t/id'], SCRIPT, '/usr/bin/perl {0}'],
    ['a template of a known shell', 'bash -x {0}', ['/usr/bin/bash', '-x', '/t/id.sh'], SCRIPT, '/usr/bin/bash -x {0}'],
    [
      'a template with quotes',
      'perl -e "print 1" \'{0}\' {0}',
      ['/usr/bin/perl', '-e', 'print 1', "'/t/id'", '/t/id'],
      SCRIPT,
      '/usr/bin/perl -e "print 1" \'{0}\' {0}',
    ],
    [
      'braces of its own',
      'bash -c "f() {{ . {0}; }}; f"',
      ['/usr/bin/bash', '-c', 'f() { . /t/id.sh; }; f'],
      SCRIPT,
      '/usr/bin/bash -c "f() {{ . {0}; }}; f"',
    ],
    [
      'blanks behind the name',
      'bash  ',
      ['/usr/bin/bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '/t/id.sh'],
      SCRIPT,
      '/usr/bin/bash --noprofile --norc -e -o pipefail {0}',
    ],
  ])('%s', (...row) => {
    const [, shell, expected, contents, shown] = row;
    const command = plan(shell, { platform });
    expect(argv(command)).toEqual(expected);
    expect(command).toMatchObject({ file: { contents }, shown, verbatim: false });
  });
});

it('on linux without bash the default is sh', () => {
  expect(argv(plan(undefined, { which: (p) => (p === 'sh' ? '/bin/sh' : undefined) }))).toEqual([
    '/bin/sh',
    '-e',
    '/t/id.sh',
  ]);
});

it.each<readonly [string, string | undefined, readonly string[], string, string]>([
  [
    'unset',
    undefined,
    ['C:\\ps7\\pwsh.EXE', `-command ". 'D:\\a\\_temp\\id.ps1'"`],
    'id.ps1',
    `$ErrorActionPreference = 'stop'\r\necho hi\r\necho ho\r\n\r\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }`,
  ],
  [
    'powershell',
    'powershell',
    ['C:\\ps5\\powershell.EXE', `-command ". 'D:\\a\\_temp\\id.ps1'"`],
    'id.ps1',
    `$ErrorActionPreference = 'stop'\r\necho hi\r\necho ho\r\n\r\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }`,
  ],
  [
    'cmd',
    'cmd',
    ['C:\\cmd.EXE', '/D /E:ON /V:OFF /S /C "CALL "D:\\a\\_temp\\id.cmd""'],
    'id.cmd',
    '@echo off\r\necho hi\r\necho ho\r\n',
  ],
  [
    'bash',
    'bash',
    ['C:\\Git\\bash.EXE', '--noprofile --norc -e -o pipefail D:\\a\\_temp\\id.sh'],
    'id.sh',
    'echo hi\r\necho ho\r\n',
  ],
  ['python', 'python', ['C:\\py\\python.EXE', 'D:\\a\\_temp\\id.py'], 'id.py', 'echo hi\r\necho ho\r\n'],
  [
    'pwsh',
    'pwsh',
    ['C:\\ps7\\pwsh.EXE', `-command ". 'D:\\a\\_temp\\id.ps1'"`],
    'id.ps1',
    `$ErrorActionPreference = 'stop'\r\necho hi\r\necho ho\r\n\r\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }`,
  ],
  ['sh', 'sh', ['C:\\Git\\sh.EXE', '-e D:\\a\\_temp\\id.sh'], 'id.sh', 'echo hi\r\necho ho\r\n'],
  [
    'a template of cmd',
    'cmd /c "{0}"',
    ['C:\\cmd.EXE', '/c "D:\\a\\_temp\\id.cmd"'],
    'id.cmd',
    '@echo off\r\necho hi\r\necho ho\r\n',
  ],
])('on Windows: %s', (...row) => {
  const [, shell, expected, name, contents] = row;
  const command = plan(shell, { platform: 'win32' });
  expect(argv(command)).toEqual(expected);
  expect(command).toMatchObject({ file: { name, contents }, verbatim: true });
});

it('on Windows without pwsh the default is powershell', () => {
  const which = (program: string) => (program === 'powershell' ? 'P' : undefined);
  expect(argv(plan(undefined, { platform: 'win32', which }))).toEqual(['P', `-command ". 'D:\\a\\_temp\\id.ps1'"`]);
});

it('on Windows line ends become pairs once', () => {
  const command = plan('bash', { platform: 'win32', script: 'a\r\nb\nc' });
  expect(command).toMatchObject({ file: { contents: 'a\r\nb\r\nc' } });
});

it('elsewhere returns stay', () => {
  expect(plan('bash', { script: 'a\r\nb' })).toMatchObject({ file: { contents: 'a\r\nb' } });
});

it.each<readonly [string | undefined, readonly string[]]>([
  [undefined, ['sh', '-e', '/t/id.sh']],
  ['bash', ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '/t/id.sh']],
  ['ruby {0}', ['ruby', '/t/id']],
])('in a container %s is found there', (shell, expected) => {
  expect(argv(plan(shell, { container: true, which: none }))).toEqual(expected);
});

const INVALID =
  "Invalid shell option. Shell must be a valid built-in (bash, sh, cmd, powershell, pwsh) or a format string containing '{0}'";
it.each<readonly [string, string]>([
  ['perl', INVALID],
  ['perl -w', INVALID],
  ['bash -c', INVALID],
  [' bash', INVALID],
  ['fish', 'fish: command not found'],
  ['cmd', 'cmd: command not found'],
  ['powershell', 'powershell: command not found'],
  ['fish {0}', 'fish: command not found'],
  ['BASH', 'BASH: command not found'],
  ['bash -c "${HOME} {0}"', 'Input string was not in a correct format.'],
  [
    'bash {0} {1}',
    'Index (zero based) must be greater than or equal to zero and less than the size of the argument list.',
  ],
])('refuses %j', (shell, message) => {
  expect(plan(shell)).toBe(message);
});

it('says when no shell is there', () => {
  expect(plan(undefined, { which: none })).toBe('sh: command not found');
  expect(plan(undefined, { which: none, platform: 'win32' })).toBe('powershell: command not found');
});

it('a path with a double quote and blanks reaches the shell whole', () => {
  const command = plan('perl {0}', { pathOf: (name) => `/t "q" x/${name}` });
  expect(argv(command)).toEqual(['/usr/bin/perl', '/t "q" x/id']);
});

// The C runtime's rules, which .NET follows everywhere.
it.each<readonly [string, readonly string[]]>([
  ['', []],
  ['  a   b ', ['a', 'b']],
  ['"a b" c', ['a b', 'c']],
  ['a"b c"d', ['ab cd']],
  ['""', ['']],
  ['a "" b', ['a', '', 'b']],
  ['"a""b"', ['a"b']],
  ['\\\\x', ['\\\\x']],
  ['\\"x', ['"x']],
  ['"a\\\\" b', ['a\\', 'b']],
  ['"a\\" b"', ['a" b']],
  ["'a b'", ["'a", "b'"]],
])('splits %j', (line, args) => {
  expect(splitArguments(line)).toEqual(args);
});

it.each<readonly [string, string]>([
  ['{0} {0}', 'V V'],
  ['{{0}}', '{0}'],
  ['{{{0}}}', '{V}'],
])('fills %j', (template, text) => {
  expect(formatTemplate(template, 'V')).toEqual({ ok: true, value: text });
});

describe('the header in the log', () => {
  it('shows script, shell and variables', () => {
    expect(scriptHeader('\n  npm ci\r\nnpm test\n\n', '/usr/bin/bash -e {0}', { A: '1' })).toEqual([
      '##[group]Run npm ci',
      '\u001b[36;1m\u001b[0m',
      '\u001b[36;1m  npm ci\u001b[0m',
      '\u001b[36;1mnpm test\u001b[0m',
      'shell: /usr/bin/bash -e {0}',
      'env:',
      '  A: 1',
      '##[endgroup]',
    ]);
  });

  it('leaves variables out where there are none', () => {
    expect(scriptHeader('x', 's', {})).toEqual([
      '##[group]Run x',
      '\u001b[36;1mx\u001b[0m',
      'shell: s',
      '##[endgroup]',
    ]);
  });
});

it('real shells run what is planned', () => {
  const directory = mkdtempSync(join(tmpdir(), 'orch-shells-'));
  try {
    const run = (shell: string | undefined, script: string): readonly [number | null, string] => {
      const command = plan(shell, {
        script,
        pathOf: (name) => join(directory, name),
        which: (p) => execFileSync('which', [p], { encoding: 'utf8' }).trim(),
      });
      if (typeof command === 'string') throw new Error(command);
      writeFileSync(join(directory, command.file.name), command.file.contents);
      const { status, stdout } = spawnSync(command.program, command.args, { encoding: 'utf8' });
      return [status, stdout];
    };
    expect(run('bash', 'false | true\necho on')).toEqual([1, '']);
    expect(run(undefined, 'false | true\necho on')).toEqual([0, 'on\n']);
    expect(run('sh', 'false\necho on')).toEqual([1, '']);
    expect(run('bash -eu {0}', 'echo "$0" | tail -c 6')).toEqual([0, 'id.sh\n']);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
