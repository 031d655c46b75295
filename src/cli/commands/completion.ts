/** `orch completion`: a completion script for a shell, made from the commands and options that there are. */
import type { Command } from 'commander';
import { EXIT } from '../../shared/exit-codes.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { shapeOf } from '../completion/shape.ts';
import { zshScript } from '../completion/zsh.ts';
import { UsageError } from '../explain.ts';

const SCRIPTS = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
]);

export async function completion(shell: string, program: Command): Promise<number> {
  const script = SCRIPTS.get(shell);
  if (script === undefined) {
    throw new UsageError(`there is no completion for "${shell}"`, { hint: 'there is one for bash, zsh and fish' });
  }
  const { top, commands } = shapeOf(program);
  process.stdout.write(script(top, commands));
  return EXIT.success;
}
