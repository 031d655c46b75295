/** What the commands have in common: how they end, and how they are explained. */
import { Option } from 'commander';

/** Told the exit code. */
export type Done = (code: number) => void;

export function uiOption(): Option {
  return new Option('--ui <mode>', 'how to show progress (default: live on a terminal, plain elsewhere)').choices([
    'live',
    'plain',
    'json',
    'quiet',
  ]);
}

export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
