/** A line of words as a shell reads them, without its expansions: blanks part them, quotes and backslashes do not. */
import { err, ok, type Result } from '../../../shared/result.ts';

/** Blanks, a quoted part, an escaped character, or anything else. */
const PART = /\s+|'[^']*'|"(?:[^"\\]|\\[^])*"|\\[^]|[^\s'"\\]+/y;

/** The error names what is not closed. */
export function splitWords(line: string): Result<readonly string[], string> {
  const words: string[] = [];
  let word: string | undefined;
  PART.lastIndex = 0;
  for (let at = 0; at < line.length; at = PART.lastIndex) {
    const part = PART.exec(line)?.[0];
    if (part === undefined) return err(`${line.slice(at)} is not closed`);
    if (/^\s/.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + textOf(part);
  }
  return ok(word === undefined ? words : [...words, word]);
}

function textOf(part: string): string {
  if (part.startsWith("'")) return part.slice(1, -1);
  // In double quotes a backslash is one, unless it stands before what it has to escape there.
  if (part.startsWith('"')) return part.slice(1, -1).replaceAll(/\\(["\\$`])/g, '$1');
  return part.startsWith('\\') ? part.slice(1) : part;
}
