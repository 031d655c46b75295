/**
 * Completion for bash, 3.2 and newer, without the bash-completion package. What orch is asked for may hold spaces and
 * brackets: it is offered quoted, and compared with what was typed of it in quotes or without.
 */
import { shellWord } from '../../shared/shell-word.ts';
import type { Candidates, CommandShape, OptionShape } from './shape.ts';

export function bashScript(top: CommandShape, commands: readonly CommandShape[]): string {
  return `# bash completion for orch; load it with: source <(orch completion bash)

# Words are compared, never expanded: compgen -W would run what is in them.
_orch_words() {
  local word
  for word in "$@"; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
  done
}

_orch_files() {
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do
    COMPREPLY+=("$file")
  done < <(compgen -f -- "$cur")
}

_orch_ask() {
  local word
  while IFS= read -r word; do
    [[ $word == "$cur"* || $(printf %q "$word") == "$cur"* ]] && COMPREPLY+=("$(printf %q "$word")")
  done < <("\${COMP_WORDS[0]}" __complete "$1" 2>/dev/null </dev/null)
}

_orch() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command= option= distance=0 i last=$((COMP_CWORD - 1))
  COMPREPLY=()
  # --name=value comes as three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ \${COMP_WORDS[last]} == = ]]; then
    last=$((last - 1))
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} != -* ]]; then
      command=\${COMP_WORDS[i]}
      break
    fi
  done
  # The option that the word may belong to, and how many words ago it was.
  for ((i = last; i > 0; i--)); do
    if [[ \${COMP_WORDS[i]} == -* ]]; then
      option=\${COMP_WORDS[i]}
      distance=$((last - i + 1))
      break
    fi
  done
  case $command in
    '')
${body(top)}
      ;;
${commands.map((command) => `    ${command.name})\n${body(command)}\n      ;;`).join('\n')}
  esac
}

complete -F _orch orch
`;
}

function body({ options, values }: CommandShape): string {
  const names = options.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long]));
  const [value] = values;
  return [
    ...valueCases(options),
    '      if [[ $cur == -* ]]; then',
    `        _orch_words ${names.map(quote).join(' ')}`,
    ...(value === undefined ? [] : ['      else', `        ${action(value.candidates)}`]),
    '      fi',
  ].join('\n');
}

/** Values of options: of the word before, or, where an option takes many, of any since. */
function valueCases(options: readonly OptionShape[]): readonly string[] {
  const cases = options.flatMap(({ short, long, value }) => {
    if (value === undefined) return [];
    const names = short === undefined ? [long] : [short, long];
    const near = value.variadic ? '*' : '1';
    const end = value.variadic
      ? `[[ $cur == -* ]] || { ${action(value.candidates)}; return; }`
      : `${action(value.candidates)}; return`;
    return [`        ${names.map((name) => `${name}:${near}`).join(' | ')}) ${end} ;;`];
  });
  return cases.length === 0 ? [] : ['      case $option:$distance in', ...cases, '      esac'];
}

function action(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
      return `_orch_words ${candidates.words.map(quote).join(' ')}`;
    case 'files':
      return candidates.list === undefined ? '_orch_files' : `_orch_ask ${candidates.list}; _orch_files`;
    case 'ask':
      return `_orch_ask ${candidates.list}`;
    case 'none':
      return ':';
  }
}

function quote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : shellWord(word);
}
