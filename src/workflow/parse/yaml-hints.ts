/** What to do about a line that is no YAML: people write shell and expressions there, which YAML reads as its own signs. */

const LONGEST_LINE = 2000;

/** `offset` is where the reader stopped. Undefined when there is nothing to say that the error does not. */
export function hintForYaml(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end === -1 ? undefined : end);
  return line.length > LONGEST_LINE ? undefined : hintForLine(line);
}

function hintForLine(line: string): string | undefined {
  if (/^ *\t/.test(line)) return 'YAML is indented with spaces, not with tabs';
  const value = /^\s*(?:- )?\s*[\w-]+: +(\S.*)$/.exec(line)?.[1];
  if (value === undefined) return undefined;
  const sign = value[0] ?? '';
  if (value.startsWith('{{')) return 'an expression is written ${{ … }}';
  if (sign === '!') return 'for YAML "!" begins a tag: write ${{ !… }}, or put the value in quotes';
  if ('@`%'.includes(sign)) return `no plain text of YAML begins with "${sign}": put the value in quotes`;
  if ('*&'.includes(sign)) return `for YAML "${sign}" begins an alias or an anchor: put the value in quotes`;
  if ('"\'[{'.includes(sign))
    return `for YAML the value ends where "${sign}" is closed: put all of it in quotes, or below a |`;
  if (/:( |$)/.test(value))
    return 'for YAML ": " makes a key of what is before it: put the value in quotes, or below a |';
  return undefined;
}
