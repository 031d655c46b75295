/** Completion for fish. */
import type { Candidates, CommandShape, OptionShape, ValueShape } from './shape.ts';

export function fishScript(top: CommandShape, commands: readonly CommandShape[]): string {
  const lines = [
    '# fish completion for orch; load it with: orch completion fish | source',
    '',
    'complete -c orch -f',
    ...top.options.map((option) => optionLine('__fish_use_subcommand', option)),
    ...commands.map(
      ({ name, summary }) => `complete -c orch -n __fish_use_subcommand -a ${quote(name)} -d ${quote(summary)}`,
    ),
    ...commands.flatMap((command) => ['', ...commandLines(command)]),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ name, options, values }: CommandShape): readonly string[] {
  const condition = quote(`__fish_seen_subcommand_from ${name}`);
  const [value] = values;
  return [
    ...options.map((option) => optionLine(condition, option)),
    ...(value === undefined ? [] : [`complete -c orch -n ${condition}${argument(value)}`]),
  ];
}

function optionLine(condition: string, { long, short, description, value }: OptionShape): string {
  const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
  // -r: a value must follow.
  const wanted = value === undefined ? '' : ` -r${argument(value)}`;
  return `complete -c orch -n ${condition}${names}${wanted} -d ${quote(description)}`;
}

function argument({ candidates }: ValueShape): string {
  switch (candidates.kind) {
    case 'files':
      return ' -F';
    case 'words':
    case 'ask':
      return ` -f -a ${quote(listOf(candidates))}`;
    case 'none':
      return ' -f';
  }
}

function listOf(candidates: Extract<Candidates, { readonly kind: 'words' | 'ask' }>): string {
  if (candidates.kind === 'words') return candidates.words.join(' ');
  return `((commandline -opc)[1] __complete ${candidates.list} 2>/dev/null)`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
