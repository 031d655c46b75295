import { describe, expect, it } from 'vitest';
import { findShell, shellArguments } from './shell.ts';
import { createRig } from './testing/rig.ts';

async function argumentsOf(shell: string, command: string) {
  const rig = createRig();
  const call = await shellArguments(rig.ports.files, shell, command);
  return { argv: call.ok ? call.value.argv : undefined, scripts: Object.fromEntries(rig.outside) };
}

describe('shellArguments', () => {
  it.each([
    ['bash', ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', 'echo {0} $1']],
    ['sh', ['sh', '-e', '-c', 'echo {0} $1']],
  ])('hands %s the command itself', async (shell, argv) => {
    expect(await argumentsOf(shell, 'echo {0} $1')).toEqual({ argv, scripts: {} });
  });

  it.each([
    ['python', ['python', '/temporary/script-1/command.py'], '/temporary/script-1/command.py'],
    ['node', ['node', '/temporary/script-1/command.js'], '/temporary/script-1/command.js'],
    ['perl -w {0} --', ['perl', '-w', '/temporary/script-1/command', '--'], '/temporary/script-1/command'],
    ['bash -x {0}', ['bash', '-x', '/temporary/script-1/command.sh'], '/temporary/script-1/command.sh'],
  ])('writes a script for %s', async (shell, argv, path) => {
    expect(await argumentsOf(shell, "print('$&')")).toEqual({ argv, scripts: { [path]: "print('$&')" } });
  });

  it.each(['pwsh', 'powershell'])('makes %s stop at the first error and end with the last code', async (shell) => {
    const { argv, scripts } = await argumentsOf(shell, 'Get-Date');
    expect(argv).toEqual([shell, '-command', ". '/temporary/script-1/command.ps1'"]);
    expect(scripts['/temporary/script-1/command.ps1']).toMatch(
      /^\$ErrorActionPreference = 'stop'\nGet-Date\nif .*exit \$LASTEXITCODE \}\n$/,
    );
  });

  it('writes a script when a command is too long for an argument', async () => {
    const command = `echo ${'ü'.repeat(40_000)}`;
    const { argv, scripts } = await argumentsOf('bash', command);
    expect(argv?.at(-1)).toBe('/temporary/script-1/command.sh');
    expect(scripts['/temporary/script-1/command.sh']).toBe(command);
  });
});

describe('findShell', () => {
  it.each(['fish', 'cmd', '', '/bin/bash -c', 'constructor'])('refuses %j', (name) => {
    const found = findShell(name);
    expect(found.ok ? undefined : found.error.code).toBe('input-invalid');
  });
});
