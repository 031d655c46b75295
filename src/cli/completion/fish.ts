/** Completion for fish. */
import type { Candidates, CommandShape, OptionShape, ValueShape } from './shape.ts';

export function fishScript(top: CommandShape, commands: readonly CommandShape[]): string {
  const lines = [
    HELPERS,
    'complete -c orch -f',
    ...top.options.map((option) => optionLine('__fish_use_subcommand', option)),
    ...commands.map(
      ({ name, summary }) => `complete -c orch -n __fish_use_subcommand -a ${quote(name)} -d ${quote(summary)}`,
    ),
    ...commands.flatMap((command) => ['', ...commandLines(command)]),
  ];
  return `${lines.join('\n')}\n`;
}

const HELPERS = `# fish completion for orch; load it with: orch completion fish | source

function __orch_ask
    set -l words (commandline -opc)
    $words[1] __complete $argv[1] 2>/dev/null
end

# Whether that is the command, and not the value of something.
function __orch_command
    for word in (commandline -opc)[2..-1]
        if not string match -q -- '-*' $word
            test $word = $argv[1]
            return
        end
    end
    return 1
end

# Whether the latest option is that one.
function __orch_option
    set -l options (string match -- '-*' (commandline -opc))
    test (count $options) -gt 0; and test $options[-1] = $argv[1]
end
`;

function commandLines({ name, options, values }: CommandShape): readonly string[] {
  const command = `__orch_command ${name}`;
  const condition = quote(command);
  const [value] = values;
  return [
    ...options.map((option) => optionLine(condition, option)),
    ...options.flatMap((option) => moreValues(command, option)),
    ...(value === undefined ? [] : [`complete -c orch -n ${condition}${argument(value)}`]),
  ];
}

function optionLine(condition: string, { long, short, description, value }: OptionShape): string {
  const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
  // -r: a value must follow.
  const wanted = value === undefined ? '' : ` -r${argument(value)}`;
  return `complete -c orch -n ${condition}${names}${wanted} -d ${quote(description)}`;
}

/** An option that takes many: fish knows of the first alone. */
function moreValues(command: string, { long, value }: OptionShape): readonly string[] {
  if (value?.variadic !== true) return [];
  return [`complete -c orch -n ${quote(`${command}; and __orch_option ${long}`)}${argument(value)}`];
}

function argument({ candidates }: ValueShape): string {
  switch (candidates.kind) {
    case 'files':
      return candidates.list === undefined ? ' -F' : ` -F -a ${quote(`(__orch_ask ${candidates.list})`)}`;
    case 'words':
    case 'ask':
      return ` -f -a ${quote(listOf(candidates))}`;
    case 'none':
      return ' -f';
  }
}

function listOf(candidates: Extract<Candidates, { readonly kind: 'words' | 'ask' }>): string {
  if (candidates.kind === 'words') return candidates.words.join(' ');
  return `(__orch_ask ${candidates.list})`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
