/** Completion for zsh, to be sourced or put into a directory of fpath as `_orch`. */
import { shellWord } from '../../shared/shell-word.ts';
import type { Candidates, CommandShape, OptionShape, ValueShape } from './shape.ts';

export function zshScript(top: CommandShape, commands: readonly CommandShape[]): string {
  const names = commands.map(({ name, summary }) => `    ${shellWord(`${escape(name)}:${summary}`)}`).join('\n');
  return `#compdef orch
# zsh completion for orch; load it with: source <(orch completion zsh)

_orch_ask() {
  local -a found
  found=(\${(f)"$("$orch_program" __complete "$1" 2>/dev/null </dev/null)"})
  compadd -a found
}

_orch_commands() {
  local -a commands
  commands=(
${names}
  )
  _describe -t commands command commands
}

_orch() {
  local curcontext=$curcontext state state_descr line orch_program=$words[1]
  typeset -A opt_args
  _arguments -C \\
${top.options.flatMap(optionSpecs).join('')}    '1: :_orch_commands' \\
    '*:: :->rest' && return
  case $words[1] in
${commands.map((command) => commandCase(command)).join('\n')}
  esac
}

if [[ $funcstack[1] == _orch ]]; then
  _orch "$@"
else
  compdef _orch orch
fi
`;
}

function commandCase({ name, options, values }: CommandShape): string {
  const specs = [...options.flatMap(optionSpecs), ...values.map((value, index) => valueSpec(value, index + 1))];
  return `    ${name})\n      _arguments \\\n${specs.join('').replace(/ \\\n$/, '\n')}      ;;`;
}

function optionSpecs({ long, short, description, repeatable, value }: OptionShape): readonly string[] {
  const names = short === undefined ? [long] : [short, long];
  const others = repeatable ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
  return names.map((name) => {
    const equals = value !== undefined && !value.variadic && name.startsWith('--') ? '=' : '';
    const text = `${others}${name}${equals}[${escape(description)}]${value === undefined ? '' : argument(value)}`;
    return `    ${shellWord(text)} \\\n`;
  });
}

/** Many values go on up to the next option. */
function argument({ name, variadic, candidates }: ValueShape): string {
  return `:${variadic ? '*-*:' : ''}${escape(name)}:${action(candidates)}`;
}

function valueSpec({ name, variadic, candidates }: ValueShape, position: number): string {
  return `    ${shellWord(`${variadic ? '*' : position}:${escape(name)}:${action(candidates)}`)} \\\n`;
}

function action(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
      return `(${candidates.words.join(' ')})`;
    case 'files':
      return candidates.list === undefined ? '_files' : `{_orch_ask ${candidates.list}; _files}`;
    case 'ask':
      return `{_orch_ask ${candidates.list}}`;
    case 'none':
      return ' ';
  }
}

/** Brackets and colons mean something inside a specification. */
function escape(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}
