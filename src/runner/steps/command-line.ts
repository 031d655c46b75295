/**
 * Command lines as .NET reads them, in which GitHub's runner is written: a template with `{0}`, then one text that
 * becomes arguments.
 */
import { err, ok, type Result } from '../../shared/result.ts';

/** `{0}` becomes the value, doubled braces single ones; other braces are a mistake. */
export function formatTemplate(template: string, value: string): Result<string, string> {
  const wrong = template.replaceAll(/\{\{|\}\}|\{0\}/g, '');
  if (/^[^{}]*\{\d+\}/.test(wrong)) {
    return err('Index (zero based) must be greater than or equal to zero and less than the size of the argument list.');
  }
  if (/[{}]/.test(wrong)) return err('Input string was not in a correct format.');
  return ok(template.replaceAll(/\{\{|\}\}|\{0\}/g, (found) => (found === '{0}' ? value : found.slice(1))));
}

/** The arguments of a template that `formatTemplate` accepts. A path with blanks or quotes stays in its argument. */
export function fillArguments(template: string, value: string): readonly string[] {
  return splitArguments(template).map((argument) => {
    if (!/[{}]/.test(argument)) return argument;
    const filled = formatTemplate(argument, value);
    return filled.ok ? filled.value : argument;
  });
}

/**
 * Arguments are apart by blanks outside double quotes. A backslash is one unless a double quote follows the run that
 * it is in: then two make one, and a last odd one makes the quote a character.
 */
export function splitArguments(line: string): readonly string[] {
  const args: string[] = [];
  let current: string | undefined;
  let quoted = false;
  // Runs of backslashes with the quote behind them, two quotes, single ones, blanks, anything else.
  for (const [token] of line.matchAll(/\\+"?|""?|[ \t]+|[^\\" \t]+/g)) {
    if (/^[ \t]/.test(token) && !quoted) {
      if (current !== undefined) args.push(current);
      current = undefined;
      continue;
    }
    const { text, quotes } = readToken(token, quoted);
    current = (current ?? '') + text;
    quoted = quotes % 2 === 0 ? quoted : !quoted;
  }
  return current === undefined ? args : [...args, current];
}

/** The characters that a token adds, and the quotes in it that open or close. */
function readToken(token: string, quoted: boolean): { readonly text: string; readonly quotes: number } {
  // Inside quotes two of them are one character.
  if (token === '""') return quoted ? { text: '"', quotes: 0 } : { text: '', quotes: 2 };
  if (token === '"') return { text: '', quotes: 1 };
  if (!token.startsWith('\\') || !token.endsWith('"')) return { text: token, quotes: 0 };
  const slashes = token.length - 1;
  const half = '\\'.repeat(Math.floor(slashes / 2));
  return slashes % 2 === 0 ? { text: half, quotes: 1 } : { text: `${half}"`, quotes: 0 };
}
